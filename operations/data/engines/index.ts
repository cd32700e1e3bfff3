/* eslint-disable @typescript-eslint/no-require-imports -- `import()` of a TypeScript file needs a loader for ES modules */
import type { Database, OpenDatabase } from "../port";

const adapters = {
  postgres: () => require("./postgres/database") as typeof import("./postgres/database"),
  mysql: () => require("./mysql/database") as typeof import("./mysql/database"),
  sqlserver: () => require("./sqlserver/database") as typeof import("./sqlserver/database"),
};

/**
 * Opens a database by its engine's adapter, which comes with its driver and only when it is wanted: the one place that
 * knows which there are.
 */
export const openDatabase: OpenDatabase = (connection, purpose, milliseconds): Promise<Database> => {
  switch (connection.engine) {
    case "postgres":
      return adapters.postgres().openPostgres(connection, purpose, milliseconds);
    case "mysql":
      return adapters.mysql().openMysql(connection, purpose, milliseconds);
    case "sqlserver":
      return adapters.sqlserver().openSqlServer(connection, purpose, milliseconds);
  }
};
