/** Rows and references that are easily mistaken: by keys of any type, by values that are empty, by more than one parent. */
import { parseTableRules } from "../../../operations/data/tables/file";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { counts, kinds, reconcile, synced, type Sides } from "./sides";

const server = withPostgres();
const place = { server, query };
const file = (text: string) => ({ rules: parseTableRules(text, "f"), file: "f" });

const docs = {
  schema: `CREATE TYPE kind AS ENUM ('a', 'b');
    CREATE TABLE docs (id serial, kind kind NOT NULL, name text, PRIMARY KEY (id, kind));
    CREATE TABLE parts (id serial PRIMARY KEY, doc int NOT NULL, kind kind NOT NULL, what text, FOREIGN KEY (doc, kind) REFERENCES docs);`,
  rows: `INSERT INTO docs (kind, name) SELECT 'a', 'd' || n FROM generate_series(1, 20) n;
    INSERT INTO parts (doc, kind, what) SELECT id, kind, name FROM docs;`,
};
const late = (side: string): string => `
  INSERT INTO docs (id, kind, name) VALUES (21, 'a', '${side}'); INSERT INTO parts (doc, kind, what) VALUES (21, 'a', '${side}')`;
const strange = "SELECT p.id FROM parts p JOIN docs d ON d.id = doc AND d.kind = p.kind WHERE what <> name";

async function withoutBase({ schema, rows }: { schema: string; rows: string }): Promise<Sides> {
  const [primary, standby] = [await server.database(), await server.database()];
  for (const url of [primary, standby]) await query(url, schema + rows);
  return { primary, standby };
}

test("a row is not its own holder by its key, whatever the key's type: it gets a fresh id, and is merged with nobody", async () => {
  const { primary, standby } = await synced(place, docs);
  await query(primary, `${late("late")}; SELECT setval('docs_id_seq', 21)`);
  await query(standby, late("own"));
  expect(kinds(await reconcile(primary, standby, { merge: ["docs"] }))).toEqual([
    ["id-collision", "public.docs", "21,a"],
  ]);
  const done = await reconcile(primary, standby, { remap: ["docs"] });
  expect([counts(done), done.remapped.length, done.verified]).toEqual([[2, 0, 0, 0], 1, true]);
  expect(await query(standby, strange)).toEqual([]);
});

test("nor is it the same row without a base", async () => {
  const { primary, standby } = await withoutBase(docs);
  await query(standby, `SELECT setval('parts_id_seq', 1000); ${late("own")}`);
  await query(primary, late("late"));
  const done = await reconcile(primary, standby);
  expect(kinds(done)).toEqual([["id-collision", "public.docs", "21,a"]]);
  expect(done.conflicts[0]?.held).toHaveLength(1);
  expect(await query(standby, strange)).toEqual([]);
});

const customers = {
  schema: `CREATE TABLE customers (id serial PRIMARY KEY, email text, name text);
    CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers);`,
  rows: `INSERT INTO customers (email, name) SELECT 'c' || n / 2, 'C' || n FROM generate_series(1, 50) n;
    INSERT INTO orders (customer_id) SELECT id FROM customers;`,
};
const unique = { tables: file("unique: [customers.email]") };

test("an empty e-mail makes no two strangers one, without a base either", async () => {
  const { primary, standby } = await withoutBase(customers);
  await query(standby, "SELECT setval('orders_id_seq', 1000)");
  for (const url of [primary, standby])
    await query(
      url,
      `INSERT INTO customers (email, name) VALUES ('', '${url}'); INSERT INTO orders (customer_id) VALUES (51)`,
    );
  const done = await reconcile(primary, standby, unique);
  expect(kinds(done)).toEqual([["id-collision", "public.customers", "51"]]);
  expect(done.conflicts[0]?.held).toHaveLength(1);
});

test("a value that two rows have shared all along takes it from nobody", async () => {
  const { primary, standby } = await synced(place, customers);
  await query(
    primary,
    "UPDATE customers SET name = 'moved' WHERE id = 4; INSERT INTO customers (email) VALUES ('c2')",
  );
  const done = await reconcile(primary, standby, unique);
  expect([counts(done), kinds(done)]).toEqual([[0, 1, 0, 1], [["unique", "public.customers", "51"]]]);
});

test("a row that the target refuses is given up by --take target, and a chain of them is found at once", async () => {
  const { primary, standby } = await synced(place, {
    schema: "CREATE TABLE versions (id serial PRIMARY KEY, previous int REFERENCES versions, name text);",
    rows: "INSERT INTO versions (previous, name) SELECT nullif(n - 1, 0), 'C' FROM generate_series(1, 30) n;",
  });
  await query(primary, "UPDATE versions SET name = 'forbidden'");
  await query(standby, "ALTER TABLE versions ADD CONSTRAINT c CHECK (name <> 'forbidden')");
  const lines: string[] = [];
  const first = await reconcile(primary, standby, {}, (line) => lines.push(line));
  expect(first.conflicts).toHaveLength(30);
  expect(lines.filter((line) => line.includes("looking again")).length).toBeLessThan(5);
  const take = (row: string) => ({ take: [{ side: "target" as const, row }] });
  expect((await reconcile(primary, standby, take("versions:4"))).conflicts).toHaveLength(29);
  expect((await reconcile(primary, standby, take("versions"))).conflicts).toEqual([]);
  expect((await reconcile(primary, standby)).conflicts).toEqual([]);
});

test("part by part, what was refused is not tried again with every part", async () => {
  const { primary, standby } = await synced(place, customers);
  await query(
    primary,
    "INSERT INTO customers (name) SELECT CASE WHEN n % 5 = 0 THEN 'forbidden' ELSE 'x' END FROM generate_series(1, 200) n",
  );
  await query(standby, "ALTER TABLE customers ADD CONSTRAINT c CHECK (name <> 'forbidden')");
  const lines: string[] = [];
  const done = await reconcile(primary, standby, { batch: 20 }, (line) => lines.push(line));
  expect(counts(done)).toEqual([160, 0, 0, 40]);
  // Each part finds its own, in two looks.
  expect(lines.filter((line) => line.includes("looking again")).length).toBeLessThanOrEqual(20);
});

const open = {
  schema: `CREATE TABLE users (id serial PRIMARY KEY, login text); CREATE TABLE customers (id serial PRIMARY KEY, name text);
    CREATE TABLE notes (id serial PRIMARY KEY, account_id int, words text);`,
  rows: `INSERT INTO users (login) SELECT 'u' || n FROM generate_series(1, 60) n; INSERT INTO customers (name) SELECT 'c' || n FROM generate_series(1, 60) n;
    INSERT INTO notes (account_id, words) SELECT n, 'n' FROM generate_series(1, 60) n;`,
};

test("a reference that may lead to two tables is not rewritten for the one that was remapped", async () => {
  const { primary, standby } = await synced(place, open);
  await query(
    primary,
    "INSERT INTO users (login) VALUES ('late'); INSERT INTO customers (name) VALUES ('late')",
  );
  await query(standby, "INSERT INTO customers (id, name) VALUES (61, 'own')");
  const said = { tables: file("references: [{ from: notes.account_id, to: users }]") };
  expect(counts(await reconcile(primary, standby, { ...said, remap: ["customers"] }))).toEqual([2, 0, 0, 0]);
  await query(primary, "INSERT INTO notes (account_id, words) VALUES (61, 'of user 61')");
  // Nobody says any more what it is: then it waits.
  expect(kinds(await reconcile(primary, standby))).toEqual([["missing-parent", "public.notes", "61"]]);
  const done = await reconcile(primary, standby, said);
  expect([counts(done), done.verified]).toEqual([[1, 0, 0, 0], true]);
  expect(await query(standby, "SELECT account_id FROM notes WHERE id = 61")).toEqual([{ account_id: 61 }]);
});

test("what one of its tables has and the other has not is no parent that is missing", async () => {
  const { primary, standby } = await synced(place, open);
  await query(
    primary,
    "INSERT INTO users (login) VALUES ('late'); INSERT INTO notes (account_id, words) VALUES (61, 'of the late user')",
  );
  const done = await reconcile(primary, standby);
  expect([counts(done), done.verified]).toEqual([[2, 0, 0, 0], true]);
  expect(done.warnings.filter((one) => one.includes("missing"))).toEqual([]);
});
