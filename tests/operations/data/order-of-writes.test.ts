/** What has to be written before what, on a real server: values given free and taken, rows that let go of others. */
import type { ReconcileResult } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { reconcile, synced } from "./sides";

const place = { server: withPostgres(), query };

const counts = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  result.conflicts.map((one) => [one.kind, one.table, one.key.join(), one.held.length]),
];

const owners = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE);
  CREATE TABLE designs (id serial PRIMARY KEY, name text UNIQUE, owner int REFERENCES customers,
    based_on int REFERENCES designs);`;
const owned = `
  INSERT INTO customers (email) VALUES ('a@b.example'), ('b@b.example');
  INSERT INTO designs (name, owner) VALUES ('plain', 1), ('striped', 1), ('checked', 2);`;

test("a customer leaves, his designs stay without an owner, and his e-mail is registered again", async () => {
  const { primary, standby } = await synced(place, { schema: owners, rows: owned });
  await query(
    primary,
    `UPDATE designs SET owner = NULL WHERE owner = 1; DELETE FROM customers WHERE id = 1;
     INSERT INTO customers (email) VALUES ('a@b.example')`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([1, 2, 1, []]);
  expect(await query(standby, "SELECT id, email FROM customers ORDER BY id")).toEqual([
    { id: 2, email: "b@b.example" },
    { id: 3, email: "a@b.example" },
  ]);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, []]);
});

test("values wander along a row of customers and designs, one giving way to the next", async () => {
  const { primary, standby } = await synced(place, { schema: owners, rows: owned });
  await query(
    primary,
    `INSERT INTO customers (email) VALUES ('c@b.example');
     UPDATE designs SET owner = 3, based_on = 3 WHERE owner = 1; DELETE FROM customers WHERE id = 1;
     UPDATE customers SET email = 'a@b.example' WHERE id = 2; INSERT INTO customers (email) VALUES ('b@b.example');
     UPDATE designs SET name = 'was striped' WHERE id = 2; UPDATE designs SET name = 'striped' WHERE id = 1;
     INSERT INTO designs (name, owner, based_on) VALUES ('plain', 4, 5), ('dotted', 3, 4)`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([4, 3, 1, []]);
  const all = "SELECT d.*, c.email FROM designs d LEFT JOIN customers c ON c.id = d.owner ORDER BY d.id";
  expect(await query(standby, all)).toEqual(await query(primary, all));
});

const swap = `
  UPDATE customers SET email = 'x' WHERE id = 1; UPDATE customers SET email = 'a@b.example' WHERE id = 2;
  UPDATE customers SET email = 'b@b.example' WHERE id = 1;
  INSERT INTO designs (name, owner) VALUES ('dotted', 1)`;

test("two rows that swapped a value let go of it first", async () => {
  const { primary, standby } = await synced(place, { schema: owners, rows: owned });
  await query(primary, swap);
  expect(counts(await reconcile(primary, standby))).toEqual([1, 2, 0, []]);
  const emails = "SELECT id, email FROM customers ORDER BY id";
  expect(await query(standby, emails)).toEqual(await query(primary, emails));
});

test("a customer who left and came back under the same address gets the orders that could not wait", async () => {
  const { primary, standby } = await synced(place, { schema: owners, rows: owned });
  await query(
    primary,
    `INSERT INTO customers (email) VALUES ('x'); UPDATE designs SET owner = 3 WHERE owner = 1;
     DELETE FROM customers WHERE id = 1; UPDATE customers SET email = 'a@b.example' WHERE id = 3`,
  );
  expect((await reconcile(primary, standby)).conflicts).toEqual([]);
  const all = "SELECT d.*, c.email FROM designs d LEFT JOIN customers c ON c.id = d.owner ORDER BY d.id";
  expect(await query(standby, all)).toEqual(await query(primary, all));
});

test("two rows that swapped a value which nothing can stand in for are refused by name; all else is brought over", async () => {
  const { primary, standby } = await synced(place, {
    schema: `${owners} CREATE UNIQUE INDEX ON customers (lower(email));`,
    rows: owned,
  });
  await query(primary, swap);
  expect(counts(await reconcile(primary, standby))).toEqual([
    1,
    0,
    0,
    [
      ["unique", "public.customers", "1", 0],
      ["unique", "public.customers", "2", 0],
    ],
  ]);
});

test("a swap is no trouble where the value is checked at the end, and a taken one is still seen", async () => {
  const { primary, standby } = await synced(place, {
    schema: "CREATE TABLE seats (id serial PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY IMMEDIATE);",
    rows: "INSERT INTO seats (place) VALUES (1), (2), (3);",
  });
  await query(primary, "UPDATE seats SET place = 4 - place; INSERT INTO seats (place) VALUES (4), (5)");
  await query(standby, "INSERT INTO seats (place) VALUES (5)");
  expect(counts(await reconcile(primary, standby))).toEqual([1, 2, 0, [["unique", "public.seats", "5", 0]]]);
  expect(await query(standby, "SELECT place FROM seats ORDER BY id")).toEqual(
    [3, 2, 1, 4, 5].map((place) => ({ place })),
  );
});

test.each(["CASCADE", "SET NULL", "RESTRICT", "NO ACTION"])(
  "rows that hang on a deleted one by a deferrable reference, ON DELETE %s, go or let go before it",
  async (action) => {
    const { primary, standby } = await synced(place, {
      schema: `CREATE TABLE heads (id serial PRIMARY KEY, name text UNIQUE);
       CREATE TABLE lines (id serial PRIMARY KEY, head int REFERENCES heads ON DELETE ${action} DEFERRABLE);`,
      rows: "INSERT INTO heads (name) VALUES ('a'), ('b'), ('c'); INSERT INTO lines (head) VALUES (1), (1), (2), (3);",
    });
    await query(
      primary,
      `DELETE FROM lines WHERE id = 1; UPDATE lines SET head = 3 WHERE id = 2; UPDATE lines SET head = NULL WHERE id = 3;
       DELETE FROM heads WHERE id < 3; INSERT INTO heads (name) VALUES ('a')`,
    );
    expect(counts(await reconcile(primary, standby))).toEqual([1, 2, 3, []]);
    expect(await query(standby, "SELECT id, head FROM lines ORDER BY id")).toEqual([
      { id: 2, head: 3 },
      { id: 3, head: null },
      { id: 4, head: 3 },
    ]);
  },
);

test("a row whose deletion the target's own trigger prevents is left, and nothing is taken for done", async () => {
  const { primary, standby } = await synced(place, { schema: owners, rows: owned });
  await query(
    standby,
    `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
     CREATE TRIGGER keep BEFORE DELETE ON designs FOR EACH ROW EXECUTE FUNCTION keep()`,
  );
  const kept = ["delete-has-dependents", "public.designs", "3", 0];
  await query(primary, "DELETE FROM designs WHERE id = 3; INSERT INTO designs (name) VALUES ('dotted')");
  expect(counts(await reconcile(primary, standby))).toEqual([1, 0, 0, [kept]]);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, [kept]]);
});

test("whatever hangs on a row that goes along with another goes before both", async () => {
  const schema = `
    CREATE TABLE baskets (id serial PRIMARY KEY);
    CREATE TABLE entries (id serial PRIMARY KEY, of int REFERENCES baskets ON DELETE CASCADE DEFERRABLE);
    CREATE TABLE parts (id serial PRIMARY KEY, entry int REFERENCES entries ON DELETE CASCADE DEFERRABLE);
    CREATE TABLE comments (id serial PRIMARY KEY, part int REFERENCES parts, entry int REFERENCES entries);`;
  const rows = `
    INSERT INTO baskets DEFAULT VALUES; INSERT INTO entries (of) VALUES (1); INSERT INTO parts (entry) VALUES (1);
    INSERT INTO comments (part, entry) VALUES (1, NULL), (NULL, 1);`;
  const { primary, standby } = await synced(place, { schema, rows });
  await query(primary, "DELETE FROM comments; DELETE FROM baskets");
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 5, []]);
  expect(await query(standby, "SELECT FROM comments, entries, parts")).toEqual([]);
});

test("a row that hangs on another twice goes before it, though it would go along by one of them", async () => {
  const schema = `
    CREATE TABLE entries (id serial PRIMARY KEY);
    CREATE TABLE comments (id serial PRIMARY KEY, entry int REFERENCES entries,
      along int REFERENCES entries ON DELETE CASCADE DEFERRABLE);`;
  const rows = "INSERT INTO entries DEFAULT VALUES; INSERT INTO comments (entry, along) VALUES (1, 1);";
  const { primary, standby } = await synced(place, { schema, rows });
  await query(primary, "DELETE FROM comments; DELETE FROM entries");
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 2, []]);
});
