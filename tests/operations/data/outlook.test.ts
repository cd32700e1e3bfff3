/** What a policy would come to, looked at on a real server without writing anything. */
import { foreseeIdentities, raiseIdentities, recordOffsetPolicy } from "../../../operations/data/offsets";
import { withPostgres } from "../../support/postgres";
import { query, rows, schema } from "./shop";
import { synced as bothSynced } from "./sides";

const server = withPostgres();
const policy = { rowsPerHour: 10, tailHours: 16, syncAgeHours: 24, safety: 2 };
const foresee = (url: string, given = policy) => foreseeIdentities(url, given, 3000);

async function synced(): Promise<string> {
  const rule = { kind: "forecast", policy } as const;
  const { standby } = await bothSynced({ server, query }, { schema, rows }, { rule });
  await recordOffsetPolicy(standby, policy);
  return standby;
}

test("an empty database: nothing yet, and nothing is made in it", async () => {
  const url = await server.database();
  expect(await foresee(url)).toEqual({
    recorded: false,
    base: false,
    offsets: new Map(),
    moves: [],
    unsynced: [],
    full: [],
  });
  expect(await query(url, "SELECT nspname FROM pg_namespace WHERE nspname = 'warm_standby'")).toEqual([]);
});

test("tables before the first sync: their offsets, and that none has been synced", async () => {
  const url = await server.database();
  await query(url, schema);
  const offsets = new Map([
    ["public.addresses.id", 832n],
    ["public.customers.id", 832n],
    // It steps by two.
    ["public.orders.id", 1664n],
    ["public.payments.id", 832n],
  ]);
  const found = await foresee(url);
  expect({ ...found, offsets: new Map([...found.offsets].sort()) }).toEqual({
    recorded: false,
    base: false,
    offsets,
    moves: [],
    unsynced: expect.arrayContaining([...offsets.keys()]) as unknown,
    full: [],
  });
});

test("after a sync nothing moves; a larger policy moves every identity, and once raised nothing is left", async () => {
  const url = await synced();
  expect(await foresee(url)).toMatchObject({ recorded: true, base: true, moves: [], unsynced: [] });
  const larger = { ...policy, rowsPerHour: 1000 };
  const planned = await foresee(url, larger);
  expect(planned.recorded).toBe(false);
  expect(planned.moves.map(({ identity }) => identity).sort()).toEqual([
    "public.addresses.id",
    "public.customers.id",
    "public.orders.id",
    "public.payments.id",
  ]);
  expect(planned.moves.find(({ identity }) => identity === "public.customers.id")).toEqual({
    identity: "public.customers.id",
    stands: 900n,
    seed: 90_000n,
  });
  // Looking moved nothing.
  expect(await foresee(url)).toMatchObject({ recorded: true, moves: [] });
  await raiseIdentities(url, larger);
  expect(await foresee(url, larger)).toMatchObject({ recorded: true, moves: [] });
  // A smaller one lowers nothing.
  expect((await foresee(url)).moves).toEqual([]);
});

test("a table added since, and a generator that somebody lowered", async () => {
  const url = await synced();
  await query(url, "CREATE TABLE gifts (id serial PRIMARY KEY); SELECT setval('customers_id_seq', 60)");
  const found = await foresee(url);
  expect(found.unsynced).toEqual(["public.gifts.id"]);
  expect(found.offsets.get("public.gifts.id")).toBe(832n);
  expect(found.moves).toEqual([{ identity: "public.customers.id", stands: 60n, seed: 900n }]);
});

test("an identity without room is named", async () => {
  const url = await synced();
  const { full } = await foresee(url, { ...policy, rowsPerHour: 1_000_000_000 });
  expect(full).toContainEqual(expect.stringMatching(/^public\.customers\.id: \d+ is beyond 2147483647/));
});

test("a database that is not there is a fault to be tried again", async () => {
  await expect(foresee(server.url("nowhere"))).rejects.toMatchObject({ exitCode: 3 });
});
