import type { Api, ApiRequest } from "../../../../rehearsal/cloud/control/http/json-server";
import { CloudFault } from "../../../../rehearsal/cloud/control/fault";
import { armApi, armFault } from "../../../../rehearsal/cloud/control/http/arm";
import { cloudflareApi } from "../../../../rehearsal/cloud/control/http/cloudflare";
import { loginApi } from "../../../../rehearsal/cloud/control/http/login";
import { throttling } from "../../../../rehearsal/cloud/control/http/throttling";
import { TestCloud, inDoor, zoneId } from "./test-cloud";

let cloud: TestCloud;
beforeEach(() => {
  cloud = new TestCloud();
});
afterEach(() => cloud.stop());

async function ask(api: Api, method: string, url: string, more: Partial<ApiRequest> = {}) {
  const { host, pathname, searchParams } = new URL(url);
  return api({
    method,
    host,
    path: pathname,
    query: searchParams,
    token: "",
    headers: {},
    body: "",
    ...more,
  });
}

const signIn = (client_secret: string, scope = "https://management.azure.com/.default") => {
  const { tenantId, applicationId } = cloud.settings.operator;
  const form = { grant_type: "client_credentials", client_id: applicationId, client_secret, scope };
  return ask(
    loginApi(cloud.cloud.directory),
    "POST",
    `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`,
    { body: new URLSearchParams(form).toString() },
  );
};

async function token(scope?: string): Promise<string> {
  const { body } = await signIn(cloud.settings.operator.secret, scope);
  return (body as { access_token: string }).access_token;
}

describe("login.microsoftonline.com", () => {
  test("gives a token for the right secret only", async () => {
    await expect(signIn("wrong")).rejects.toThrow("Invalid client secret provided");
    expect((await signIn(cloud.settings.operator.secret)).body).toMatchObject({ token_type: "Bearer" });
  });

  test("a token counts for its audience only", async () => {
    const given = await token("https://storage.azure.com/.default");
    expect(cloud.cloud.directory.holder(given, "https://storage.azure.com")).toBe(cloud.settings.operator);
    expect(cloud.cloud.directory.holder(given, "https://management.azure.com")).toBeUndefined();
  });
});

describe("management.azure.com", () => {
  const arm = () => armApi(cloud.cloud, cloud.azure);
  const url = (id: string) => `https://management.azure.com${id}?api-version=2025-06-01`;

  async function domain() {
    await cloud.group();
    await cloud.make("cdn:Profile", {
      ...inDoor,
      location: "global",
      sku: { name: "Standard_AzureFrontDoor" },
    });
    const more = { customDomainName: "www", hostName: "www.blanklabel.example" };
    return cloud.make("cdn:AFDCustomDomain", { ...inDoor, ...more });
  }

  test("answers nobody without a token of its own", async () => {
    const { id } = await domain();
    await expect(ask(arm(), "GET", url(id))).rejects.toThrow("The access token is missing");
    const other = await token("https://storage.azure.com/.default");
    await expect(ask(arm(), "GET", url(id), { token: other })).rejects.toThrow("for another audience");
  });

  test("shows a custom domain, and renews its token in a while", async () => {
    const { id } = await domain();
    const given = { token: await token() };
    const api = arm();
    const shown = (validationToken: string) => ({
      status: 200,
      body: { id, name: "www", properties: { validationProperties: { validationToken } } },
    });
    expect(await ask(arm(), "GET", url(id), given)).toMatchObject(shown("token 1 of www.blanklabel.example"));
    const accepted = await ask(api, "POST", url(`${id}/refreshValidationToken`), given);
    expect(accepted.status).toBe(202);
    expect((await ask(api, "GET", url(id), given)).body).toMatchObject({
      properties: { domainValidationState: "RefreshingValidationToken" },
    });
    const status = accepted.headers?.["azure-asyncoperation"] ?? "";
    const asked = async () =>
      String(Reflect.get(Object((await ask(api, "GET", status, given)).body), "status"));
    expect(await asked()).toBe("InProgress");
    while ((await asked()) === "InProgress") await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await asked()).toBe("Succeeded");
    expect(await ask(api, "GET", url(id), given)).toMatchObject(shown("token 2 of www.blanklabel.example"));
  });

  test("refuses what is not there, and what it does not know", async () => {
    const { id } = await domain();
    const given = { token: await token() };
    await expect(ask(arm(), "GET", url(`${id}x`), given)).rejects.toThrow("was not found");
    await expect(ask(arm(), "POST", url(`${id}/purge`), given)).rejects.toThrow("purge is not an action");
    const bare = `https://management.azure.com${id}`;
    await expect(ask(arm(), "GET", bare, given)).rejects.toThrow("api-version query parameter");
  });
});

describe("a route at management.azure.com", () => {
  const url = (id: string) => `https://management.azure.com${id}?api-version=2025-06-01`;
  const arm = () => armApi(cloud.cloud, cloud.azure);

  /** A shop's route with a second origin group beside its own, and one without an origin. */
  async function shop() {
    await cloud.group();
    await cloud.make("cdn:Profile", {
      ...inDoor,
      location: "global",
      sku: { name: "Standard_AzureFrontDoor" },
    });
    await cloud.make("cdn:AFDEndpoint", { ...inDoor, endpointName: "shop", location: "global" });
    const group = async (originGroupName: string, origins: readonly string[]) => {
      const made = await cloud.make("cdn:AFDOriginGroup", { ...inDoor, originGroupName });
      for (const originName of origins)
        await cloud.make("cdn:AFDOrigin", {
          ...inDoor,
          originGroupName,
          originName,
          hostName: `${originName}.azurewebsites.net`,
        });
      return made.id;
    };
    const [open, closed, empty] = [
      await group("shop", ["app"]),
      await group("pause", ["page"]),
      await group("empty", []),
    ];
    const declared = { patternsToMatch: ["/*"], linkToDefaultDomain: "Enabled", httpsRedirect: "Enabled" };
    const { id } = await cloud.make("cdn:Route", {
      ...inDoor,
      endpointName: "shop",
      routeName: "shop",
      originGroup: { id: open },
      ...declared,
    });
    return { id, open, closed, empty, declared };
  }

  const led = () => cloud.realised.routes.map(({ origins }) => origins.map(({ hostName }) => hostName));
  const put = (properties: object, given: string): Partial<ApiRequest> => ({
    token: given,
    body: JSON.stringify({ properties }),
  });

  test("is shown as it was declared, and led elsewhere by a put", async () => {
    const { id, open, closed, declared } = await shop();
    const given = await token();
    const shown = await ask(arm(), "GET", url(id), { token: given });
    expect(shown).toEqual({
      status: 200,
      body: {
        id,
        name: "shop",
        type: "Microsoft.Cdn/profiles/afdEndpoints/routes",
        properties: expect.objectContaining({
          ...declared,
          originGroup: { id: open },
          provisioningState: "Succeeded",
        }) as unknown,
      },
    });
    const change = put({ ...declared, originGroup: { id: closed } }, given);
    expect(await ask(arm(), "PUT", url(id), change)).toMatchObject({
      status: 200,
      body: { properties: { ...declared, originGroup: { id: closed } } },
    });
    expect(led()).toEqual([["page.azurewebsites.net"]]);
    expect(cloud.cloud.world.get(id)?.values).toMatchObject({ ...inDoor, ...declared });
  });

  test("what a put leaves out is gone", async () => {
    const { id, open } = await shop();
    const change = put({ originGroup: { id: open }, linkToDefaultDomain: "Enabled" }, await token());
    await ask(arm(), "PUT", url(id), change);
    expect(cloud.cloud.world.get(id)?.values).not.toHaveProperty("httpsRedirect");
  });

  test("a put is held to the provider's own rules", async () => {
    const { id, open, empty, declared } = await shop();
    const given = await token();
    const tryPut = (properties: object) => ask(arm(), "PUT", url(id), put(properties, given));
    await expect(tryPut({ ...declared, originGroup: { id: empty } })).rejects.toThrow(
      "the originGroup empty is created successfully and at least one enabled origin",
    );
    await expect(tryPut({ ...declared, originGroups: { id: open } })).rejects.toThrow(
      "properties.originGroups is not a property of Microsoft.Cdn/profiles/afdEndpoints/routes",
    );
    await expect(tryPut({ ...declared, originGroup: { id: open }, httpsRedirect: "Yes" })).rejects.toThrow(
      'properties.httpsRedirect is "Yes"; allowed: "Enabled", "Disabled"',
    );
    await expect(ask(arm(), "PUT", url(id), { token: given, body: "{}" })).rejects.toThrow("properties");
    await expect(ask(arm(), "PUT", url(`${id}2`), put({}, given))).rejects.toThrow("does not make");
    await expect(ask(arm(), "PUT", url(open), put({}, given))).rejects.toThrow(
      "does not put azure-native:cdn:AFDOriginGroup",
    );
    expect(led()).toEqual([["app.azurewebsites.net"]]);
  });

  test("a slow put answers before it is done, and says how it went", async () => {
    const { id, closed, empty, declared } = await shop();
    cloud.cloud.pace.set({ slowMilliseconds: 20, throttleNext: 0, edgeMilliseconds: 0 });
    const given = await token();
    const api = arm();
    const ended = async (originGroup: string) => {
      const { status, headers } = await ask(
        api,
        "PUT",
        url(id),
        put({ ...declared, originGroup: { id: originGroup } }, given),
      );
      expect(status).toBe(202);
      const look = () => ask(api, "GET", headers?.["azure-asyncoperation"] ?? "", { token: given });
      expect((await look()).body).toEqual({ status: "InProgress" });
      for (;;) {
        const { body } = await look();
        if (JSON.stringify(body) !== '{"status":"InProgress"}') return body;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    expect(await ended(closed)).toEqual({ status: "Succeeded" });
    expect(led()).toEqual([["page.azurewebsites.net"]]);
    expect(await ended(empty)).toMatchObject({ status: "Failed", error: { code: "BadRequest" } });
    expect(led()).toEqual([["page.azurewebsites.net"]]);
    const nothing = `https://management.azure.com/subscriptions/s/providers/Microsoft.Cdn/operationStatuses/x`;
    await expect(ask(api, "GET", `${nothing}?api-version=1`, { token: given })).rejects.toThrow(
      "Operation x does not exist.",
    );
  });

  test("a throttled call is refused with the time to wait", async () => {
    const { id } = await shop();
    cloud.cloud.pace.set({ slowMilliseconds: 0, throttleNext: 1, edgeMilliseconds: 0 });
    const { api, fault } = throttling({ api: arm(), fault: armFault }, cloud.cloud.pace);
    const given = { token: await token() };
    const refusal = await ask(api, "GET", url(id), given).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CloudFault);
    expect(refusal instanceof CloudFault && fault(refusal)).toEqual({
      status: 429,
      headers: { "retry-after": "1" },
      body: { error: { code: "TooManyRequests", message: "Too many requests; try again later." } },
    });
    expect(await ask(api, "GET", url(id), given)).toMatchObject({ status: 200 });
  });
});

describe("api.cloudflare.com", () => {
  const records = `https://api.cloudflare.com/client/v4/zones/${zoneId}/dns_records`;
  const given = { token: "cloudflare token" };
  const api = () => cloudflareApi(cloud.zone, "cloudflare token", cloud.cloud.world);
  const json = (body: unknown) => ({ ...given, body: JSON.stringify(body) });

  test("answers nobody without its token", async () => {
    await expect(ask(api(), "GET", records, { token: "guessed" })).rejects.toThrow("Authentication error");
  });

  test("finds the zone by its name, and records by name and type", async () => {
    const { id } = await cloud.record("CNAME", "www", "shared.host.example");
    const zones = "https://api.cloudflare.com/client/v4/zones";
    expect(await ask(api(), "GET", `${zones}?name=blanklabel.example`, given)).toMatchObject({
      body: { success: true, result: [{ id: zoneId }] },
    });
    expect(await ask(api(), "GET", `${records}?name=www.blanklabel.example&type=CNAME`, given)).toMatchObject(
      {
        body: { result: [{ id, content: "shared.host.example" }], result_info: { total_count: 1 } },
      },
    );
    expect(await ask(api(), "GET", `${records}?name=www.blanklabel.example&type=A`, given)).toMatchObject({
      body: { result: [] },
    });
  });

  test("a patch changes only what it names", async () => {
    const { id } = await cloud.record("CNAME", "www", "shared.host.example", {
      comment: "cutover",
      ttl: 120,
    });
    await ask(api(), "PATCH", `${records}/${id}`, json({ content: "edge.example.net" }));
    expect(cloud.zone.get(id)).toMatchObject({ content: "edge.example.net", ttl: 120, comment: "cutover" });
    await expect(ask(api(), "PATCH", `${records}/${id}`, json({ ttl: 5 }))).rejects.toThrow("Invalid TTL 5");
  });

  test("a batch moves an address to a name in one call", async () => {
    const { id } = await cloud.record("A", "www", "203.0.113.7");
    const post = {
      name: "www.blanklabel.example",
      type: "CNAME",
      content: "origin.blanklabel.example",
      ttl: 60,
    };
    const answer = await ask(api(), "POST", `${records}/batch`, json({ deletes: [{ id }], posts: [post] }));
    expect(answer.body).toMatchObject({ success: true, result: { deletes: [{ id }], posts: [post] } });
    expect(cloud.zone.list()).toMatchObject([post]);
  });
});
