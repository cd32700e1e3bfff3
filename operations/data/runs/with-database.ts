import type { Connection } from "../../connection";
import { openDatabase } from "../engines";
import type { Database } from "../port";

/**
 * Opens a database for the time of an action; what the driver throws comes out explained.
 *
 * @throws Fault (3) naming host and port when the server cannot be reached
 */
export async function withDatabase<T>(
  connection: Connection,
  purpose: string,
  action: (database: Database) => Promise<T>,
  milliseconds?: number,
): Promise<T> {
  const database = await openDatabase(connection, purpose, milliseconds);
  try {
    return await action(database);
  } catch (error) {
    throw database.explain(error);
  } finally {
    await database.close();
  }
}
