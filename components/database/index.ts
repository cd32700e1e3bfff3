import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseEngine } from "../../settings";
import { AzureSql } from "./azure-sql";
import type { DatabaseArgs, StandbyDatabase } from "./database";
import { MysqlFlexible } from "./mysql-flexible";
import { PostgresFlexible } from "./postgres-flexible";

export { PrivateAccess, privateLinkGroups } from "./private-access";
export type { DatabaseAdministrator, DatabaseArgs, StandbyDatabase } from "./database";

/** The private zone in which an engine's servers are found. */
export const privateZones: Readonly<Record<DatabaseEngine, string>> = {
  postgres: "privatelink.postgres.database.azure.com",
  sqlserver: "privatelink.database.windows.net",
  mysql: "privatelink.mysql.database.azure.com",
};

/** A site's database; the standby's is of the engine that the primary has. */
export function createDatabase(
  engine: DatabaseEngine,
  name: string,
  args: DatabaseArgs,
  opts?: pulumi.ComponentResourceOptions,
): StandbyDatabase {
  switch (engine) {
    case "postgres":
      return new PostgresFlexible(name, args, opts);
    case "sqlserver":
      return new AzureSql(name, args, opts);
    case "mysql":
      return new MysqlFlexible(name, args, opts);
  }
}
