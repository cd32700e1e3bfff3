import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import { azureCredential } from "../../../../operations/azure-credential";
import type { BlobAccess } from "../../../../rehearsal/cloud/contracts";
import { actionOf } from "../../../../rehearsal/cloud/control/azure/permissions";
import { armApi } from "../../../../rehearsal/cloud/control/http/arm";
import { identityApi, identityFault } from "../../../../rehearsal/cloud/control/http/identity";
import { serveApis } from "../../../../rehearsal/cloud/control/http/json-server";
import type { Made } from "../../../../rehearsal/cloud/control/package";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "westeurope" };
const storage = "https://storage.azure.com";
const dataReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const dataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

let cloud: TestCloud;
let server: Server;
let endpoint: string;
const before = { ...process.env };

// The SDK keeps the endpoint, its header and its tokens for the life of a process: one endpoint, one app, and
// identities of their own in every test.
beforeAll(async () => {
  server = createServer(
    serveApis(() => ({ api: (request) => identityApi(cloud.cloud)(request), fault: identityFault })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/msi/token/`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("web:AppServicePlan", { ...place, name: "plan", sku: { name: "B1" }, reserved: true });
});
afterEach(async () => {
  process.env = { ...before };
  await cloud.stop();
});

const userIdentity = (resourceName: string) =>
  cloud.make("managedidentity:UserAssignedIdentity", { ...place, resourceName });

/** Makes an app and acts as its process from then on: with its environment, the endpoint at its real port. */
async function inside(identity: object): Promise<Made> {
  const name = "shop";
  const plan = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`;
  const made = await cloud.make("web:WebApp", { ...place, name, serverFarmId: plan, ...identity });
  await cloud.realiser.settled();
  const environment = cloud.realised.apps.get(name)?.environment ?? {};
  process.env = { ...process.env, ...environment, IDENTITY_ENDPOINT: endpoint };
  return made;
}

const withUser = (...ids: string[]) => ({ identity: { type: "UserAssigned", userAssignedIdentities: ids } });
const grant = (role: string, scope: string, principalId: string) =>
  cloud.make("authorization:RoleAssignment", {
    scope,
    roleAssignmentName: "33333333-4444-4555-8666-777777777777",
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    principalId,
    principalType: "ServicePrincipal",
  });

async function tokenOf(credential: {
  getToken(scope: string): Promise<{ token: string } | null>;
}): Promise<string> {
  return (await credential.getToken(`${storage}/.default`))?.token ?? "";
}

async function ask(query: Record<string, string>, header?: string) {
  const address = `${endpoint}?${new URLSearchParams(query).toString()}`;
  const response = await fetch(
    address,
    header === undefined ? {} : { headers: { "X-IDENTITY-HEADER": header } },
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const wanted = { "api-version": "2019-08-01", resource: storage };

test("an app without an identity has nowhere to get a token", async () => {
  await inside({});
  expect(cloud.realised.apps.get("shop")?.environment).toEqual({});
});

test("the official SDK gets a token of the identity that AZURE_CLIENT_ID names", async () => {
  const one = await userIdentity("one");
  const two = await userIdentity("two");
  await inside(withUser(one.id, two.id));
  expect(cloud.realised.apps.get("shop")?.environment).toEqual({
    IDENTITY_ENDPOINT: "http://169.254.129.2:8081/msi/token/",
    IDENTITY_HEADER: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  const clientId = text(two.state["clientId"]);
  process.env["AZURE_CLIENT_ID"] = clientId;
  const credentials = [
    new DefaultAzureCredential(),
    new ManagedIdentityCredential({ clientId }),
    new ManagedIdentityCredential({ resourceId: two.id }),
    await azureCredential(),
  ];
  for (const credential of credentials)
    expect(cloud.cloud.directory.holder(await tokenOf(credential), storage)).toEqual({
      applicationId: clientId,
      objectId: text(two.state["principalId"]),
    });
});

test("without a name there is no identity where the app has none of its own", async () => {
  await inside(withUser((await userIdentity("unnamed")).id));
  await expect(tokenOf(await azureCredential())).rejects.toThrow(
    "Unable to load the proper Managed Identity.",
  );
});

test("without a name it is the app's own identity", async () => {
  const { state } = await inside({ identity: { type: "SystemAssigned" } });
  const { principalId } = state["identity"] as { principalId: string };
  const given = await tokenOf(await azureCredential());
  expect(cloud.cloud.directory.holder(given, storage)?.objectId).toBe(principalId);
});

test("an identity that is another app's is refused", async () => {
  const mine = await userIdentity("mine");
  const other = await userIdentity("other");
  await inside(withUser(mine.id));
  await expect(
    tokenOf(new ManagedIdentityCredential({ clientId: text(other.state["clientId"]) })),
  ).rejects.toThrow("Unable to load the proper Managed Identity.");
});

test("a wrong header, version or resource gets no token", async () => {
  const { id, state } = await userIdentity("four");
  await inside(withUser(id));
  const named = { ...wanted, client_id: text(state["clientId"]) };
  const header = process.env["IDENTITY_HEADER"] ?? "";
  expect(await ask(named, header)).toMatchObject({ status: 200, body: { token_type: "Bearer" } });
  const unauthorized = "X-IDENTITY-HEADER is missing or is not the app's.";
  for (const wrong of [undefined, "guessed", `${header}x`])
    expect(await ask(named, wrong)).toMatchObject({ status: 401, body: { message: unauthorized } });
  const refused: [Record<string, string>, string][] = [
    [{ ...named, "api-version": "2017-09-01" }, "api-version is 2017-09-01; 2019-08-01 is served."],
    [{ ...named, resource: "" }, "resource is missing: what the token is to be for."],
    [{ ...named, mi_res_id: id }, "Only one of client_id, mi_res_id can name an identity."],
  ];
  for (const [query, message] of refused)
    expect(await ask(query, header)).toMatchObject({ status: 400, body: { message } });
});

test("blobs are read and written only by whom a role allows it, container by container", async () => {
  const account = await cloud.make("storage:StorageAccount", {
    ...place,
    accountName: "packages0",
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
  });
  const { id, state } = await userIdentity("five");
  await inside(withUser(id));
  const token = await tokenOf(new ManagedIdentityCredential({ clientId: text(state["clientId"]) }));
  const access = (container: string, wants: "read" | "write", given = token): BlobAccess | undefined =>
    cloud.realised.accounts.get("packages0")?.accessOf({ token: given, container, wants });
  expect(access("packages", "read")).toBe("no-role");
  expect(access("packages", "read", "guessed")).toBe("no-token");
  for (const containerName of ["packages", "uploads"])
    await cloud.make("storage:BlobContainer", { ...group, accountName: "packages0", containerName });
  const container = `${account.id}/blobServices/default/containers/packages`;
  const assignment = await grant(dataReader, container, text(state["principalId"]));
  expect(access("packages", "read")).toBe("granted");
  expect(access("packages", "write")).toBe("no-role");
  expect(access("uploads", "read")).toBe("no-role");
  await cloud.remove("authorization:RoleAssignment", assignment.id);
  await grant(dataContributor, account.id, text(state["principalId"]));
  expect(access("uploads", "write")).toBe("granted");
});

test("ARM shows an identity only what its role lets it read, and lets it change nothing more", async () => {
  const { id, state } = await userIdentity("six");
  await inside(withUser(id));
  const credential = new ManagedIdentityCredential({ clientId: text(state["clientId"]) });
  const { token } = await credential.getToken("https://management.azure.com/.default");
  const arm = armApi(cloud.cloud, cloud.azure);
  const path = `/subscriptions/${subscription}/resourceGroups/rg`;
  const call = (method: string, at: string) => async () =>
    arm({
      method,
      host: "management.azure.com",
      path: at,
      query: new URLSearchParams({ "api-version": "2024-03-01" }),
      token,
      headers: {},
      body: "",
    });
  const client = text(state["clientId"]);
  const principal = text(state["principalId"]);
  await expect(call("GET", path)()).rejects.toThrow(
    `The client '${client}' with object id '${principal}' does not have authorization to perform action ` +
      `'Microsoft.Resources/subscriptions/resourceGroups/read' over scope '${path}' or the scope is invalid. If ` +
      "access was recently granted, please refresh your credentials.",
  );
  await grant(reader, path, principal);
  expect(await call("GET", path)()).toMatchObject({ status: 200, body: { id: path } });
  await expect(call("POST", `${path}/providers/Microsoft.Cdn/profiles/door/purge`)()).rejects.toThrow(
    "does not have authorization to perform action 'Microsoft.Cdn/profiles/purge/action'",
  );
});

test.each([
  ["GET", "/subscriptions/s", "Microsoft.Resources/subscriptions/read"],
  [
    "GET",
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Cdn/profiles/p",
    "Microsoft.Cdn/profiles/read",
  ],
  ["PATCH", "/subscriptions/s/resourceGroups/rg/providers/A.B/c/1/d/2", "A.B/c/d/write"],
  ["GET", "/subscriptions/s/resourceGroups/rg/providers/A.B/c", "A.B/c/read"],
])("%s %s is the action %s", (method, path, action) => {
  expect(actionOf(method, path)).toBe(action);
});
