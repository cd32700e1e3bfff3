import type { Database, OpenDatabase } from "../port";
import { openMysql } from "./mysql/database";
import { openPostgres } from "./postgres/database";
import { openSqlServer } from "./sqlserver/database";

/** Opens a database by its engine's adapter: the one place that knows which there are. */
export const openDatabase: OpenDatabase = (connection, purpose, milliseconds): Promise<Database> => {
  switch (connection.engine) {
    case "postgres":
      return openPostgres(connection, purpose, milliseconds);
    case "mysql":
      return openMysql(connection, purpose, milliseconds);
    case "sqlserver":
      return openSqlServer(connection, purpose, milliseconds);
  }
};
