import { unknownValue, secret } from "../../../../rehearsal/cloud/control/json";
import { TestCloud, subscription } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "westeurope" };

let cloud: TestCloud;
beforeEach(() => {
  cloud = new TestCloud();
});
afterEach(() => cloud.stop());

const account = (accountName: string, more = {}) =>
  cloud.make("storage:StorageAccount", {
    ...place,
    accountName,
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
    ...more,
  });

test("a type that is not known is refused, by name", () => {
  const request = { name: "it", before: {}, after: {}, seed: new Uint8Array() };
  const { failures } = cloud.azure.check({ ...request, type: "azure-native:redis:Redis" });
  expect(failures).toEqual([
    {
      property: "type",
      reason: expect.stringContaining(
        "azure-native:redis:Redis is not a type that the local cloud knows",
      ) as string,
    },
  ]);
});

test("a resource needs what it lies in", async () => {
  await expect(account("images")).rejects.toThrow(
    `/subscriptions/${subscription}/resourceGroups/rg does not exist`,
  );
});

test("ids, names and outputs are those of ARM", async () => {
  const { id } = await cloud.group();
  expect(id).toBe(`/subscriptions/${subscription}/resourceGroups/rg`);
  const made = await account("images");
  expect(made.id).toBe(`${id}/providers/Microsoft.Storage/storageAccounts/images`);
  expect(made.state).toMatchObject({
    name: "images",
    type: "Microsoft.Storage/storageAccounts",
    location: "westeurope",
    provisioningState: "Succeeded",
    primaryEndpoints: { blob: "https://images.blob.core.windows.net/" },
  });
  expect(made.state).not.toHaveProperty("accountName");
});

test("names that are unique in all of Azure collide across groups", async () => {
  await cloud.group();
  await cloud.group("other");
  await account("images");
  await expect(account("images", { resourceGroupName: "other" })).rejects.toThrow(
    "The storage account named images is already taken.",
  );
});

test("what is there already is not made again", async () => {
  await cloud.group();
  await expect(cloud.group()).rejects.toThrow("cannot create already existing resource");
});

test("a name that was left out is made up, the same in preview and update, and kept afterwards", () => {
  const request = {
    type: "azure-native:resources:ResourceGroup",
    name: "group",
    after: { location: "westeurope" },
  };
  const name = (before: object, seed: number) =>
    cloud.azure.check({ ...request, before: { ...before }, seed: new Uint8Array([seed]) }).inputs[
      "resourceGroupName"
    ];
  expect(name({}, 1)).toMatch(/^group[0-9a-f]{8}$/);
  expect(name({}, 1)).toBe(name({}, 1));
  expect(name({}, 2)).not.toBe(name({}, 1));
  expect(name({ resourceGroupName: "kept" }, 2)).toBe("kept");
});

test("a location that was left out is the group's", async () => {
  await cloud.group();
  const { state } = await cloud.make("managedidentity:UserAssignedIdentity", {
    ...group,
    resourceName: "who",
  });
  expect(state["location"]).toBe("westeurope");
});

test("a preview keeps what is unknown unknown, and what is secret secret", async () => {
  const inputs = {
    ...place,
    resourceGroupName: unknownValue,
    serverName: "shop-db",
    administratorLogin: secret("shopadmin"),
    administratorLoginPassword: secret("hunter2 hunter2"),
  };
  const type = "azure-native:dbforpostgresql:Server";
  const { id, state } = await cloud.azure.create({ type, urn: "", inputs, preview: true });
  expect(id).toBe("");
  expect(state).toMatchObject({
    administratorLogin: secret("shopadmin"),
    fullyQualifiedDomainName: unknownValue,
    name: unknownValue,
    location: "westeurope",
  });
  expect(JSON.stringify(state)).not.toContain("hunter2");
  expect(cloud.realised.databases).toEqual([]);
});

test("names, locations and what the service says replace; the rest changes in place", () => {
  const replaced = (type: string, before: object, after: object) =>
    cloud.azure
      .diff(`azure-native:${type}`, { ...before }, { ...after })
      .differences.filter(({ replaces }) => replaces)
      .map(({ path }) => path);
  const server = { ...place, serverName: "a", administrators: { login: "one" }, version: "12.0" };
  expect(replaced("sql:Server", server, { ...server, serverName: "b" })).toEqual(["serverName"]);
  expect(replaced("sql:Server", server, { ...server, location: "northeurope" })).toEqual(["location"]);
  expect(replaced("sql:Server", server, { ...server, administrators: { login: "two" } })).toEqual([
    "administrators.login",
  ]);
  expect(replaced("sql:Server", server, { ...server, version: "13.0" })).toEqual([]);
});

test("an update of what is gone fails, and deleting it is no fault", async () => {
  const { id } = await cloud.group();
  await cloud.remove("resources:ResourceGroup", id);
  await expect(cloud.change("resources:ResourceGroup", id, place)).rejects.toThrow("does not exist any more");
  await cloud.remove("resources:ResourceGroup", id);
  const gone = { type: "azure-native:resources:ResourceGroup", id, inputs: {}, state: {} };
  expect(await cloud.azure.read(gone)).toBeUndefined();
});

test("a container is public only on an account that allows it", async () => {
  await cloud.group();
  await account("images", { allowBlobPublicAccess: false });
  const container = { ...group, accountName: "images", containerName: "images", publicAccess: "Blob" };
  await expect(cloud.make("storage:BlobContainer", container)).rejects.toThrow(
    "Public access is not permitted",
  );
  await account("pictures", { allowBlobPublicAccess: true });
  await cloud.make("storage:BlobContainer", { ...container, accountName: "pictures" });
  expect(cloud.realised.containers).toEqual(["pictures/images Blob"]);
});

test("subnets lie within their network, apart from each other, and stay while they are used", async () => {
  await cloud.group();
  await cloud.make("network:VirtualNetwork", {
    ...place,
    virtualNetworkName: "net",
    addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
  });
  const subnet = (subnetName: string, addressPrefix: string) =>
    cloud.make("network:Subnet", { ...group, virtualNetworkName: "net", subnetName, addressPrefix });
  await expect(subnet("far", "10.2.0.0/24")).rejects.toThrow("10.2.0.0/24 is outside of it");
  const { id } = await subnet("one", "10.1.0.0/24");
  await expect(subnet("two", "10.1.0.128/25")).rejects.toThrow("Subnet 'two' overlaps 'one'");
  await cloud.make("network:PrivateEndpoint", { ...place, privateEndpointName: "door", subnet: { id } });
  await expect(cloud.remove("network:Subnet", id)).rejects.toThrow("Subnet one is in use by");
});

test("a role is given to a principal that exists, once, under a GUID", async () => {
  const { id: scope } = await cloud.group();
  const assign = (roleAssignmentName: string, principalId: string) =>
    cloud.make("authorization:RoleAssignment", {
      scope,
      roleAssignmentName,
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
    });
  const guid = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
  const { objectId } = cloud.settings.operator;
  await expect(assign("reader", objectId)).rejects.toThrow("a GUID is wanted");
  await expect(assign(guid(1), guid(9))).rejects.toThrow(`Principal ${guid(9)} does not exist`);
  await assign(guid(1), objectId);
  await expect(assign(guid(2), objectId)).rejects.toThrow("The role assignment already exists.");
});

test("a web test has to be linked to its component", async () => {
  await cloud.group();
  await expect(
    cloud.make("applicationinsights:WebTest", {
      ...place,
      webTestName: "front",
      syntheticMonitorId: "front",
      webTestKind: "standard",
      locations: [{ location: "emea-nl-ams-azr" }],
      tags: {},
    }),
  ).rejects.toThrow("hidden-link:<id of an Application Insights component>");
});
