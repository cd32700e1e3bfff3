/** New rows by the thousand come in sets, with the same outcome as row by row. */
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { comparable, quiet, reconcile, synced, type Sides } from "./sides";

const server = withPostgres();

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL, name text, best int);
  CREATE UNIQUE INDEX customers_email ON customers (lower(email)) WHERE name IS NOT NULL;
  CREATE TABLE "order" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES customers,
    "the total" numeric(10,2) CHECK ("the total" < 1000000), doubled numeric GENERATED ALWAYS AS ("the total" * 2) STORED,
    first int REFERENCES "order");
  ALTER TABLE customers ADD CONSTRAINT best FOREIGN KEY (best) REFERENCES "order";
  CREATE TABLE lines ("order" int REFERENCES "order", line smallint, note text, PRIMARY KEY ("order", line));
  CREATE TABLE notes (id bigserial PRIMARY KEY, lines_order int, lines_line smallint, words text[],
    FOREIGN KEY (lines_line, lines_order) REFERENCES lines (line, "order"));`;
const rows = `
  INSERT INTO customers (email, name) SELECT 'c' || n, 'C' FROM generate_series(1, 100) n;
  INSERT INTO "order" (customer, "the total") SELECT n, n FROM generate_series(1, 100) n;
  INSERT INTO lines SELECT n, 1, E'a\\tb\\\\' FROM generate_series(1, 100) n;
  INSERT INTO notes (lines_order, lines_line, words) SELECT n, 1, ARRAY['x,"y', NULL] FROM generate_series(1, 100) n;`;
const late = `
  INSERT INTO customers (email, name) SELECT 'late' || n, CASE WHEN n % 3 = 0 THEN NULL ELSE 'C' END FROM generate_series(1, 900) n;
  INSERT INTO "order" (customer, "the total") SELECT 1 + n % 1000, n FROM generate_series(1, 900) n;
  UPDATE "order" SET first = id - 1 WHERE id > 101 AND id % 7 = 0;
  UPDATE customers SET best = id WHERE id % 50 = 0;
  INSERT INTO lines SELECT id, l, 'late' FROM "order", generate_series(1, 2) l WHERE id > 100;
  INSERT INTO notes (lines_order, lines_line) SELECT "order", line FROM lines WHERE note = 'late';
  INSERT INTO notes (words) VALUES (NULL), ('{}');
  UPDATE customers SET name = 'changed' WHERE id = 7; DELETE FROM notes WHERE id = 9;`;
/** On the standby: a taken id, a taken address, a row changed there too, a parent that is gone, the same row twice. */
const ofItsOwn = `
  INSERT INTO customers (id, email, name) VALUES (500, 'another', 'C'), (5001, 'LATE100', 'C'), (205, 'late105', NULL);
  UPDATE customers SET name = 'here' WHERE id = 7;
  DELETE FROM notes WHERE lines_order IN (50, 51); DELETE FROM lines WHERE "order" IN (50, 51);
  DELETE FROM "order" WHERE id IN (50, 51); DELETE FROM customers WHERE id IN (50, 51);`;

const place = { server, query };
const shop = { schema, rows };
const afterCutover = () => synced(place, shop, { rule: { kind: "fixed", ids: 100000n } });
const tables = ["customers", '"order"', "lines", "notes"];
const contents = async (url: string): Promise<unknown> =>
  Promise.all(tables.map((table) => query(url, `SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)));
const base = async (url: string): Promise<unknown> =>
  Promise.all(
    [1, 2, 3, 4].map((id) =>
      query(url, `SELECT to_jsonb(t) AS row FROM warm_standby.base_${id} t ORDER BY 1`),
    ),
  );
const ledger = (url: string): Promise<unknown> =>
  query(url, "SELECT table_name, key, digest FROM warm_standby.ledger ORDER BY 1, 2");

const rowByRow = { enough: Infinity };

async function both(day: (sides: Sides) => Promise<void>): Promise<readonly [Sides, Sides]> {
  const sides = [await afterCutover(), await afterCutover()] as const;
  for (const one of sides) await day(one);
  return sides;
}

test("what is brought, refused and recorded is the same in sets as row by row", async () => {
  const [inSets, single] = await both(async ({ primary, standby }) => {
    await query(primary, late);
    await query(standby, ofItsOwn);
  });
  const lines: string[] = [];
  const done = await reconcile(inSets.primary, inSets.standby, { enough: 100 }, (line) => lines.push(line));
  const expected = await reconcile(single.primary, single.standby, rowByRow);
  expect(comparable(done)).toEqual(comparable(expected));
  expect(done.verified).toBe(true);
  expect(new Set(done.conflicts.map((one) => one.kind))).toEqual(
    new Set(["id-collision", "unique", "changed-both", "deleted-target-changed-source", "missing-parent"]),
  );
  for (const what of [contents, base, ledger])
    expect(await what(inSets.standby)).toEqual(await what(single.standby));
  const together = lines.flatMap(
    (line) => /^public\.(\S+): (\d+) new rows brought together/.exec(line) ?? [],
  );
  expect(together.filter((_, at) => at % 3 === 1).sort()).toEqual(["customers", "lines", "notes", "order"]);
  expect(
    together
      .filter((_, at) => at % 3 === 2)
      .map(Number)
      .reduce((a, b) => a + b),
  ).toBeGreaterThan(1500);
  const again = await reconcile(inSets.primary, inSets.standby, { enough: 100 });
  expect([again.inserted, again.updated, again.deleted]).toEqual([0, 0, 0]);
  expect(comparable(again).conflicts).toEqual(comparable(done).conflicts);
});

test("new rows alone come in sets too, on the first day and on the next", async () => {
  const [inSets, single] = await both(async ({ primary, standby }) => {
    await query(primary, late);
    await query(standby, ofItsOwn);
  });
  const days: number[] = [];
  for (const more of [0, 400, 0]) {
    for (const { primary } of [inSets, single])
      await query(
        primary,
        `INSERT INTO customers (email, name) SELECT 'more' || n, 'C' FROM generate_series(1, ${more}) n;
         UPDATE customers SET name = 'again' WHERE id > 990`,
      );
    const lines: string[] = [];
    const only = { insertsOnly: true, enough: 100 };
    const done = await reconcile(inSets.primary, inSets.standby, only, (line) => lines.push(line));
    const expected = await reconcile(single.primary, single.standby, { ...only, ...rowByRow });
    expect(comparable(done)).toEqual(comparable(expected));
    expect(done.verified).toBe(true);
    for (const what of [contents, base, ledger])
      expect(await what(inSets.standby)).toEqual(await what(single.standby));
    days.push(
      lines
        .flatMap((line) => /: (\d+) new rows brought together/.exec(line)?.slice(1) ?? [])
        .reduce((sum, rows) => sum + Number(rows), 0),
    );
  }
  expect(days).toEqual([expect.any(Number), 400, 0]);
  expect(days[0]).toBeGreaterThan(1500);
});

test("ids that were brought in sets are never handed out again, without an offset", async () => {
  const { primary, standby } = await synced(place, shop, { rule: { kind: "fixed", ids: 0n } });
  await query(primary, late);
  expect((await reconcile(primary, standby, { enough: 100 })).conflicts).toEqual([]);
  const [own] = await query(standby, "INSERT INTO customers (email) VALUES ('new') RETURNING id");
  expect(own).toEqual({ id: 1001 });
});

test("where the target minds one of them, all are looked at row by row, and the others arrive", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, late);
  // What the schema does not show: nobody can foresee which row it minds.
  await query(
    standby,
    `CREATE EXTENSION IF NOT EXISTS btree_gist;
     ALTER TABLE "order" ADD CONSTRAINT apart EXCLUDE USING gist ("the total" WITH =) WHERE ("the total" > 850);
     INSERT INTO "order" (customer, "the total") VALUES (1, 870)`,
  );
  const lines: string[] = [];
  const done = await reconcile(primary, standby, { enough: 100 }, (line) => lines.push(line));
  expect(lines.filter((line) => line.includes("row by row"))).toHaveLength(1);
  expect(done.conflicts.map((one) => [one.table, one.kind])).toEqual([["public.order", "unique"]]);
  expect(done.inserted).toBe(900 + 899 + 2 * 899 + 2 * 899 + 2);
  expect(done.verified).toBe(true);
});

test("rows with a trigger, and runs that are told how to treat single rows, are looked at one by one", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, late);
  await query(
    standby,
    `CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note; RETURN NEW; END $$;
     CREATE TRIGGER greet BEFORE INSERT ON lines FOR EACH ROW EXECUTE FUNCTION greet()`,
  );
  const lines: string[] = [];
  const note = (line: string): unknown => lines.push(line);
  await reconcile(primary, standby, { enough: 100, dryRun: true }, note);
  await reconcile(
    primary,
    standby,
    { enough: 100, take: [{ side: "source", row: "customers" }], dryRun: true },
    quiet,
  );
  expect(lines.filter((line) => line.includes("together"))).toEqual([]);
  const done = await reconcile(primary, standby, { enough: 100 }, note);
  const together = lines.filter((line) => line.includes("brought together"));
  expect(together.map((line) => line.split(":")[0])).not.toContain("public.lines");
  expect(together).not.toEqual([]);
  expect([done.conflicts, done.verified]).toEqual([[], true]);
});
