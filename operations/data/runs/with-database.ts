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

/**
 * Opens two databases at the same time, for the time of an action; what the driver throws comes out explained.
 *
 * @throws Fault (3) naming host and port of the first that cannot be reached
 */
export async function withDatabases<T>(
  connections: readonly [Connection, Connection],
  purpose: string,
  action: (one: Database, other: Database) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(connections.map((each) => openDatabase(each, purpose)));
  const databases = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  try {
    for (const each of opened) if (each.status === "rejected") throw each.reason;
    const [one, other] = databases;
    if (one === undefined || other === undefined) throw new Error("two databases are opened");
    return await action(one, other);
  } catch (error) {
    throw databases.reduceRight((explained, database) => database.explain(explained), error);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}
