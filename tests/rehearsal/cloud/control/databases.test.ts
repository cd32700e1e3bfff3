import { TestCloud, subscription } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "westeurope" };
const identityId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
});
afterEach(() => cloud.stop());

const mysql = (more: object = {}) =>
  cloud.make("dbformysql:Server", {
    ...place,
    serverName: "shop-db",
    version: "8.0.21",
    sku: { name: "Standard_B2s", tier: "Burstable" },
    administratorLogin: "shopadmin",
    administratorLoginPassword: "hunter2 hunter2",
    ...more,
  });
const inMysql = { ...group, serverName: "shop-db" };

test("a MySQL server is taken as declared, found by its own name, and notes that none runs", async () => {
  const { id, state } = await mysql();
  expect(id).toBe(
    `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.DBforMySQL/flexibleServers/shop-db`,
  );
  expect(state).toMatchObject({
    fullyQualifiedDomainName: "shop-db.mysql.database.azure.com",
    state: "Ready",
  });
  expect(state).not.toHaveProperty("administratorLoginPassword");
  expect(cloud.cloud.world.log.map(({ subject, detail }) => [subject, detail])).toContainEqual([
    id,
    "taken as declared; nothing real stands behind it",
  ]);
});

test.each<[object, string]>([
  [{ version: "8.4" }, 'version is "8.4"; allowed: "5.7", "8.0.21"'],
  [{ network: { publicNetworkAccess: "Private" } }, 'is "Private"; allowed: "Enabled", "Disabled"'],
  [
    { highAvailability: { mode: "ZoneRedundant" } },
    'highAvailability.mode is "ZoneRedundant"; tier Burstable has no high availability',
  ],
  [
    { highAvailability: { mode: "SameZone" } },
    'highAvailability.mode is "SameZone"; tier Burstable has no high availability',
  ],
  [{ storage: { storageSizeGB: 10 } }, "storage.storageSizeGB is 10; 20 to 16384 are allowed"],
  [{ backup: { backupRetentionDays: 40 } }, "backup.backupRetentionDays is 40; 1 to 35 are allowed"],
  [{ serverName: "Shop_DB" }, 'serverName is "Shop_DB"; it must match'],
  [{ sku: { name: "Standard_B2s", tier: "Basic" } }, 'sku.tier is "Basic"; allowed: "Burstable"'],
])("a MySQL server is refused with %j", async (more, message) => {
  await expect(mysql(more)).rejects.toThrow(message);
});

test("a MySQL server's name is its own in all of Azure", async () => {
  await cloud.group("other");
  await mysql();
  await expect(mysql({ resourceGroupName: "other" })).rejects.toThrow(
    "Specified server name 'shop-db' is already used.",
  );
});

test("a MySQL server takes one change at a time, and only values that it knows", async () => {
  await mysql();
  const set = (configurationName: string, value: string) =>
    cloud.make("dbformysql:Configuration", { ...inMysql, configurationName, value, source: "user-override" });
  const both = await Promise.allSettled([
    set("require_secure_transport", "ON"),
    set("tls_version", "TLSv1.2"),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(set("tls_version", "TLSv1.1,TLSv1.2")).rejects.toThrow(
    'value is "TLSv1.1,TLSv1.2"; tls_version must match',
  );
  await expect(set("require_secure_transport", "yes")).rejects.toThrow('value is "yes"');
});

test("a MySQL firewall rule goes upwards, within IPv4", async () => {
  await mysql();
  const admit = (startIpAddress: string, endIpAddress: string) =>
    cloud.make("dbformysql:FirewallRule", {
      ...inMysql,
      firewallRuleName: "operator",
      startIpAddress,
      endIpAddress,
    });
  await expect(admit("203.0.113.20", "203.0.113.2")).rejects.toThrow(
    "endIpAddress is 203.0.113.2, below startIpAddress 203.0.113.20",
  );
  await expect(admit("203.0.113.320", "203.0.113.320")).rejects.toThrow("it must match");
  await admit("203.0.113.20", "203.0.113.20");
});

test("an administrator of MySQL's is looked up with an identity that the server has", async () => {
  const administer = (more: object = {}) =>
    cloud.make("dbformysql:AzureADAdministrator", {
      ...inMysql,
      administratorName: "ActiveDirectory",
      administratorType: "ActiveDirectory",
      login: "database-administrators",
      sid: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
      identityResourceId: identityId,
      ...more,
    });
  const { id } = await mysql();
  await expect(administer()).rejects.toThrow("reader is no identity of the server shop-db");
  await cloud.remove("dbformysql:Server", id);
  await mysql({ identity: { type: "UserAssigned", userAssignedIdentities: [identityId] } });
  await expect(administer({ administratorName: "someone" })).rejects.toThrow("allowed: ActiveDirectory");
  await administer();
});

test("an administrator of PostgreSQL's needs a server that takes Entra at all", async () => {
  const serve = (serverName: string, activeDirectoryAuth: string) =>
    cloud.make("dbforpostgresql:Server", {
      ...place,
      serverName,
      version: "17",
      sku: { name: "Standard_B2s", tier: "Burstable" },
      administratorLogin: "shopadmin",
      administratorLoginPassword: "hunter2 hunter2",
      authConfig: { activeDirectoryAuth, passwordAuth: "Enabled" },
    });
  const administer = (serverName: string) =>
    cloud.make("dbforpostgresql:Administrator", {
      ...group,
      serverName,
      objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
      principalName: "database-administrators",
      principalType: "Group",
    });
  await serve("closed", "Disabled");
  await expect(administer("closed")).rejects.toThrow("authConfig.activeDirectoryAuth is not Enabled");
  await serve("open", "Enabled");
  await administer("open");
});

const sqlServer = (more: object = {}) =>
  cloud.make("sql:Server", {
    ...place,
    serverName: "shop-sql",
    version: "12.0",
    administratorLogin: "shopadmin",
    administratorLoginPassword: "hunter2 hunter2",
    ...more,
  });
const inSql = { ...group, serverName: "shop-sql" };

test.each<[object, string]>([
  [{ version: "13.0" }, 'version is "13.0"; Azure SQL has "12.0" alone'],
  [{ publicNetworkAccess: "Off" }, 'publicNetworkAccess is "Off"; allowed: "Enabled", "Disabled"'],
  [{ minimalTlsVersion: "0.9" }, 'minimalTlsVersion is "0.9"; allowed:'],
])("an Azure SQL server is refused with %j", async (more, message) => {
  await expect(sqlServer(more)).rejects.toThrow(message);
});

test("Azure SQL admits nobody from outside while its public side is closed", async () => {
  const admit = () =>
    cloud.make("sql:FirewallRule", {
      ...inSql,
      firewallRuleName: "operator",
      startIpAddress: "203.0.113.20",
      endIpAddress: "203.0.113.20",
    });
  const { id } = await sqlServer({ publicNetworkAccess: "Disabled" });
  await expect(admit()).rejects.toThrow(
    "Unable to create or modify firewall rules when public network interface for the server is disabled.",
  );
  await cloud.change("sql:Server", id, { ...place, serverName: "shop-sql", publicNetworkAccess: "Enabled" });
  await admit();
});

test("Azure SQL: one administrator, a pause only where there is one, backups for 35 days at most", async () => {
  await sqlServer();
  await expect(
    cloud.make("sql:ServerAzureADAdministrator", {
      ...inSql,
      administratorName: "someone",
      administratorType: "ActiveDirectory",
      login: "someone",
      sid: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
    }),
  ).rejects.toThrow('administratorName is "someone"; allowed: "ActiveDirectory"');
  const database = (more: object) =>
    cloud.make("sql:Database", { ...inSql, location: "westeurope", databaseName: "shop", ...more });
  await expect(database({ sku: { name: "S1", tier: "Standard" }, autoPauseDelay: 60 })).rejects.toThrow(
    "autoPauseDelay is set; only serverless sizes (such as GP_S_Gen5) pause",
  );
  await database({ sku: { name: "S1", tier: "Standard" } });
  await expect(
    cloud.make("sql:BackupShortTermRetentionPolicy", {
      ...inSql,
      databaseName: "shop",
      policyName: "default",
      retentionDays: 90,
    }),
  ).rejects.toThrow("retentionDays is 90; 1 to 35 are allowed");
});

test("a lock keeps what it is on, what lies in it and what it lies in; then it goes first", async () => {
  const { id: server } = await mysql();
  const database = await cloud.make("dbformysql:Database", { ...inMysql, databaseName: "shop" });
  const lock = await cloud.make("authorization:ManagementLockByScope", {
    scope: server,
    lockName: "keep-the-data",
    level: "CanNotDelete",
  });
  const groupId = `/subscriptions/${subscription}/resourceGroups/rg`;
  for (const [token, id] of [
    ["dbformysql:Database", database.id],
    ["dbformysql:Server", server],
    ["resources:ResourceGroup", groupId],
  ] as const)
    await expect(cloud.remove(token, id)).rejects.toThrow(
      `The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${server}'. Please ` +
        "remove the lock and try again.",
    );
  // It says nothing about what lies beside it, nor about changes.
  await cloud.make("managedidentity:UserAssignedIdentity", { ...place, resourceName: "reader" });
  await cloud.remove("managedidentity:UserAssignedIdentity", identityId);
  await cloud.make("dbformysql:Configuration", {
    ...inMysql,
    configurationName: "tls_version",
    value: "TLSv1.2",
  });
  await cloud.remove("authorization:ManagementLockByScope", lock.id);
  await cloud.remove("dbformysql:Database", database.id);
  await cloud.remove("dbformysql:Server", server);
});

test("what may only be read takes no change either", async () => {
  const { id: server } = await mysql();
  await cloud.make("authorization:ManagementLockByScope", {
    scope: server,
    lockName: "still",
    level: "ReadOnly",
  });
  await expect(cloud.make("dbformysql:Database", { ...inMysql, databaseName: "shop" })).rejects.toThrow(
    `cannot perform write operation because following scope(s) are locked: '${server}'`,
  );
});

test("a lock is of a kind that there is", async () => {
  const { id: scope } = await mysql();
  await expect(
    cloud.make("authorization:ManagementLockByScope", { scope, lockName: "x", level: "Never" }),
  ).rejects.toThrow('level is "Never"; allowed:');
});
