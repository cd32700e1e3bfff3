/** Which tables and columns take part, and what happens where that changes after a sync. */
import { parseTableRules } from "../../../../operations/data/tables/file";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, kinds, pair, reconcile, sync, synced } from "../sides";

const server = withPostgres();
const place = { server, query };
const file = (text: string) => ({
  tables: { rules: parseTableRules(text, "standby.tables.yaml"), file: "standby.tables.yaml" },
});

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, seen int);
  CREATE TABLE carts (id serial PRIMARY KEY, customer_id int REFERENCES customers);
  CREATE TABLE sessions (sid text PRIMARY KEY, data json, expires timestamptz, customer_id int REFERENCES customers);
  CREATE TABLE access_log (line text, at timestamptz);`;
const rows = `
  INSERT INTO customers (name, seen) SELECT 'c' || n, 1 FROM generate_series(1, 9) n;
  INSERT INTO carts (customer_id) SELECT id FROM customers WHERE id < 5;
  INSERT INTO sessions SELECT 's' || id, '{}', now(), id FROM customers WHERE id < 4;
  INSERT INTO access_log VALUES ('GET /', now());`;
const read = (url: string, table: string) => query(url, `SELECT * FROM ${table} ORDER BY 1`);

test("sessions and logs stay out, listed, keyless or not; a row that somebody's session hangs on is not deleted", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  await query(standby, "ALTER TABLE sessions ADD note text");
  const first = await sync(primary, standby);
  expect(first.leftOut).toEqual([
    {
      table: "public.access_log",
      why: "recognised as a log by its name and its time at, and no table refers to it",
    },
    {
      table: "public.sessions",
      why: "recognised as sessions by its name and its columns sid, data, expires, and no table refers to it",
    },
  ]);
  expect(first.tables.map((one) => one.table)).toEqual(["public.customers", "public.carts"]);
  expect(await read(standby, "sessions")).toEqual([]);
  await query(standby, "INSERT INTO sessions VALUES ('own', '{}', now(), 9)");
  expect((await sync(primary, standby)).tables.every((one) => one.inserted + one.deleted === 0)).toBe(true);
  await query(primary, "DELETE FROM customers WHERE id IN (8, 9)");
  const late = await reconcile(primary, standby);
  expect([counts(late), kinds(late)]).toEqual([
    [0, 0, 1, 1],
    [["delete-has-dependents", "public.customers", "9"]],
  ]);
});

test("a scope that changes: what goes out stays, what comes in is brought or refused, and the base remembers the file", async () => {
  const { primary, standby } = await synced(
    place,
    { schema, rows },
    file('tables: { exclude: ["access*"] }'),
  );
  const out = await sync(primary, standby, file("tables: { exclude: [carts, sessions, access_log] }"));
  expect(out.warnings).toEqual([
    expect.stringMatching(
      /^public\.carts: it took part at the sync of .* and is left out now; its rows stay as they are/,
    ),
  ]);
  await query(primary, "INSERT INTO carts (customer_id) VALUES (7)");
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
  const back = await sync(primary, standby, file("tables: { include: [customers, carts, sessions] }"));
  expect(back.tables.map((one) => [one.table, one.inserted])).toEqual([
    ["public.customers", 0],
    ["public.carts", 1],
    ["public.sessions", 3],
  ]);
  expect(back.warnings).toEqual([
    expect.stringMatching(/^public\.sessions: it was left out at the sync of /),
  ]);
  expect(await read(standby, "sessions")).toEqual(await read(primary, "sessions"));

  const other = await synced(place, { schema, rows });
  await query(other.standby, "INSERT INTO sessions VALUES ('own', '{}', now(), 2)");
  await expect(
    sync(other.primary, other.standby, file("tables: { include: [customers, carts, sessions] }")),
  ).rejects.toThrow("public.sessions: 1 added");
  await expect(
    sync(other.primary, other.standby, file("tables: { exclude: [custmers, customers] }")),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(
      /^standby\.tables\.yaml does not fit .*:\n {2}tables\.exclude "custmers" matches no table; did you mean public\.customers\?\n {2}public\.carts\.customer_id refers to public\.customers, which is left out/,
    ) as string,
  });
});

test("columns that do not count come with new rows alone, and a list that changes is taken over by the next sync", async () => {
  const ignoring = file("ignoreColumns: [customers.seen]");
  const { primary, standby } = await synced(place, { schema, rows }, ignoring);
  await query(
    primary,
    "UPDATE customers SET seen = 2 WHERE id = 1; UPDATE customers SET name = 'x', seen = 2 WHERE id = 2; INSERT INTO customers (name, seen) VALUES ('new', 2)",
  );
  await query(standby, "UPDATE customers SET seen = 3 WHERE id < 4");
  const seen = () =>
    query(standby, "SELECT id, name, seen FROM customers WHERE id IN (1, 2, 10) ORDER BY id");
  expect(counts(await reconcile(primary, standby))).toEqual([1, 1, 0, 0]);
  expect(await seen()).toEqual([
    { id: 1, name: "c1", seen: 3 },
    { id: 2, name: "x", seen: 3 },
    { id: 10, name: "new", seen: 2 },
  ]);
  const counting = await sync(primary, standby, file(""));
  expect(counting.warnings).toEqual([
    expect.stringMatching(/^public\.customers: other columns count in comparisons than at the sync of /),
  ]);
  expect(counting.tables.map((one) => one.updated)).toEqual([0, 0]);
  // Recorded as the standby had it: the primary's come over now.
  expect((await sync(primary, standby)).tables.map((one) => one.updated)).toEqual([3, 0]);
  expect((await seen()).map((one) => one["seen"])).toEqual([2, 2, 2]);
  await query(standby, "UPDATE customers SET seen = 9 WHERE id = 5");
  await expect(sync(primary, standby, ignoring)).rejects.toThrow(
    "public.customers: 0 added, 1 changed, 0 deleted",
  );
});
