/** Keys of several columns that no foreign key declares, as a shop for many tenants has them. */
import { Fault } from "../../../../operations/fault";
import type { Generator, Schema, Table } from "../../../../operations/data/model";
import { compositeSuspectsOf } from "../../../../operations/data/tables/composites";
import { resolveReferences } from "../../../../operations/data/tables/resolve";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, reconcile, synced } from "../sides";
import { of, rules, table } from "./made";

/** @param keys how many of the columns are its key */
const keyed = (
  relation: string,
  columns: string,
  keys: number,
  foreignKeys: Table["foreignKeys"] = [],
): Table =>
  table(relation, columns, {
    key: columns
      .split(", ")
      .slice(0, keys)
      .map((one) => one.split(" ")[0] ?? ""),
    foreignKeys,
  });
const shown = (schema: Schema): readonly string[] =>
  compositeSuspectsOf(schema).map(
    (one) =>
      `${one.child.slice(7)}(${one.columns.join()}) ${one.parent.slice(7)}(${one.parentColumns.join()}) ${one.strength}`,
  );

test("who could be meant by several columns: the same names, or after the parent; not what is part of more", () => {
  const schema = of(
    keyed("orders", "tenant_id integer, id integer, note text", 2),
    keyed("customers", "tenant_id integer, id integer, email text", 2),
    keyed("products", "tenant_id integer, code text, title text", 2),
    keyed("lines", "tenant_id integer, order_id integer, line integer, code text", 3),
    keyed("shipments", "shipment integer, tenant_id integer, orderId bigint, line integer, sent text", 1),
    keyed("order_notes", "tenant_id integer, order_id integer, words text", 2),
    keyed("order_totals", "tenant_id integer, order_id integer, total integer", 2),
    keyed("reviews", "review integer, tenant_id text, order_id integer", 1),
  );
  expect(shown(schema)).toEqual([
    "lines(tenant_id,order_id) orders(tenant_id,id) named",
    "lines(tenant_id,code) products(tenant_id,code) hinted",
    "shipments(tenant_id,orderId,line) lines(tenant_id,order_id,line) named",
    "order_notes(tenant_id,order_id) orders(tenant_id,id) named",
    "order_totals(tenant_id,order_id) orders(tenant_id,id) named",
  ]);
});

test("what a foreign key declares, and what the database hands out, is nobody's suspect", () => {
  const declared = {
    name: "f",
    columns: ["line", "order_id", "tenant_id"],
    parent: "public.lines",
    parentColumns: ["line", "order_id", "tenant_id"],
    deferrable: false,
    onDelete: "nothing",
  } as const;
  const orders = keyed("orders", "tenant_id integer, id integer", 2);
  const parcels = keyed("parcels", "parcel integer, tenant_id integer, order_id integer, line integer", 1, [
    declared,
  ]);
  expect(shown(of(orders, parcels))).toEqual([]);
  const notes = keyed("notes", "note integer, tenant_id integer, id integer", 1);
  expect(shown(of(orders, notes))).toEqual(["notes(tenant_id,id) orders(tenant_id,id) hinted"]);
  const drawn: Generator = {
    name: "public.notes_id_seq",
    increment: 1n,
    max: 2147483647n,
    cache: 1n,
    cycles: false,
    uses: [{ table: "public.notes", column: "id", kind: "serial", typeMax: 2147483647n }],
  };
  expect(shown({ ...of(orders, notes), generators: [drawn] })).toEqual([]);
});

test("the file names each column in its place, or none; every fault says what is wanted", () => {
  const schema = of(
    keyed("orders", "tenant_id integer, id integer", 2),
    keyed("lines", "tenant_id integer, order_id integer, line integer, code text", 3),
  );
  const found = resolveReferences(
    schema,
    rules(`references:
  - { from: [lines.tenant_id, lines.order_id], to: orders }
  - { from: [lines.order_id, lines.line], to: none }`),
  );
  expect(found.faults).toEqual([]);
  expect(found.denied).toEqual(["public.lines.(order_id, line)"]);
  expect(found.keys.map(({ foreignKey }) => foreignKey)).toMatchObject([
    {
      name: "tenant_id, order_id to public.orders",
      columns: ["tenant_id", "order_id"],
      parentColumns: ["tenant_id", "id"],
      undeclared: "confirmed",
      nobody: [],
    },
  ]);
  expect(
    resolveReferences(
      schema,
      rules(`references:
  - { from: [lines.tenant_id, lines.ordr_id], to: orders }
  - { from: [lines.tenant_id, orders.id], to: orders }
  - { from: [lines.tenant_id, lines.order_id, lines.line], to: orders }
  - { from: [lines.tenant_id, lines.code], to: orders }
  - { from: [lines.tenant_id, lines.order_id], to: ordrs }`),
    ).faults,
  ).toEqual([
    'references[0].from[1] "lines.ordr_id": there is no such column; did you mean lines.order_id?',
    "references[1].from: public.lines.tenant_id and public.orders.id are of two tables; name columns of one",
    "references[2].from names 3 columns, and the key of public.orders is (tenant_id, id); name one for each of it, in its order",
    "references[3].from[1]: public.orders.id is integer and public.lines.code is text; their values cannot be the same",
    'references[4].to "ordrs": there is no such table; did you mean public.orders?',
  ]);
  expect(() => rules("references: [{ from: [lines.order_id], to: orders }]")).toThrow(Fault);
});

const server = withPostgres();
const schema = `
  CREATE TABLE orders (tenant_id int, id serial, for_whom text NOT NULL, PRIMARY KEY (tenant_id, id));
  CREATE TABLE lines (tenant_id int, order_id int, line int, what text, PRIMARY KEY (tenant_id, order_id, line));
  CREATE TABLE parcels (parcel serial PRIMARY KEY, tenant_id int, order_id int, for_whom text);`;
const ordersOf = (whose: string): string => `
  INSERT INTO orders (tenant_id, for_whom) SELECT 1 + n % 3, '${whose}' FROM generate_series(1, 30) n;
  INSERT INTO lines SELECT tenant_id, id, l, for_whom FROM orders, generate_series(1, 2) l WHERE for_whom = '${whose}';
  INSERT INTO parcels (tenant_id, order_id, for_whom) SELECT tenant_id, id, for_whom FROM orders WHERE for_whom = '${whose}'`;
const wrong = `
  SELECT 'line', order_id FROM lines JOIN orders o ON (o.tenant_id, o.id) = (lines.tenant_id, order_id) WHERE what <> o.for_whom
  UNION ALL SELECT 'parcel', parcel FROM parcels p LEFT JOIN orders o ON (o.tenant_id, o.id) = (p.tenant_id, p.order_id)
    WHERE p.for_whom IS DISTINCT FROM o.for_whom`;

test("what hangs on a colliding order by two columns is held back, and all of it comes once somebody has said so", async () => {
  const { primary, standby } = await synced(
    { server, query },
    { schema, rows: ordersOf("old") },
    { rule: { kind: "fixed", ids: 5000n } },
  );
  await query(standby, "SELECT setval('orders_id_seq', max(id)) FROM orders");
  await query(primary, ordersOf("late"));
  await query(standby, ordersOf("own"));

  const first = await reconcile(primary, standby);
  expect(await query(standby, wrong)).toEqual([]);
  expect(first.references.map((one) => [one.from, one.to, one.status])).toEqual([
    ["public.lines.(tenant_id, order_id)", ["public.orders.(tenant_id, id)"], "likely"],
    ["public.parcels.(tenant_id, order_id)", ["public.orders.(tenant_id, id)"], "likely"],
  ]);
  expect(counts(first)).toEqual([0, 0, 0, 30]);
  expect(first.conflicts.flatMap((one) => one.held)).toHaveLength(30 * (2 + 1));

  const file = `references:
  - from: [public.lines.tenant_id, public.lines.order_id]
    to: public.orders
  - from: [public.parcels.tenant_id, public.parcels.order_id]
    to: public.orders`;
  const refused: unknown = await reconcile(primary, standby, { remap: ["orders"] }).catch(
    (error: unknown) => error,
  );
  expect(String(refused).replaceAll(/ # .*/g, "")).toContain(file);

  // Denied, a parcel of its own id hangs on nothing: it would come over, to whoever has the order's number there.
  const none = rules(file.replaceAll("to: public.orders", "to: none"));
  const denied = await reconcile(primary, standby, {
    dryRun: true,
    tables: { rules: none, file: "standby.tables.yaml" },
  });
  expect(denied.references.map((one) => one.status)).toEqual(["denied", "denied"]);
  expect(denied.inserted).toBe(30);

  const confirmed = { rules: rules(file), file: "standby.tables.yaml" };
  const done = await reconcile(primary, standby, { remap: ["orders"], tables: confirmed });
  expect(counts(done)).toEqual([30 * (1 + 2 + 1), 0, 0, 0]);
  expect(done.verified).toBe(true);
  expect(done.references.map((one) => one.status)).toEqual(["confirmed", "confirmed"]);
  expect(await query(standby, wrong)).toEqual([]);
  expect(await query(standby, "SELECT count(*)::int AS n FROM parcels")).toEqual([{ n: 90 }]);
  expect(counts(await reconcile(primary, standby, { remap: ["orders"], tables: confirmed }))).toEqual([
    0, 0, 0, 0,
  ]);
});
