import { createDatabase } from "../../../components/database";
import type { DatabaseEngine } from "../../../settings";
import { declared, one, runMocked } from "../mocked";
import { administrator, databaseArgs } from "./examples";

const identityId =
  "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader";

async function withAdministrator(engine: DatabaseEngine) {
  const given = engine === "mysql" ? { ...administrator, identityId } : administrator;
  return runMocked("standby", () =>
    createDatabase(engine, "database", { ...databaseArgs, administrator: given }),
  );
}

const inServer = { resourceGroupName: "shop-standby-rg", serverName: "shop-abc123" };
const { objectId, name, tenantId } = administrator;

test("PostgreSQL takes Entra beside the password, and the principal as one of its administrators", async () => {
  const { registered } = await withAdministrator("postgres");
  expect(one(registered, "azure-native:dbforpostgresql:Server", "database")["authConfig"]).toEqual({
    activeDirectoryAuth: "Enabled",
    passwordAuth: "Enabled",
    tenantId,
  });
  expect(one(registered, "azure-native:dbforpostgresql:Administrator", "database-administrator")).toEqual({
    ...inServer,
    objectId,
    principalName: name,
    principalType: "Group",
    tenantId,
  });
});

test("Azure SQL has it as a resource of its own, the server's own inputs stay as they are", async () => {
  const { registered } = await withAdministrator("sqlserver");
  expect(one(registered, "azure-native:sql:Server", "database")).not.toHaveProperty("administrators");
  expect(one(registered, "azure-native:sql:ServerAzureADAdministrator", "database-administrator")).toEqual({
    ...inServer,
    administratorName: "ActiveDirectory",
    administratorType: "ActiveDirectory",
    login: name,
    sid: objectId,
    tenantId,
  });
});

test("MySQL looks it up with the identity that it is given", async () => {
  const { registered } = await withAdministrator("mysql");
  expect(one(registered, "azure-native:dbformysql:Server", "database")["identity"]).toEqual({
    type: "UserAssigned",
    userAssignedIdentities: [identityId],
  });
  expect(one(registered, "azure-native:dbformysql:AzureADAdministrator", "database-administrator")).toEqual({
    ...inServer,
    administratorName: "ActiveDirectory",
    administratorType: "ActiveDirectory",
    login: name,
    sid: objectId,
    tenantId,
    identityResourceId: identityId,
  });
});

test.each(["postgres", "sqlserver", "mysql"] as const)(
  "%s: without the setting there is none",
  async (engine) => {
    const { registered } = await runMocked("standby", () => createDatabase(engine, "database", databaseArgs));
    expect(Object.keys(declared(registered)).filter((key) => /administrator/i.test(key))).toEqual([]);
  },
);
