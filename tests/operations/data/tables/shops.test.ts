/** Tables and columns as well-known shops name them, and the ids that no name explains. */
import type { Table } from "../../../../operations/data/model";
import { pointersOf, tableOfType } from "../../../../operations/data/tables/pointers";
import { suspectsOf } from "../../../../operations/data/tables/references";
import { parseTableRules } from "../../../../operations/data/tables/file";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, reconcile, sync, synced } from "../sides";
import { column, generatorOf, of, table } from "./made";

test("who is meant in shops as they are: PrestaShop, WooCommerce, Magento, Odoo, Spree, Zen Cart", () => {
  const found = (...tables: readonly Table[]): readonly unknown[] => {
    const uses = tables.map(({ name, key }) => ({
      table: name,
      column: key[0] ?? "",
      kind: "serial" as const,
      typeMax: 1n,
    }));
    const drawn = uses.filter(({ column: key }) => !/entity_id|customers_info_id|wc_orders_id/.test(key));
    const generators = drawn.map((use) => generatorOf(use));
    return suspectsOf({ ...of(...tables), generators }).map((one) => [
      `${one.child.slice(7)}.${one.column}`,
      one.parent.slice(7),
      one.strength,
    ]);
  };
  expect(
    found(
      table("ps_address", "id_address int"),
      table("ps_category", "id_category int"),
      table("ps_product", "id_product int, id_category_default int"),
      table("ps_product_attribute", "id_product_attribute int"),
      table(
        "ps_orders",
        "id_order int, id_address_delivery int, id_address_invoice int, id_product_attribute int",
      ),
    ),
  ).toEqual([
    ["ps_product.id_category_default", "ps_category", "named"],
    ["ps_orders.id_address_delivery", "ps_address", "named"],
    ["ps_orders.id_address_invoice", "ps_address", "named"],
    ["ps_orders.id_product_attribute", "ps_product_attribute", "named"],
  ]);
  expect(
    found(
      table("wp_users", "ID bigint"),
      table("wp_posts", "ID bigint, post_author bigint"),
      table("wp_wc_orders", "wc_orders_id bigint, customer_id bigint"),
      table("wp_wc_customer_lookup", "lookup_id bigint, user_id bigint"),
    ),
  ).toEqual([
    ["wp_posts.post_author", "wp_users", "hinted"],
    ["wp_wc_orders.customer_id", "wp_users", "hinted"],
    ["wp_wc_customer_lookup.user_id", "wp_users", "named"],
  ]);
  expect(
    found(
      table("customer_entity", "entity_id int"),
      table("log_customer", "log_id int, customer_id int"),
      table("newsletter_subscriber", "subscriber_id int, customer_id int"),
    ),
  ).toEqual([
    ["log_customer.customer_id", "customer_entity", "named"],
    ["newsletter_subscriber.customer_id", "customer_entity", "named"],
  ]);
  expect(
    found(
      table("spree_users", "id integer"),
      table("spree_stores", "id integer"),
      table("spree_orders", "id integer, created_by_id integer"),
    ),
  ).toEqual([["spree_orders.created_by_id", "spree_users", "hinted"]]);
  expect(
    found(
      table("customers", "customers_id int"),
      table("customers_info", "customers_info_id int"),
      table("products", "products_id int"),
      table("products_description", "products_id int, language_id int", {
        key: ["products_id", "language_id"],
      }),
    ),
  ).toEqual([
    ["customers_info.customers_info_id", "customers", "hinted"],
    ["products_description.products_id", "products", "named"],
  ]);
  const odoo = of(
    table("sale_order", "id integer"),
    table("mail_message", "id integer, model text, res_id integer"),
    table("mail_followers", "id integer, res_model text, res_id integer"),
  );
  const pointers = odoo.tables.flatMap((one) => pointersOf(one, odoo));
  expect(pointers.map((one) => [one.child.slice(7), one.type, one.column])).toEqual([
    ["mail_message", "model", "res_id"],
    ["mail_followers", "res_model", "res_id"],
  ]);
  const meant = (value: string): string | undefined =>
    tableOfType(value, column("res_id integer"), odoo)?.relation;
  expect(["sale.order", "App\\Models\\SaleOrder", "order"].map(meant)).toEqual([
    "sale_order",
    "sale_order",
    undefined,
  ]);
});

const server = withPostgres();
const schema = `
  CREATE TABLE people (id serial PRIMARY KEY, email text);
  CREATE TABLE parcels (id serial PRIMARY KEY, handler_id int NOT NULL, grade_id int NOT NULL, for_whom text);
  CREATE TABLE extras (person int PRIMARY KEY, note text);`;
const rows = `
  INSERT INTO people (email) SELECT 'old' || n FROM generate_series(1, 60) n;
  INSERT INTO parcels (handler_id, grade_id, for_whom) SELECT id, id % 3 + 1, email FROM people;
  INSERT INTO extras SELECT id, email FROM people;`;
const wrong = "SELECT p.id FROM parcels p JOIN people o ON o.id = handler_id WHERE for_whom <> email";

test("ids that no name explains keep a run from writing where they may be those that collide, until somebody says whose they are", async () => {
  const { primary, standby } = await synced({ server, query }, { schema, rows });
  await query(standby, "SELECT setval('people_id_seq', 60)");
  for (const [side, url] of [
    ["late", primary],
    ["own", standby],
  ] as const)
    await query(
      url,
      `INSERT INTO people (email) SELECT '${side}' || n FROM generate_series(1, 5) n;
       INSERT INTO parcels (handler_id, grade_id, for_whom) SELECT id, 1, email FROM people WHERE email LIKE '${side}%'`,
    );
  const lines =
    "references:\n  - from: public.parcels.handler_id # nobody says whose id it is, and 65 of its last 65 values are ids of " +
    'public.people\n    to: "public.people or none"';
  const dry = await reconcile(primary, standby, { dryRun: true });
  expect(dry.warnings.find((one) => one.startsWith("a run would refuse: "))).toContain(lines);
  for (const request of [{}, { batch: 2 }])
    await expect(reconcile(primary, standby, request)).rejects.toThrow(lines);
  await expect(reconcile(primary, standby, { remap: ["people"] })).rejects.toThrow(lines);
  expect(await query(standby, "SELECT id FROM parcels WHERE for_whom LIKE 'late%'")).toEqual([]);

  const file = (to: string) => ({
    rules: parseTableRules(`references: [{ from: parcels.handler_id, to: ${to} }]`, "f"),
    file: "f",
  });
  const held = await reconcile(primary, standby, { tables: file("people") });
  expect(held.conflicts.map((one) => [one.kind, one.held.length])).toEqual(
    Array.from({ length: 5 }, () => ["id-collision", 1]),
  );
  const done = await reconcile(primary, standby, { tables: file("people"), remap: ["people"] });
  expect([counts(done), done.verified]).toEqual([[10, 0, 0, 0], true]);
  expect(await query(standby, wrong)).toEqual([]);
});

test("denied, they keep nobody from writing; a key that is another table's says so, and the next sync needs no offset", async () => {
  const { primary, standby } = await synced({ server, query }, { schema, rows });
  const next = await sync(primary, standby, { rule: undefined });
  expect(next.identities.find((one) => one.table === "public.people")).toMatchObject({ seed: 2000n });
  expect(next.warnings).toContainEqual(
    expect.stringMatching(
      /^public\.extras\.person is a key that nothing hands out, and 60 of its last 60 values are ids of public\.parcels, 60 .* public\.people: /,
    ),
  );
});

test("an e-mail that no constraint keeps unique: named in the file, it is a conflict, and --merge takes the two for one", async () => {
  const { primary, standby } = await synced({ server, query }, { schema, rows });
  // Once there twice, once empty: neither is anybody's match.
  await query(primary, "UPDATE people SET email = '' WHERE id IN (1, 2)");
  await sync(primary, standby);
  for (const [side, url] of [
    ["late", primary],
    ["own", standby],
  ] as const)
    await query(
      url,
      `INSERT INTO people (email) VALUES ('twice'), ('${side}'), ('');
       INSERT INTO parcels (handler_id, grade_id, for_whom) SELECT id, 1, email FROM people WHERE email = 'twice'`,
    );
  const rulesFile = (text: string) => ({ rules: parseTableRules(text, "f"), file: "f" });
  const reference = "references: [{ from: parcels.handler_id, to: people }]";
  await expect(
    reconcile(primary, standby, { tables: rulesFile(reference), merge: ["people"] }),
  ).rejects.toThrow("name the column that does in standby.tables.yaml (unique: [customers.email])");
  await expect(reconcile(primary, standby, { tables: rulesFile("unique: [people.mail]") })).rejects.toThrow(
    'unique[0] "people.mail": there is no such column; did you mean people.email?',
  );
  const tables = rulesFile(`unique: [people.email]\n${reference}`);
  const held = await reconcile(primary, standby, { tables, dryRun: true });
  expect(held.conflicts.map((one) => [one.kind, one.constraint, one.held.length])).toEqual([
    ["unique", "email (by standby.tables.yaml)", 1],
  ]);
  const done = await reconcile(primary, standby, { tables, merge: ["people"] });
  expect([counts(done), done.merged.length, done.verified]).toEqual([[3, 0, 0, 0], 1, true]);
  expect(await query(standby, `${wrong} AND email <> ''`)).toEqual([]);
  expect(counts(await reconcile(primary, standby, { tables }))).toEqual([0, 0, 0, 0]);
});
