/** PostgreSQL sessions that are used again, as by a pooler: in tests, opening them would take as long as all the rest. */
import type { Connection } from "../../../../operations/connection";
import type * as engines from "../../../../operations/data/engines";
import type { Database } from "../../../../operations/data/port";

const { openDatabase: open } = jest.requireActual<typeof engines>("../../../../operations/data/engines");
const idle = new Map<string, Database[]>();
const all: Database[] = [];

export async function openDatabase(connection: Connection, purpose: string): Promise<Database> {
  if (connection.engine !== "postgres") return open(connection, purpose);
  const name = `${connection.port}/${connection.database}`;
  const free = idle.get(name) ?? [];
  idle.set(name, free);
  let database = free.pop();
  if (database === undefined) {
    database = await open(connection, purpose);
    all.push(database);
  }
  const used = database;
  const close = async (): Promise<void> => {
    await used.rollback();
    await used.unlock("warm-standby");
    free.push(used);
  };
  return Object.create(used, { close: { value: close } }) as Database;
}

export async function closePooled(): Promise<void> {
  for (const database of all.splice(0)) await database.close();
  idle.clear();
}
