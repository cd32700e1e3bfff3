import { readFileSync } from "node:fs";
import path from "node:path";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "westeurope" };
const reader = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`;
const reference = "@Microsoft.KeyVault(SecretUri=https://vault.vault.azure.net/secrets/password)";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
});
afterEach(() => cloud.stop());

const plan = (sku: object) =>
  cloud.make("web:AppServicePlan", { ...place, name: "plan", sku: { ...sku }, reserved: true });

async function app(settings: Record<string, string>, more = {}, siteConfig = {}) {
  const appSettings = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const inputs = {
    ...place,
    name: "shop",
    serverFarmId: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`,
    siteConfig: { appSettings, ...siteConfig },
    ...more,
  };
  const made = await cloud.make("web:WebApp", inputs);
  await cloud.realiser.settled();
  return made;
}

const running = async () => {
  await cloud.realiser.settled();
  return cloud.realised.apps.get("shop");
};

test("an app needs its plan, and Always On a plan that has it", async () => {
  await expect(app({})).rejects.toThrow("Cannot find App Service plan with name plan.");
  await plan({ name: "F1", tier: "Free" });
  await expect(app({}, {}, { alwaysOn: true })).rejects.toThrow(
    "alwaysOn needs a Basic plan or above; the plan is F1",
  );
});

test("a plan with an app cannot be deleted", async () => {
  const { id } = await plan({ name: "B1", tier: "Basic" });
  await app({});
  await expect(cloud.remove("web:AppServicePlan", id)).rejects.toThrow("it has web app(s) shop assigned");
});

test("a Key Vault reference is resolved only for an identity of the app's that may read the vault", async () => {
  const identity = await cloud.make("managedidentity:UserAssignedIdentity", {
    ...place,
    resourceName: "who",
  });
  const vault = await cloud.make("keyvault:Vault", {
    ...place,
    vaultName: "vault",
    properties: {
      tenantId: cloud.settings.operator.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
    },
  });
  const stored = await cloud.make("keyvault:Secret", {
    ...group,
    vaultName: "vault",
    secretName: "password",
    properties: { value: "s3cret" },
  });
  expect(JSON.stringify(stored.state)).not.toContain("s3cret");
  await plan({ name: "B1", tier: "Basic" });
  await app(
    { PASSWORD: reference },
    {
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      keyVaultReferenceIdentity: identity.id,
    },
  );
  expect((await running())?.environment).toMatchObject({ PASSWORD: reference });
  await cloud.make("authorization:RoleAssignment", {
    scope: vault.id,
    roleAssignmentName: "33333333-4444-4555-8666-777777777777",
    roleDefinitionId: reader,
    principalId: text(identity.state["principalId"]),
    principalType: "ServicePrincipal",
  });
  expect((await running())?.environment).toMatchObject({ PASSWORD: "s3cret" });
  expect(JSON.stringify(cloud.cloud.world.log)).not.toContain("s3cret");
});

test("only one's own Front Door is let in where the restrictions say so", async () => {
  await plan({ name: "B1", tier: "Basic" });
  const only = {
    ipSecurityRestrictionsDefaultAction: "Deny",
    ipSecurityRestrictions: [
      {
        name: "door",
        action: "Allow",
        priority: 100,
        tag: "ServiceTag",
        ipAddress: "AzureFrontDoor.Backend",
        headers: { "x-azure-fdid": ["door-id"] },
      },
    ],
  };
  await app({}, {}, only);
  expect((await running())?.onlyFrontDoor).toBe("door-id");
});

test("an app without public access, or whose rules let no one in, is closed", async () => {
  await plan({ name: "B1", tier: "Basic" });
  await app({}, { publicNetworkAccess: "Disabled" }, {});
  expect((await running())?.closed).toBe(true);
});

test("a host name is bound once its TXT record proves it, and to one app only", async () => {
  await plan({ name: "B1", tier: "Basic" });
  const { state } = await app({});
  const bind = (hostName: string) =>
    cloud.make("web:WebAppHostNameBinding", { ...group, name: "shop", hostName });
  await expect(bind("www.blanklabel.example")).rejects.toThrow(
    "A TXT record pointing from asuid.www.blanklabel.example to",
  );
  await cloud.record("TXT", "asuid.www", text(state["customDomainVerificationId"]));
  await bind("www.blanklabel.example");
  expect((await running())?.hostNames).toEqual(["shop.azurewebsites.net", "www.blanklabel.example"]);
});

test("a host name belongs to one app a region; one in another region may have it as well", async () => {
  await plan({ name: "B1", tier: "Basic" });
  const { state } = await app({});
  await cloud.record("TXT", "asuid.www", text(state["customDomainVerificationId"]));
  const other = async (name: string, location: string) => {
    const farm = await cloud.make("web:AppServicePlan", {
      ...group,
      name: `${name}-plan`,
      location,
      kind: "linux",
      reserved: true,
      sku: { name: "B1", tier: "Basic", capacity: 1 },
    });
    await cloud.make("web:WebApp", { ...group, name, location, serverFarmId: farm.id });
    return cloud.make("web:WebAppHostNameBinding", { ...group, name, hostName: "www.blanklabel.example" });
  };
  await cloud.make("web:WebAppHostNameBinding", {
    ...group,
    name: "shop",
    hostName: "www.blanklabel.example",
  });
  await expect(other("twin", "West Europe")).rejects.toThrow(
    "Hostname 'www.blanklabel.example' already exists in westeurope. It is bound to",
  );
  await other("north", "northeurope");
});

test("an app takes one binding at a time", async () => {
  await plan({ name: "B1", tier: "Basic" });
  const { state } = await app({});
  const hosts = ["www", "standby"];
  for (const host of hosts)
    await cloud.record("TXT", `asuid.${host}`, text(state["customDomainVerificationId"]));
  const bind = (host: string) =>
    cloud.make("web:WebAppHostNameBinding", {
      ...group,
      name: "shop",
      hostName: `${host}.blanklabel.example`,
    });
  const both = await Promise.allSettled(hosts.map(bind));
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(both[1]).toMatchObject({
    reason: { message: expect.stringContaining("another operation is in progress") as string },
  });
  await bind("standby");
  expect((await running())?.hostNames).toEqual([
    "shop.azurewebsites.net",
    "www.blanklabel.example",
    "standby.blanklabel.example",
  ]);
});

describe("a database", () => {
  const host = "shop-db.postgres.database.azure.com:5432";
  const routes = (side: "outside" | "inside"): string[] =>
    Object.keys(JSON.parse(readFileSync(path.join(cloud.folder, `${side}.json`), "utf8")) as object);
  const server = (publicNetworkAccess: string) =>
    cloud.make("dbforpostgresql:Server", {
      ...place,
      serverName: "shop-db",
      administratorLogin: "shopadmin",
      administratorLoginPassword: "correct horse 1",
      sku: { name: "Standard_B1ms", tier: "Burstable" },
      version: "17",
      network: { publicNetworkAccess },
    });
  const rule = (address: string, firewallRuleName = "rule") =>
    cloud.make("dbforpostgresql:FirewallRule", {
      ...group,
      serverName: "shop-db",
      firewallRuleName,
      startIpAddress: address,
      endIpAddress: address,
    });

  test("runs with what was declared, and ends with its resource", async () => {
    const { id } = await server("Enabled");
    await cloud.make("dbforpostgresql:Database", { ...group, serverName: "shop-db", databaseName: "shop" });
    expect(cloud.realised.databases).toEqual([
      expect.objectContaining({ name: "shop-db", adminUser: "shopadmin", adminPassword: "correct horse 1" }),
    ]);
    expect(cloud.realised.databaseNames).toEqual(["shop"]);
    await cloud.remove("dbforpostgresql:Server", id);
    expect(cloud.realised.stopped).toBe(1);
  });

  test("is reached by the operator only through a firewall rule, and only where it is public", async () => {
    await server("Enabled");
    await rule("198.51.100.1", "someone");
    expect(routes("outside")).not.toContain(host);
    await rule("203.0.113.10");
    expect(routes("outside")).toContain(host);
    expect(routes("inside")).not.toContain(host);
  });

  test("is closed to everyone while its public access is off", async () => {
    await server("Disabled");
    await rule("203.0.113.10");
    expect(routes("outside")).not.toContain(host);
  });

  test("is reached by the app through an endpoint in its network and a linked private zone", async () => {
    const { id } = await server("Disabled");
    const network = await cloud.make("network:VirtualNetwork", {
      ...place,
      virtualNetworkName: "net",
      addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
    });
    const subnet = (subnetName: string, addressPrefix: string) =>
      cloud.make("network:Subnet", { ...group, virtualNetworkName: "net", subnetName, addressPrefix });
    const [ofApps, ofEndpoints] = [await subnet("apps", "10.1.0.0/24"), await subnet("ends", "10.1.1.0/24")];
    await plan({ name: "B1", tier: "Basic" });
    await app({}, { virtualNetworkSubnetId: ofApps.id });
    await cloud.make("network:PrivateEndpoint", {
      ...place,
      privateEndpointName: "end",
      subnet: { id: ofEndpoints.id },
      privateLinkServiceConnections: [
        { name: "db", privateLinkServiceId: id, groupIds: ["postgresqlServer"] },
      ],
    });
    const zone = await cloud.make("privatedns:PrivateZone", {
      ...group,
      privateZoneName: "privatelink.postgres.database.azure.com",
      location: "global",
    });
    await cloud.make("network:PrivateDnsZoneGroup", {
      ...group,
      privateEndpointName: "end",
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{ name: "zone", privateDnsZoneId: zone.id }],
    });
    expect(routes("inside")).not.toContain(host);
    await cloud.make("privatedns:VirtualNetworkLink", {
      ...group,
      privateZoneName: "privatelink.postgres.database.azure.com",
      virtualNetworkLinkName: "link",
      location: "global",
      virtualNetwork: { id: network.id },
      registrationEnabled: false,
    });
    expect(routes("inside")).toContain(host);
    expect(routes("outside")).not.toContain(host);
  });
});
