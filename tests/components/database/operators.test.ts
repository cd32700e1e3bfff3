import { createDatabase, privateZones, type StandbyDatabase } from "../../../components/database";
import type { DatabaseEngine } from "../../../settings";
import { declared, one, runMocked } from "../mocked";
import { databaseArgs } from "./examples";
import * as pulumi from "@pulumi/pulumi";

function create(engine: DatabaseEngine): StandbyDatabase {
  return createDatabase(engine, "database", {
    ...databaseArgs,
    operatorAddresses: ["203.0.113.20", "203.0.113.21"],
  });
}

test.each([
  ["postgres", "azure-native:dbforpostgresql"],
  ["sqlserver", "azure-native:sql"],
  ["mysql", "azure-native:dbformysql"],
] as const)("%s: public access is opened to exactly the named addresses", async (engine, module) => {
  const { registered } = await runMocked("standby", () => void create(engine));
  const rules = Object.entries(declared(registered)).filter(([key]) => key.includes("FirewallRule"));
  expect(Object.fromEntries(rules)).toEqual({
    [`${module}:FirewallRule database-operator-203.0.113.20`]: {
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      firewallRuleName: "operator-203-0-113-20",
      startIpAddress: "203.0.113.20",
      endIpAddress: "203.0.113.20",
    },
    [`${module}:FirewallRule database-operator-203.0.113.21`]: {
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      firewallRuleName: "operator-203-0-113-21",
      startIpAddress: "203.0.113.21",
      endIpAddress: "203.0.113.21",
    },
  });
  const server = one(registered, `${module}:Server`, "database");
  const access: unknown =
    engine === "sqlserver"
      ? server["publicNetworkAccess"]
      : Reflect.get(Object(server["network"]), "publicNetworkAccess");
  expect(access).toBe("Enabled");
});

test.each([
  [
    "postgres",
    "postgres://shopadmin:Passw0rdOfThirtyTwoCharacters000@shop-abc123.postgres.database.azure.com:5432/shop?sslmode=verify-full",
    "/id/Server/database",
  ],
  [
    "sqlserver",
    "sqlserver://shopadmin:Passw0rdOfThirtyTwoCharacters000@shop-abc123.database.windows.net:1433/shop?encrypt=true",
    "/id/Database/database-shop",
  ],
  [
    "mysql",
    "mysql://shopadmin:Passw0rdOfThirtyTwoCharacters000@shop-abc123.mysql.database.azure.com:3306/shop?ssl-mode=VERIFY_IDENTITY",
    "/id/Server/database",
  ],
] as const)("%s: the URL demands TLS and is secret", async (engine, url, monitored) => {
  const seen: unknown[] = [];
  await runMocked("standby", async () => {
    const database = create(engine);
    database.url.apply((value) => seen.push(value));
    database.monitoredId.apply((value) => seen.push(value));
    seen.push(await pulumi.isSecret(database.url));
  });
  expect(seen).toEqual(expect.arrayContaining([url, monitored, true]));
});

test("each engine's private zone", () => {
  expect(privateZones).toEqual({
    postgres: "privatelink.postgres.database.azure.com",
    sqlserver: "privatelink.database.windows.net",
    mysql: "privatelink.mysql.database.azure.com",
  });
});
