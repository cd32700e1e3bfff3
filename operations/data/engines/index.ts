import type { OpenDatabase } from "../port";
import { openPostgres } from "./postgres/database";

const adapters = { postgres: openPostgres };

/** Opens a database by its engine's adapter: the one place that knows which there are. */
export const openDatabase: OpenDatabase = (connection, purpose, milliseconds) =>
  adapters[connection.engine](connection, purpose, milliseconds);
