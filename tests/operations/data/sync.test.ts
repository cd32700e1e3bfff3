import { operations } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { contents, query, rows, schema } from "./shop";
import { connection, pair, sync } from "./sides";

const server = withPostgres();
const place = { server, query };

test("the first sync makes both sides equal, cycles included, and sets every identity", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  const dry = await sync(primary, standby, { dryRun: true });
  expect((await query(standby, "SELECT 1 FROM pg_namespace WHERE nspname = 'warm_standby'")).length).toBe(0);
  const done = await sync(primary, standby);
  expect(await contents(standby)).toBe(await contents(primary));
  expect(dry.tables.map((one) => one.inserted)).toEqual(done.tables.map((one) => one.inserted));
  expect(done.base.rows).toBe(50 + 50 + 20 + 300 + 600 + 100 + 30);
  expect(
    done.identities.map((one) => [`${one.table}.${one.column}`, one.kind, one.seed, one.status]),
  ).toEqual([
    ["public.addresses.id", "identity-always", 2000n, "raised"],
    ["public.customers.id", "serial", 2000n, "raised"],
    ["public.orders.id", "sequence", 3001n, "raised"],
    ["public.payments.id", "identity-by-default", 2000n, "raised"],
  ]);
  const [order] = await query<{ id: string }>(
    standby,
    "INSERT INTO orders (customer_id) VALUES (1) RETURNING id",
  );
  expect(order?.id).toBe("3003");
});

test("the next sync moves what changed, and nothing after that", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await sync(primary, standby);
  await query(
    primary,
    `INSERT INTO customers (email, name) VALUES ('new@blanklabel.example', 'New');
     UPDATE orders SET state = 'paid' WHERE id = 101;
     DELETE FROM orders WHERE id = 103; DELETE FROM sessions WHERE customer_id < 4;
     UPDATE customers SET email = 'freed@blanklabel.example' WHERE id = 7;
     INSERT INTO customers (email, name) VALUES ('c7@blanklabel.example', 'Taker')`,
  );
  const dry = await sync(primary, standby, { dryRun: true });
  const done = await sync(primary, standby);
  expect(await contents(standby)).toBe(await contents(primary));
  const counts = (result: typeof done): unknown =>
    result.tables.map((one) => [one.table, one.inserted, one.updated, one.deleted]);
  expect(counts(dry)).toEqual(counts(done));
  expect(counts(done)).toEqual(
    expect.arrayContaining([
      ["public.customers", 2, 1, 0],
      ["public.orders", 0, 1, 1],
      ["public.order_lines", 0, 0, 2],
      ["public.sessions", 0, 0, 3],
    ]),
  );
  const again = await sync(primary, standby);
  expect(again.tables.every((one) => one.inserted + one.updated + one.deleted === 0)).toBe(true);
});

test("a transaction that was open during one sync comes with the next", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await query(primary, "SELECT setval('order_numbers', 9001)");
  await query(primary, "INSERT INTO orders (customer_id) VALUES (1)");
  await sync(primary, standby);
  await query(primary, "INSERT INTO orders (id, customer_id) VALUES (8001, 2)");
  const done = await sync(primary, standby);
  expect(done.tables.find((one) => one.table === "public.orders")?.inserted).toBe(1);
  expect(await contents(standby)).toBe(await contents(primary));
});

test.each([
  [
    "added",
    "INSERT INTO customers (email, name) VALUES ('own@blanklabel.example', 'Own')",
    "public.customers: 1 added, 0 changed, 0 deleted",
  ],
  [
    "changed",
    "UPDATE designs SET price = 9 WHERE title = 'Design 3'",
    "public.designs: 0 added, 1 changed, 0 deleted",
  ],
  ["deleted", "DELETE FROM sessions WHERE customer_id = 3", "public.sessions: 0 added, 0 changed, 1 deleted"],
])("refuses once the standby has rows %s, and leaves them", async (_, sql, named) => {
  const { primary, standby } = await pair(place, { schema, rows });
  await sync(primary, standby);
  await query(standby, sql);
  await query(primary, "UPDATE orders SET state = 'paid' WHERE id = 101");
  const before = await contents(standby);
  await expect(sync(primary, standby)).rejects.toThrow(named);
  expect(await contents(standby)).toBe(before);
});

test("refuses swapped sides, one database twice, a full target and another schema, naming what", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await sync(primary, standby);
  await expect(sync(standby, primary)).rejects.toThrow("look swapped");
  await expect(sync(primary, primary)).rejects.toThrow("the same database");
  const other = await server.database();
  await query(other, schema + rows);
  await expect(sync(primary, other)).rejects.toThrow(
    /demands an empty target; rows are in public\.addresses/,
  );
  await query(
    other,
    "ALTER TABLE designs DROP COLUMN art; ALTER TABLE orders ALTER COLUMN placed DROP NOT NULL",
  );
  await expect(sync(primary, other)).rejects.toThrow(
    /column public\.designs\.art is missing on the target[^]*column public\.orders\.placed is NOT NULL on the source and nullable/,
  );
});

test("caps deletions", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await sync(primary, standby);
  await query(primary, "DELETE FROM sessions");
  await expect(sync(primary, standby, { maxDeletes: 29 })).rejects.toThrow("--max-deletes 30");
  await sync(primary, standby, { maxDeletes: 30 });
  expect(await contents(standby)).toBe(await contents(primary));
});

test("needs an offset: from the options, else from the policy recorded on the standby", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await expect(sync(primary, standby, { rule: undefined })).rejects.toThrow(
    /give --offset N, or all of --rows-per-hour/,
  );
  await operations.recordPolicy(connection(standby), {
    rowsPerHour: 100,
    tailHours: 16,
    syncAgeHours: 24,
    safety: 2,
  });
  const done = await sync(primary, standby, { rule: undefined });
  expect(done.identities.find((one) => one.table === "public.customers")?.seed).toBe(9000n);
});

test("names a table without a key before it writes anything", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  for (const url of [primary, standby]) await query(url, "CREATE TABLE log (line text)");
  await expect(sync(primary, standby)).rejects.toThrow("public.log: it has no primary key");
  expect(await query(standby, "SELECT 1 FROM customers")).toEqual([]);
});

const oddities = `
  CREATE SEQUENCE tickets; CREATE SEQUENCE loose START 40;
  CREATE TABLE red (id int PRIMARY KEY DEFAULT nextval('tickets')); CREATE TABLE blue (id int PRIMARY KEY DEFAULT nextval('tickets'));
  CREATE TABLE codes (a text, b date, c numeric, PRIMARY KEY (a, b)); CREATE TABLE tiny (id smallserial PRIMARY KEY, n int);`;

test("a shared sequence has one seed above all its tables; one that no column draws on is raised too", async () => {
  const [primary, standby] = [await server.database(), await server.database()];
  await query(
    primary,
    `${oddities} INSERT INTO red SELECT FROM generate_series(1, 10); INSERT INTO blue SELECT FROM generate_series(1, 10);
     SELECT nextval('loose'); INSERT INTO codes SELECT 'k' || n, '2010-05-01'::date + n, n FROM generate_series(1, 500) n`,
  );
  await query(standby, oddities);
  const done = await sync(primary, standby);
  expect(done.identities.map((one) => [one.table, one.column, one.kind, one.maxFrom, one.seed])).toEqual([
    ["public.loose", "", "unattached", 0n, 2000n],
    ["public.blue", "id", "sequence", 20n, 2000n],
    ["public.red", "id", "sequence", 10n, 2000n],
    ["public.tiny", "id", "serial", 0n, 2000n],
  ]);
  await query(primary, "UPDATE codes SET c = 0 WHERE a = 'k77'; DELETE FROM codes WHERE a = 'k78'");
  const next = await sync(primary, standby);
  expect(next.tables.find((one) => one.table === "public.codes")).toMatchObject({
    updated: 1,
    deleted: 1,
    unchanged: 498,
  });
});

test("an identity without room is named, and neither rows nor other identities are touched", async () => {
  const [primary, standby] = [await server.database(), await server.database()];
  await query(primary, `${oddities} INSERT INTO tiny (id) VALUES (32000); INSERT INTO red VALUES (DEFAULT)`);
  await query(standby, oddities);
  await expect(sync(primary, standby)).rejects.toThrow(
    /none was raised:\n {2}public\.tiny\.id: 34000 is beyond 32767/,
  );
  expect(await query(standby, "SELECT is_called FROM tickets")).toEqual([{ is_called: false }]);
  expect(await query(standby, "SELECT 1 FROM red")).toEqual([]);
});
