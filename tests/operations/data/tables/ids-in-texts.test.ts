/** Rows that point by type and by an id in a text: Django's generic relations, and pairs of name and value. */
import fc from "fast-check";
import { parseTableRules } from "../../../../operations/data/tables/file";
import { keyIn, keyTextLike } from "../../../../operations/data/tables/key-texts";
import { columnNamed, pointersOf, tableOfType } from "../../../../operations/data/tables/pointers";
import { suspectsOf } from "../../../../operations/data/tables/references";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, kinds, reconcile, sync, synced, type Sides } from "../sides";
import { column, of, rules, table } from "./made";

describe("what is an id in a text", () => {
  test("a whole number of the key's type as it prints, and nothing else", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 31n), max: (1n << 31n) - 1n }), (id) => {
        expect(keyIn(id.toString(), "integer")).toBe(id.toString());
      }),
    );
    const others = [
      "",
      " 7",
      "7 ",
      "07",
      "+7",
      "-0",
      "7.0",
      "7e0",
      "٧",
      "2147483648",
      "-2147483649",
      "x",
      "7\n",
    ];
    expect(others.filter((text) => keyIn(text, "integer") !== undefined)).toEqual([]);
    expect(keyIn("2147483648", "bigint")).toBe("2147483648");
    expect([keyIn("-1", "int unsigned"), keyIn("4294967295", "int unsigned")]).toEqual([
      undefined,
      "4294967295",
    ]);
  });

  test("a uuid in small letters or capitals, as its database prints it; another in its place is written alike", () => {
    const small = "0b5c1f7e-3f4a-4c1d-9e2b-aaaaaaaaaaaa";
    expect([keyIn(small, "uuid"), keyIn(small.toUpperCase(), "uuid")]).toEqual([small, small]);
    expect(keyIn(small, "uniqueidentifier")).toBe(small.toUpperCase());
    const others = [small.slice(1), `{${small}}`, small.replaceAll("-", ""), small.replace("b", "B")];
    expect(others.filter((text) => keyIn(text, "uuid") !== undefined)).toEqual([]);
    expect(keyTextLike(small.toUpperCase(), "ab-c")).toBe("AB-C");
    expect(keyTextLike(small, "AB-C")).toBe("ab-c");
    expect(keyTextLike("17", "3001")).toBe("3001");
  });
});

describe("what names say", () => {
  const types = table("django_content_type", "id integer, app_label character varying(100), model text");
  const schema = of(
    types,
    table("shop_customer", "id integer, email text"),
    table("django_admin_log", "id integer, content_type_id integer, object_id text, user_id integer"),
    table(
      "actstream_action",
      "id integer, actor_content_type_id integer, actor_object_id character varying(255), target_content_type_id integer, target_object_id text",
    ),
    table("reviews", "id integer, subject_type text, subject_id character varying(40)"),
  );

  test("of pairs whose type is a row of its own, or whose id is a text", () => {
    const found = schema.tables.flatMap((one) => pointersOf(one, schema));
    expect(found.map((one) => [one.child.slice(7), one.type, one.column, one.types?.names])).toEqual([
      ["django_admin_log", "content_type_id", "object_id", ["app_label", "model"]],
      ["actstream_action", "actor_content_type_id", "actor_object_id", ["app_label", "model"]],
      ["actstream_action", "target_content_type_id", "target_object_id", ["app_label", "model"]],
      ["reviews", "subject_type", "subject_id", undefined],
    ]);
    const meant = ["shop.customer", "shop.order"].map((name) =>
      tableOfType(name, column("object_id text"), schema),
    );
    expect(meant.map((one) => one?.relation)).toEqual(["shop_customer", undefined]);
  });

  test("of pairs of name and value", () => {
    const pairs = of(
      table(
        "wp_postmeta",
        "meta_id bigint, post_id bigint, meta_key character varying(255), meta_value text",
      ),
      table("settings", "name text, value text"),
      table("oc_setting", "setting_id integer, code text, key text, value text"),
      table("product_varchar", "id integer, attribute_code text, value integer"),
      table("amounts", "id integer, amount_name text, value numeric"),
    );
    const found = pairs.tables.flatMap((one) => pointersOf(one, pairs));
    expect(found.map((one) => [one.child.slice(7), one.type, one.column])).toEqual([
      ["wp_postmeta", "meta_key", "meta_value"],
      ["settings", "name", "value"],
      ["oc_setting", "code", "value"],
      ["oc_setting", "key", "value"],
      ["product_varchar", "attribute_code", "value"],
    ]);
    expect(
      ["_customer_user", "_product_id", "_price", "_order_key", "thumbnailId", "_refunded_by"].map(
        columnNamed,
      ),
    ).toEqual([
      "_customer_user_id",
      "_product_id",
      undefined,
      "_order_key",
      "thumbnailId",
      "_refunded_by_id",
    ]);
  });

  test("of a text that says it is an id: its values have to say so too", () => {
    const shop = of(
      table("customers", "id integer, email text"),
      table("orders", "id integer, customer_id character varying(20), customer text"),
    );
    expect(suspectsOf(shop).map((one) => [one.column, one.parent, one.strength])).toEqual([
      ["customer_id", "public.customers", "named"],
    ]);
  });
});

const server = withPostgres();
const place = { server, query };
const schema = `
  CREATE TABLE django_content_type (id serial PRIMARY KEY, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL);
  CREATE TABLE shop_customer (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL);
  CREATE TABLE shop_order (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES shop_customer, for_whom text NOT NULL);
  CREATE TABLE shop_note (id serial PRIMARY KEY, content_type_id int NOT NULL REFERENCES django_content_type, object_id text,
    author text);
  CREATE TABLE shop_tag (content_type_id int REFERENCES django_content_type, object_id varchar(64), tag text, author text,
    PRIMARY KEY (content_type_id, object_id, tag));
  CREATE TABLE ordermeta (meta_id serial PRIMARY KEY, order_id int NOT NULL REFERENCES shop_order, meta_key varchar(255),
    meta_value text, author text);`;
const hang = (whom: string): string => `
  INSERT INTO shop_note (content_type_id, object_id, author) SELECT 1, id, name FROM shop_customer WHERE ${whom};
  INSERT INTO shop_note (content_type_id, object_id, author) SELECT 2, o.id, for_whom FROM shop_order o JOIN shop_customer c ON name = for_whom WHERE ${whom};
  INSERT INTO shop_tag SELECT 1, id, 'vip', name FROM shop_customer WHERE ${whom};
  INSERT INTO ordermeta (order_id, meta_key, meta_value, author) SELECT o.id, k, CASE k WHEN '_price' THEN '19.90' WHEN '_customer_user' THEN c.id::text ELSE repeat('x', 1000) END, name
    FROM shop_order o JOIN shop_customer c ON name = for_whom, unnest(ARRAY['_price', '_customer_user', '_billing']) k WHERE ${whom};`;
const rows = `
  INSERT INTO django_content_type (app_label, model) VALUES ('shop', 'customer'), ('shop', 'order'), ('auth', 'group');
  INSERT INTO shop_customer (email, name) SELECT 'old' || n || '@shop.example', 'old ' || n FROM generate_series(1, 20) n;
  INSERT INTO shop_order (customer_id, for_whom) SELECT id, name FROM shop_customer; ${hang("true")}`;
const people = (side: string): string => `
  INSERT INTO shop_customer (email, name) SELECT '${side}' || n || '@shop.example', '${side} ' || n FROM generate_series(1, 12) n;
  INSERT INTO shop_order (customer_id, for_whom) SELECT id, name FROM shop_customer WHERE name LIKE '${side} %';
  ${hang(`name LIKE '${side} %'`)}`;
const wrong = `
  SELECT 'note', m.id::text FROM shop_note m JOIN shop_customer c ON c.id::text = object_id WHERE content_type_id = 1 AND author <> name
  UNION ALL SELECT 'order note', m.id::text FROM shop_note m LEFT JOIN shop_order o ON o.id::text = object_id
    WHERE content_type_id = 2 AND author IS DISTINCT FROM for_whom
  UNION ALL SELECT 'tag', object_id FROM shop_tag m LEFT JOIN shop_customer c ON c.id::text = object_id WHERE author IS DISTINCT FROM name
  UNION ALL SELECT 'meta', m.meta_id::text FROM ordermeta m LEFT JOIN shop_customer c ON c.id::text = meta_value
    WHERE meta_key = '_customer_user' AND meta_value <> '0' AND author IS DISTINCT FROM name`;
const confirmed = `
references:
  - { from: shop_note.object_id, type: content_type_id, to: { 1: shop_customer, 2: shop_order } }
  - { from: shop_tag.object_id, type: content_type_id, to: { 1: shop_customer } }
  - { from: ordermeta.meta_value, type: meta_key, to: { _customer_user: shop_customer } }`;
const tables = { rules: parseTableRules(confirmed, "standby.tables.yaml"), file: "standby.tables.yaml" };

async function forgotten(): Promise<Sides> {
  const sides = await synced(place, { schema, rows }, { rule: { kind: "fixed", ids: 5000n } });
  await query(sides.standby, "SELECT setval('shop_customer_id_seq', max(id)) FROM shop_customer");
  return sides;
}

test("late rows of ids that are taken are on nobody else, and come over by --remap once the references are confirmed", async () => {
  const { primary, standby } = await forgotten();
  await query(primary, people("late"));
  await query(standby, people("own"));
  const first = await reconcile(primary, standby);
  expect(first.references.map((one) => [one.from, one.to, one.status])).toEqual([
    ["public.ordermeta.meta_value", ["public.shop_customer.id"], "likely"],
    ["public.shop_note.object_id", ["public.shop_customer.id", "public.shop_order.id"], "likely"],
    ["public.shop_tag.object_id", ["public.shop_customer.id"], "likely"],
  ]);
  expect([counts(first), await query(standby, wrong)]).toEqual([[0, 0, 0, 12], []]);
  expect(first.conflicts.flatMap((one) => one.held)).toHaveLength(12 * 7);

  const refused: unknown = await reconcile(primary, standby, { remap: ["shop_customer"] }).catch(
    (error: unknown) => error,
  );
  const lines = String(refused).replaceAll(/ # .*/g, "");
  expect(lines).toContain(
    [
      "  - from: public.ordermeta.meta_value",
      "    type: meta_key",
      "    to: { _customer_user: public.shop_customer }",
      "  - from: public.shop_note.object_id",
      "    type: content_type_id",
      "    to: { 1: public.shop_customer, 2: public.shop_order }",
    ].join("\n"),
  );
  // What it prints can be pasted as it is.
  const pasted = parseTableRules(lines.slice(lines.indexOf("references:")), "standby.tables.yaml");
  expect(pasted.references).toHaveLength(3);

  const done = await reconcile(primary, standby, { remap: ["shop_customer"], tables });
  expect([counts(done), done.verified, await query(standby, wrong)]).toEqual([[12 * 8, 0, 0, 0], true, []]);
  const again = await reconcile(primary, standby, { remap: ["shop_customer"], tables });
  expect(counts(again)).toEqual([0, 0, 0, 0]);
  // And home again, under the ids that they have there.
  await query(
    standby,
    "UPDATE ordermeta SET meta_value = '0' WHERE author = 'late 1' AND meta_key = '_customer_user'",
  );
  const home = await reconcile(standby, primary, { remap: ["shop_customer"], tables });
  expect([counts(home), await query(primary, wrong)]).toEqual([[12 * 8, 1, 0, 0], []]);
});

test("what is nobody's id comes over as it is: 0, nothing, a word, a number in other words, too large a one", async () => {
  const { primary, standby } = await forgotten();
  await query(
    primary,
    `INSERT INTO shop_note (content_type_id, object_id, author) SELECT 1, v, 'nobody' FROM unnest(ARRAY['0', '', 'abc', '0021', '99999999999', NULL]) v;
     INSERT INTO shop_note (content_type_id, object_id, author) VALUES (3, '21', 'of a group')`,
  );
  await query(standby, people("own"));
  const done = await reconcile(primary, standby, { tables });
  expect([counts(done), await query(standby, wrong.replaceAll("m.id::text", "author"))]).toEqual([
    [7, 0, 0, 0],
    [],
  ]);
});

test("a row that the target has something new on by a text is not deleted; of another type it does not matter", async () => {
  const { primary, standby } = await forgotten();
  const gone = (id: number): string => `
    DELETE FROM ordermeta WHERE order_id = ${id}; DELETE FROM shop_order WHERE id = ${id};
    DELETE FROM shop_note WHERE object_id = '${id}'; DELETE FROM shop_tag WHERE object_id = '${id}';
    DELETE FROM shop_customer WHERE id = ${id};`;
  await query(primary, gone(3) + gone(4) + gone(5));
  await query(
    standby,
    `INSERT INTO shop_note (content_type_id, object_id, author) VALUES (1, '3', 'new here'), (3, '4', 'of a group');
     INSERT INTO ordermeta (order_id, meta_key, meta_value, author) VALUES (9, '_price', '4', 'old 9'), (9, '_customer_user', '5', 'old 9')`,
  );
  const done = await reconcile(primary, standby, { tables });
  expect(kinds(done)).toEqual([
    ["delete-has-dependents", "public.shop_customer", "3"],
    ["delete-has-dependents", "public.shop_customer", "5"],
  ]);
  expect(await query(standby, "SELECT id FROM shop_customer WHERE id < 6 ORDER BY id")).toEqual(
    [1, 2, 3, 5].map((id) => ({ id })),
  );
});

test("the text follows a customer who is one over there, in small letters or capitals", async () => {
  const people = (id: string): string =>
    `INSERT INTO customers VALUES ('${id}', 'one@shop.example'); INSERT INTO notes (subject_type, subject_id) VALUES ('Customer', '${id}'), ('Customer', upper('${id}'))`;
  const { primary, standby } = await synced(place, {
    schema: `
      CREATE TABLE customers (id uuid PRIMARY KEY, email text UNIQUE);
      CREATE TABLE notes (id serial PRIMARY KEY, subject_type text, subject_id varchar(36));`,
    rows: `INSERT INTO customers SELECT ('0b5c1f7e-3f4a-4c1d-9e2b-' || to_char(n, 'FM000000000000'))::uuid, 'old' || n FROM generate_series(1, 9) n;
      INSERT INTO notes (subject_type, subject_id) SELECT 'Customer', id FROM customers;`,
  });
  const [late, own] = ["aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"];
  await query(primary, people(late));
  await query(standby, `INSERT INTO customers VALUES ('${own}', 'one@shop.example')`);
  const rules = parseTableRules(
    "references: [{ from: notes.subject_id, type: subject_type, to: { Customer: customers } }]",
    "standby.tables.yaml",
  );
  const done = await reconcile(primary, standby, {
    merge: ["customers"],
    tables: { rules, file: "standby.tables.yaml" },
  });
  expect([counts(done), done.merged.map((one) => one.to)]).toEqual([[2, 0, 0, 0], [[own]]]);
  expect(await query(standby, "SELECT subject_id FROM notes WHERE id > 9 ORDER BY id")).toEqual(
    [own, own.toUpperCase()].map((subject_id) => ({ subject_id })),
  );
});

test("a name of which nobody says whose ids it holds is asked about where they collide", async () => {
  const { primary, standby } = await forgotten();
  await query(primary, people("late"));
  await query(standby, people("own"));
  await query(
    primary,
    "INSERT INTO ordermeta (order_id, meta_key, meta_value) SELECT 1, '_handler_id', id FROM shop_customer",
  );
  const refused: unknown = await reconcile(primary, standby, { tables }).catch((error: unknown) => error);
  expect(String(refused).replaceAll(/ # .*/g, "")).toContain(
    [
      "  - from: public.ordermeta.meta_value",
      "    type: meta_key",
      '    to: { _handler_id: "public.shop_customer or none" }',
    ].join("\n"),
  );
  const denied = rules(`${confirmed}
  - { from: ordermeta.meta_value, type: meta_key, to: { _handler_id: none } }`);
  const done = await reconcile(primary, standby, { tables: { rules: denied, file: "standby.tables.yaml" } });
  expect(done.conflicts).toHaveLength(12);
  expect(await sync(primary, standby, {}).catch((error: unknown) => String(error))).toContain("of its own");
});
