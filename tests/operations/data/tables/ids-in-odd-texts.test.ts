/** Ids in texts where a schema or its rows are not as one would draw them. */
import { noRules, type TableRules } from "../../../../operations/data/tables/file";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, kinds, reconcile, synced, type Sides } from "../sides";
import { rules } from "./made";

const server = withPostgres();
const place = { server, query };

/** A table in which every row knows by name whose it is, and points to them in its own way. */
interface Way {
  readonly name: string;
  readonly columns: string;
  /** How a row is written; `c` is the customer. */
  readonly insert: string;
  /** The reference, in the file's words. */
  readonly reference: string;
}
const ways: readonly Way[] = [
  {
    name: "char(n) columns, which print their blanks",
    columns: "customer_id char(20)",
    insert: "(customer_id, author) SELECT id, name FROM customers c",
    reference: "{ from: notes.customer_id, to: customers }",
  },
  {
    name: "a char(n) type beside a number",
    columns: "subject_type char(20), subject_id int",
    insert: "(subject_type, subject_id, author) SELECT 'Customer', id, name FROM customers c",
    reference: "{ from: notes.subject_id, type: subject_type, to: { Customer: customers } }",
  },
  {
    name: "an object_pk beside a content type",
    columns: "content_type_id int, object_pk varchar(40)",
    insert: "(content_type_id, object_pk, author) SELECT 1, id, name FROM customers c",
    reference: "{ from: notes.object_pk, type: content_type_id, to: { 1: customers } }",
  },
];
const people = (side: string, count = 12): string =>
  `INSERT INTO customers (name) SELECT '${side} ' || n FROM generate_series(1, ${count}) n;`;
const wrong =
  "FROM notes n JOIN customers c ON c.id::text = btrim(coalesce(to_jsonb(n) ->> 'customer_id', to_jsonb(n) ->> 'subject_id', to_jsonb(n) ->> 'object_pk')) WHERE author <> name";

const schemaOf = (columns: string, more = ""): string => `
  CREATE TABLE django_content_type (id serial PRIMARY KEY, app_label text, model text);
  CREATE TABLE customers (id serial PRIMARY KEY, name text UNIQUE);
  CREATE TABLE notes (id serial PRIMARY KEY, ${columns}, author text); ${more}`;
const types =
  "INSERT INTO django_content_type (app_label, model) VALUES ('shop', 'customers'), ('shop', 'parcel');";

/** After a sync, with the offset of customers forgotten. */
async function forgotten(schema: string, rows: string): Promise<Sides> {
  const sides = await synced(place, { schema, rows: types + rows }, { rule: { kind: "fixed", ids: 5000n } });
  await query(sides.standby, "SELECT setval('customers_id_seq', max(id)) FROM customers");
  return sides;
}
const file = (references: string): { rules: TableRules; file: string } => ({
  rules: references === "" ? noRules : rules(`references: [${references}]`),
  file: "f",
});

describe.each(ways)("$name", ({ columns, insert, reference }) => {
  const late = (side: string): string =>
    `${people(side)} INSERT INTO notes ${insert} WHERE name LIKE '${side} %';`;

  test("is found, or keeps the run from writing; nothing hangs on a stranger there, or back home", async () => {
    const { primary, standby } = await forgotten(
      schemaOf(columns),
      `${people("old", 20)} INSERT INTO notes ${insert};`,
    );
    await query(primary, late("late"));
    await query(standby, late("own"));
    const blind = await reconcile(primary, standby).catch((error: unknown) => String(error));
    expect(await query(standby, `SELECT n.id ${wrong}`)).toEqual([]);
    if (typeof blind === "string") expect(blind).toContain("these columns may refer to it");
    else expect(counts(blind)).toEqual([0, 0, 0, 12]);
    const request = { remap: ["customers"], tables: file(reference) };
    const done = await reconcile(primary, standby, request);
    expect([counts(done), done.verified]).toEqual([[24, 0, 0, 0], true]);
    expect(await query(standby, `SELECT n.id ${wrong}`)).toEqual([]);
    const home = await reconcile(standby, primary, request);
    expect([counts(home), await query(primary, `SELECT n.id ${wrong}`)]).toEqual([[24, 0, 0, 0], []]);
    expect(counts(await reconcile(primary, standby, request))).toEqual([0, 0, 0, 0]);
  });
});

test("an id that its text has no room for is refused by name, not cut to somebody else's", async () => {
  const { primary, standby } = await forgotten(
    schemaOf("customer_id varchar(3)"),
    `${people("old", 600)} INSERT INTO notes (customer_id, author) SELECT id, name FROM customers;`,
  );
  const late = (side: string): string =>
    `${people(side, 1)} INSERT INTO notes (customer_id, author) SELECT id, name FROM customers WHERE name LIKE '${side} %'`;
  await query(primary, late("late"));
  await query(standby, late("own"));
  await query(standby, "SELECT setval('customers_id_seq', 5000)");
  const request = { remap: ["customers"], tables: file("{ from: notes.customer_id, to: customers }") };
  const message =
    "public.notes.customer_id is character varying(3) and has no room for 5001, by which a row of public.customers is known " +
    "over there; make the column wider on both sides, and run again";
  for (const dryRun of [true, false])
    await expect(reconcile(primary, standby, { ...request, dryRun })).rejects.toThrow(message);
  expect(await query(standby, "SELECT id FROM customers WHERE name LIKE 'late%'")).toEqual([]);
});

describe("references are found", () => {
  const found = async (schema: string, rows: string, late: string) => {
    const { primary, standby } = await forgotten(schema, rows);
    await query(primary, people("late") + late);
    await query(standby, people("own"));
    const dry = await reconcile(primary, standby, { dryRun: true });
    return {
      references: dry.references.map((one) => [one.from.slice(7), one.to.join(), one.status]),
      asked: dry.warnings.find((one) => one.startsWith("a run would refuse")) ?? "",
    };
  };
  const ofLate = (insert: string): string => `INSERT INTO notes ${insert} WHERE name LIKE 'late %'`;

  test("where some of them lost their row, and a table with a text for its key is called much the same", async () => {
    const { references } = await found(
      schemaOf(
        "customer_id varchar(20)",
        "CREATE TABLE vip_customers (code varchar(10) PRIMARY KEY, note text);",
      ),
      `${people("old", 20)} INSERT INTO notes (customer_id, author) SELECT CASE WHEN id < 3 THEN '100' || id ELSE id::text END, name FROM customers;`,
      ofLate("(customer_id, author) SELECT id, name FROM customers"),
    );
    expect(references).toEqual([["notes.customer_id", "public.customers.id", "likely"]]);
  });

  test("however many other names stand between them, and whatever came after", async () => {
    const meta = (whom: string): string => `
      INSERT INTO notes (meta_key, meta_value, author) SELECT '_' || k, 'x', name FROM customers, generate_series(1, 60) k WHERE ${whom};
      INSERT INTO notes (meta_key, meta_value, author) SELECT '_customer', id, name FROM customers WHERE ${whom};`;
    const { references } = await found(
      schemaOf("meta_key char(30), meta_value char(40)"),
      people("old", 20) + meta("true"),
      `${meta("name LIKE 'late %'")} INSERT INTO notes (meta_key, meta_value) SELECT 'price', k FROM generate_series(1, 1500) k;`,
    );
    expect(references).toEqual([["notes.meta_value", "public.customers.id", "likely"]]);
  });

  test("type by type: one whose rows are mostly gone does not hide another", async () => {
    const note = (type: number, from: string): string =>
      `INSERT INTO notes (content_type_id, object_id, author) SELECT ${type}, ${from};`;
    const { references } = await found(
      schemaOf(
        "content_type_id int, object_id text",
        "CREATE TABLE shop_parcel (id serial PRIMARY KEY, what text);",
      ),
      `${people("old", 20)} INSERT INTO shop_parcel (what) SELECT 'p' FROM generate_series(1, 20);
       UPDATE django_content_type SET app_label = 'x', model = 'customers' WHERE id = 1;
       ${note(2, "id, what FROM shop_parcel")} DELETE FROM shop_parcel WHERE id <= 12;`,
      note(2, "id, 'late' FROM shop_parcel"),
    );
    expect(references).toEqual([["notes.object_id", "public.shop_parcel.id", "likely"]]);
  });

  test("and one whose model has a table of another name is asked about, with its type", async () => {
    const note = (whom: string): string =>
      `INSERT INTO notes (content_type_id, object_id, author) SELECT 1, id, name FROM customers WHERE ${whom};`;
    const { references, asked } = await found(
      schemaOf(
        "content_type_id int, object_id text",
        "CREATE TABLE users (id serial PRIMARY KEY, name text);",
      ),
      `UPDATE django_content_type SET app_label = 'auth', model = 'user' WHERE id = 1;
       INSERT INTO users (name) SELECT 'u' FROM generate_series(1, 90); ${people("old", 20)} ${note("true")}`,
      note("name LIKE 'late %'"),
    );
    expect(references).toEqual([]);
    expect(asked.replaceAll(/ # .*/g, "")).toContain(
      '  - from: public.notes.object_id\n    type: content_type_id\n    to: { 1: "public.customers or none" }',
    );
  });
});

test("ids of types are not remapped: by them it is said what others mean", async () => {
  const { primary, standby } = await forgotten(
    schemaOf("content_type_id int REFERENCES django_content_type, object_id text"),
    people("old", 20),
  );
  await expect(
    reconcile(primary, standby, {
      remap: ["django_content_type"],
      tables: file("{ from: notes.object_id, type: content_type_id, to: { 1: customers } }"),
    }),
  ).rejects.toThrow(
    "public.django_content_type: its ids say of which table public.notes.object_id is, by public.notes.content_type_id",
  );
});

test("what the database computes by itself, and lists of ids, are refused as references", async () => {
  const { primary, standby } = await forgotten(
    schemaOf(
      "kind text GENERATED ALWAYS AS ('Customer') STORED, subject_id text, copy text GENERATED ALWAYS AS (subject_id) STORED, many text[], number int[]",
      "ALTER TABLE customers ADD number int UNIQUE;",
    ),
    people("old", 3),
  );
  const refused: unknown = await reconcile(primary, standby, {
    tables: file(
      `{ from: notes.subject_id, type: kind, to: { Customer: customers } }, { from: notes.copy, to: customers },
       { from: notes.many, to: customers }, { from: notes.number, to: customers }, { from: notes.author, to: customers.number }`,
    ),
  }).catch((error: unknown) => error);
  expect(String(refused).split("\n").slice(1)).toEqual([
    "  references[0].type: public.notes.kind is computed by the database; name the column that it is computed from",
    "  references[1].from: public.notes.copy is computed by the database; name the column that it is computed from",
    "  references[2].to: public.customers.id is integer and public.notes.many is text[]; their values cannot be the same",
    "  references[3].to: public.customers.id is integer and public.notes.number is integer[]; their values cannot be the same",
    "  references[4].to: public.customers.number is integer and public.notes.author is text; a text can refer by the key of " +
      "public.customers alone, which is (id)",
  ]);
});

test("somebody brought under another id and deleted since goes there too, whatever the source left behind", async () => {
  const { primary, standby } = await forgotten(
    schemaOf("subject_type text, subject_id text"),
    `${people("old", 20)} INSERT INTO notes (subject_type, subject_id, author) SELECT 'Customer', id, name FROM customers;`,
  );
  const late = (side: string): string =>
    `${people(side)} INSERT INTO notes (subject_type, subject_id, author) SELECT 'Customer', id, name FROM customers WHERE name LIKE '${side} %'`;
  await query(primary, late("late"));
  await query(standby, late("own"));
  const tables = file("{ from: notes.subject_id, type: subject_type, to: { Customer: customers } }");
  await reconcile(primary, standby, { remap: ["customers"], tables });
  await query(primary, "DELETE FROM customers WHERE name IN ('late 3', 'late 4')");
  await query(
    standby,
    "INSERT INTO notes (subject_type, subject_id, author) SELECT 'Customer', id, 'new' FROM customers WHERE name = 'late 4'",
  );
  const done = await reconcile(primary, standby, { tables });
  expect([counts(done), kinds(done).map((one) => JSON.stringify(one).slice(0, 45))]).toEqual([
    [0, 0, 1, 1],
    ['["delete-has-dependents","public.customers","'],
  ]);
});

test("a type that prints otherwise than it is cast, such as true, is the type that it prints", async () => {
  const { primary, standby } = await synced(place, {
    schema: `
      CREATE TABLE companies (id serial PRIMARY KEY, name text);
      CREATE TABLE addresses (id serial PRIMARY KEY, is_company boolean, owner int);`,
    rows: "INSERT INTO companies (name) SELECT 'c' || n FROM generate_series(1, 9) n;",
  });
  await query(primary, "DELETE FROM companies WHERE id IN (3, 4)");
  await query(standby, "INSERT INTO addresses (is_company, owner) VALUES (true, 3), (false, 4)");
  const tables = file("{ from: addresses.owner, type: is_company, to: { t: companies } }");
  const done = await reconcile(primary, standby, { tables });
  expect([counts(done), kinds(done)]).toEqual([
    [0, 0, 1, 1],
    [["delete-has-dependents", "public.companies", "3"]],
  ]);
});

test("a name that says nothing of an id is asked about, where its values reach as far as those that collide; prices are not", async () => {
  const meta = (whom: string): string => `
    INSERT INTO notes (meta_key, meta_value, author) SELECT '_last_buyer', id, name FROM customers WHERE ${whom};
    INSERT INTO notes (meta_key, meta_value, author) SELECT '_latest', id, name FROM customers WHERE ${whom};
    INSERT INTO notes (meta_key, meta_value) SELECT '_price', 1 + id % 15 FROM customers WHERE ${whom};`;
  const { primary, standby } = await forgotten(
    schemaOf("meta_key text, meta_value text"),
    people("old", 40) + meta("true"),
  );
  await query(primary, people("late") + meta("name LIKE 'late %'"));
  await query(standby, people("own"));
  const dry = await reconcile(primary, standby, { dryRun: true });
  expect(dry.references.map((one) => one.pointer?.tables)).toEqual([[["_last_buyer", "public.customers"]]]);
  const asked = dry.warnings.find((one) => one.startsWith("a run would refuse")) ?? "";
  expect(asked.replaceAll(/ # .*/g, "").split("\n").slice(1)).toEqual([
    "references:",
    "  - from: public.notes.meta_value",
    "    type: meta_key",
    '    to: { _latest: "public.customers or none" }',
  ]);
});
