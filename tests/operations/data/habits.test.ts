/** Two databases that print, sort and hide differently, and what is shown of their rows. */
import { withPostgres } from "../../support/postgres";
import { query, rows, schema } from "./shop";
import { reconcile, sync } from "./sides";

const server = withPostgres();

/** What a host may have set for everyone who connects. */
const otherHabits = {
  TimeZone: "Asia/Kathmandu",
  DateStyle: "German, DMY",
  IntervalStyle: "sql_standard",
  extra_float_digits: "-10",
  bytea_output: "escape",
  array_nulls: "off",
  quote_all_identifiers: "on",
  default_transaction_isolation: "serializable",
  standard_conforming_strings: "off",
  client_encoding: "LATIN1",
  search_path: "nowhere, public",
};

test("nothing differs for what a server's settings say about dates, floats, names, arrays or encodings", async () => {
  const [primary, standby] = [await server.database(), await server.database()];
  for (const [setting, value] of Object.entries(otherHabits))
    await query(
      standby,
      `ALTER DATABASE ${new URL(standby).pathname.slice(1)} SET ${setting} = ${setting === "search_path" ? value : `'${value}'`}`,
    );
  const more = `CREATE TABLE oddments (id bigint PRIMARY KEY, wait interval, words text[], at timestamp, size float4, péage money);`;
  await query(
    primary,
    `${schema}${rows}${more} INSERT INTO oddments VALUES
       (1, '1 year -3 days 4:05', ARRAY['NULL', NULL, E'a\\\\b'], '2010-05-03 04:30', 0.1, 12.5), (2, NULL, '{}', 'infinity', 'NaN', NULL)`,
  );
  await query(standby, schema + more);
  await sync(primary, standby);
  await query(
    primary,
    "UPDATE oddments SET size = 1e-7, words = words || 'x'::text, wait = wait * 2 WHERE id = 1",
  );
  await query(standby, "INSERT INTO customers (email, name) VALUES ('zoë@blanklabel.example', 'Zoë')");
  const done = await reconcile(primary, standby);
  expect([done.inserted, done.updated, done.deleted, done.conflicts]).toEqual([0, 1, 0, []]);
  const back = await reconcile(standby, primary);
  expect([back.inserted, back.updated, back.deleted, back.conflicts]).toEqual([1, 0, 0, []]);
  expect(await query(primary, "SELECT name FROM customers WHERE id = 2001")).toEqual([{ name: "Zoë" }]);
});

test("rows that row-level security hides are never taken for deleted ones", async () => {
  const [primary, standby] = [await server.database(), await server.database()];
  await query(primary, schema + rows);
  await query(standby, schema);
  await sync(primary, standby);
  await query(
    primary,
    "ALTER TABLE sessions ENABLE ROW LEVEL SECURITY; ALTER TABLE sessions FORCE ROW LEVEL SECURITY",
  );
  expect(await query(primary, "SELECT 1 FROM sessions")).toEqual([]);
  await expect(reconcile(primary, standby)).rejects.toThrow(
    /row-level security hides rows of public\.sessions,/,
  );
  await expect(sync(primary, standby)).rejects.toThrow(/row-level security hides rows of public\.sessions,/);
  expect(await query(standby, "SELECT count(*)::int FROM sessions")).toEqual([{ count: 30 }]);
});

test("databases of different encodings are refused by name, since their bytes cannot be compared", async () => {
  const [primary, standby] = [await server.database(), server.url("latin")];
  await query(primary, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  for (const url of [primary, standby]) await query(url, schema);
  await expect(sync(primary, standby)).rejects.toThrow(
    /is encoded in UTF8 and .* in LATIN1, .*with ENCODING 'UTF8' TEMPLATE template0/,
  );
});

test("a key that looks like a secret is shown as a short digest, by which rows still stay apart", async () => {
  const [primary, standby] = [await server.database(), await server.database()];
  await query(primary, schema + rows);
  await query(standby, schema);
  await sync(primary, standby);
  await query(primary, "INSERT INTO sessions VALUES ('very-secret', 1, '{}'), ('other-secret', 2, '{}')");
  await query(standby, "INSERT INTO sessions VALUES ('very-secret', 3, '{}'), ('other-secret', 4, '{}')");
  const done = await reconcile(primary, standby);
  expect(JSON.stringify(done.conflicts)).not.toContain("-secret");
  const keys = done.conflicts.map((one) => one.key[0]);
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(key).toMatch(/^\(masked [0-9a-f]{8}\)$/);
});
