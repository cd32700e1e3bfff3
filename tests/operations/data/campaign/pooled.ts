/** PostgreSQL sessions that are used again, as by a pooler: in tests, opening them would take as long as all the rest. */
import type { Connection } from "../../../../operations/connection";
import type * as engines from "../../../../operations/data/engines";
import type { Database } from "../../../../operations/data/port";

const { openDatabase: open } = jest.requireActual<typeof engines>("../../../../operations/data/engines");
/** A session, and what it was asked already that stays as it is. */
interface Pooled {
  readonly database: Database;
  readonly id: Promise<string>;
  readonly encoding: ReturnType<Database["encoding"]>;
}
const idle = new Map<string, Pooled[]>();
const all: Pooled[] = [];

export async function openDatabase(connection: Connection, purpose: string): Promise<Database> {
  if (connection.engine !== "postgres") return open(connection, purpose);
  const name = `${connection.port}/${connection.database}`;
  const free = idle.get(name) ?? [];
  idle.set(name, free);
  let pooled = free.pop();
  if (pooled === undefined) {
    const database = await open(connection, purpose);
    const id = database.id();
    pooled = { database, id, encoding: id.then(() => database.encoding()) };
    all.push(pooled);
  }
  const { database, id, encoding } = pooled;
  const used = pooled;
  let locked: string | undefined;
  const ways: Partial<Database> = {
    id: () => id,
    encoding: () => encoding,
    tryLock: async (lock) => {
      const taken = await database.tryLock(lock);
      if (taken) locked = lock;
      return taken;
    },
    close: async () => {
      await database.rollback();
      if (locked !== undefined) await database.unlock(locked);
      free.push(used);
    },
  };
  return Object.assign(Object.create(database), ways) as Database;
}

export async function closePooled(): Promise<void> {
  for (const { database } of all.splice(0)) await database.close();
  idle.clear();
}
