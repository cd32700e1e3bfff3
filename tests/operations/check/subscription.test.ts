import { familyOf, judgeFamily, judgeObjective } from "../../../operations/check/checks/quotas";
import { judgeRegistrations } from "../../../operations/check/checks/provider-registrations";
import { armApi, armFault } from "../../../rehearsal/cloud/control/http/arm";
import { serveApis } from "../../../rehearsal/cloud/control/http/json-server";
import { loginApi, loginFault } from "../../../rehearsal/cloud/control/http/login";
import { TestCloud } from "../../rehearsal/cloud/control/test-cloud";
import { prodStack, standbyStack } from "../support/stacks";
import { World } from "../support/world";

test("a size in the words of its quota", () => {
  expect(familyOf("Standard_B2s")).toEqual({ family: "standardBSFamily", vCores: 2 });
  expect(familyOf("Standard_D4ds_v5")).toEqual({ family: "standardDDSv5Family", vCores: 4 });
  expect(familyOf("S4")).toBeUndefined();
});

const quota = (used: number, limit = 10) => [{ name: "standardDDSv5Family", limit, used }];

test.each([
  [
    quota(6),
    "pass",
    "4 of 10 vCores of standardDDSv5Family are left in westeurope; Standard_D4ds_v5 takes 4",
  ],
  [
    quota(7),
    "fail",
    "3 of 10 vCores of standardDDSv5Family are left in westeurope; Standard_D4ds_v5 takes 4",
  ],
  [[], "warn", "Azure lists no limit for Standard_D4ds_v5 in westeurope"],
])("PostgreSQL's limits %j: %s", (listed, status, found) => {
  expect(judgeFamily(listed, "Standard_D4ds_v5", "westeurope")).toMatchObject({ status, found });
});

test.each([
  [{ status: "Available" }, "pass", "S4 is Available in westeurope"],
  [{ status: "Disabled", reason: "restricted" }, "fail", "S4 is Disabled in westeurope: restricted"],
  [{ status: "not listed" }, "fail", "S4 is not listed in westeurope"],
])("Azure SQL's sizes %j: %s", (objective, status, found) => {
  expect(judgeObjective(objective, "S4", "westeurope")).toMatchObject({ status, found });
});

test.each([
  [{ "Microsoft.Web": "Registered" }, { status: "pass", found: "registered with all 1" }],
  [
    { "Microsoft.Web": "Registered", "Microsoft.Cdn": "NotRegistered" },
    {
      status: "fail",
      found: "Microsoft.Cdn is NotRegistered",
      fix: "run `az provider register --namespace Microsoft.Cdn --wait`",
    },
  ],
  [{ "Microsoft.Cdn": "Registering" }, { status: "warn", found: "Microsoft.Cdn is Registering" }],
])("registrations %j", (states, look) => {
  expect(judgeRegistrations(new Map(Object.entries(states)))).toMatchObject(look);
});

describe("by the official SDKs, at the local cloud's ARM", () => {
  let world: World;
  let cloud: TestCloud;
  beforeEach(async () => {
    cloud = new TestCloud();
    world = await World.start();
    const apis = {
      "management.azure.com": { api: armApi(cloud.cloud, cloud.azure), fault: armFault },
      "login.microsoftonline.com": { api: loginApi(cloud.cloud.directory), fault: loginFault },
    };
    const listener = serveApis((host) => Object.entries(apis).find(([name]) => name === host)?.[1]);
    for (const host of Object.keys(apis)) await world.serve(host, listener);
  });
  afterEach(async () => {
    await world.stop();
    await cloud.stop();
  });

  /** What `standby check` finds of the subscription. */
  async function looked(config: Readonly<Record<string, unknown>> = {}) {
    const { config: usual, outputs } = standbyStack();
    const profileId = `/subscriptions/${cloud.settings.subscription}/resourceGroups/rg/providers/Microsoft.Cdn/profiles/edge`;
    const frontDoor = { ...(outputs["frontDoor"] as object), profileId };
    world.stacks({
      prod: prodStack(),
      standby: standbyStack({ config: { ...usual, ...config }, outputs: { ...outputs, frontDoor } }),
    });
    const { tenantId, applicationId, secret } = cloud.settings.operator;
    const ran = await world.run(["check", "--json"], {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: applicationId,
      AZURE_CLIENT_SECRET: secret,
    });
    const { checks } = JSON.parse(ran.stdout) as { checks: { id: string; status: string; found: string }[] };
    return Object.fromEntries(
      checks
        .filter(({ id }) => id === "quotas" || id === "provider-registrations")
        .map(({ id, status, found }) => [id, `${status}: ${found}`]),
    );
  }

  test("all is well, as far as can be asked", async () => {
    expect(await looked()).toEqual({
      "provider-registrations": "pass: registered with all 10",
      quotas:
        "warn: 100 of 100 vCores of standardDDSv5Family are left in westeurope; Standard_D4ds_v5 takes 4; " +
        "whether a plan of 4 P1v3 fits is unknown: App Service's limit cannot be asked for here",
    });
  });

  test("a provider that is not registered, a limit that is too small", async () => {
    cloud.cloud.limits.unregistered.add("microsoft.cdn");
    cloud.cloud.limits.quotas.set("standardDDSv5Family", 2);
    expect(await looked()).toEqual({
      "provider-registrations": "fail: Microsoft.Cdn is NotRegistered",
      quotas: "fail: 2 of 2 vCores of standardDDSv5Family are left in westeurope; Standard_D4ds_v5 takes 4",
    });
  });

  test("a size of Azure SQL that the region withholds", async () => {
    cloud.cloud.limits.quotas.set("S6", 0);
    expect(await looked({ databaseEngine: "sqlserver" })).toEqual({
      "provider-registrations": "pass: registered with all 10",
      quotas: "fail: S6 is Disabled in westeurope: Provisioning is restricted in this region.",
    });
  });

  test("of MySQL nothing can be asked, which is said", async () => {
    expect(await looked({ databaseEngine: "mysql" })).toEqual({
      "provider-registrations": "pass: registered with all 10",
      quotas:
        "warn: whether Standard_D4ads_v5 fits is unknown: MySQL's limit cannot be asked for here; " +
        "whether a plan of 4 P1v3 fits is unknown: App Service's limit cannot be asked for here",
    });
  });

  test("what stands there already needs no room", async () => {
    expect((await looked({ size: "surge" }))["quotas"]).toBe(
      "pass: Standard_D4ds_v5 and P1v3 stand there already",
    );
  });
});
