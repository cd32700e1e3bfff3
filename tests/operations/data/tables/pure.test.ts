/** What names, types and values say, without a database. */
import fc from "fast-check";
import { z } from "zod";
import { Fault } from "../../../../operations/fault";
import type { ForeignKey, Schema, Trigger } from "../../../../operations/data/model";
import { noRules } from "../../../../operations/data/tables/file";
import { matches, namedBy, nearest, singular, wordsOf } from "../../../../operations/data/tables/names";
import { counterGenerator, countsUp, judgeCounter, tiesOf } from "../../../../operations/data/tables/numbers";
import { recordedOf, recordedText } from "../../../../operations/data/tables/recorded";
import { isFitting, judge, suspectsOf } from "../../../../operations/data/tables/references";
import { resolveReferences, withReferences } from "../../../../operations/data/tables/resolve";
import { ignoredBy, recognised, scopeOf } from "../../../../operations/data/tables/scope";
import { column, of, rules, table } from "./made";

const faultOf = (text: string): string => {
  try {
    rules(text);
    return "";
  } catch (error) {
    return error instanceof Fault ? `${error.exitCode} ${error.message}` : String(error);
  }
};
const to = (parent: string, ...columns: string[]): ForeignKey => ({
  name: "f",
  columns,
  parent: `public.${parent}`,
  parentColumns: ["id"],
  deferrable: false,
  onDelete: "nothing",
});

test("every fault of the file is named at once: field, line, value, what is allowed", () => {
  expect(
    faultOf(`
tables: { exclude: tmp_* }
ignoreColumns: [last_seen]
numbers:
  - { column: invoices.number, generator: max+1 }
references:
  - { from: orders.customer_id }
speed: 3`),
  ).toBe(
    `2 standby.tables.yaml is not valid:
  tables.exclude (line 2) "tmp_*": Invalid input: expected array, received string
  ignoreColumns[0] (line 3) "last_seen": must be a table and its column with a dot between, such as orders.customer_id
  numbers[0].generator (line 5) "max+1": must be one of sequence, counter, max-plus-one, none
  references[0] (line 7) {"from":"orders.customer_id"}: needs "from" (table.column, or a list of them for a key of several) and "to" (a table, table.column, or none); with "type" (a column of the same table), "to" lists a table for each value of it
  speed (line 8): there is no such field; remove it, or look for a misspelling
docs/tables.md shows every field`,
  );
  expect(faultOf("tables: [")).toMatch(/^2 standby\.tables\.yaml is no YAML:\n {2}line 1: /);
  expect(rules("")).toEqual(noRules);
});

test("the example of the docs is valid, and what is recorded of rules reads back the same", async () => {
  const { readFileSync } = await import("node:fs");
  const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync("docs/tables.md", "utf8")) ?? [];
  const parsed = rules(example);
  expect([parsed.numbers.length, parsed.references.length]).toEqual([4, 5]);
  const recorded = { rules: parsed, uncounted: new Map([["t", ["c"]]]), leftOut: ["s"] };
  for (const one of [recorded, { ...recorded, offset: 1500n }])
    expect(recordedOf(recordedText(one))).toEqual(one);
});

test("names: words, singulars, whom a column names, patterns, the nearest name", () => {
  expect(wordsOf("billingAddressID")).toEqual(["billing", "address", "id"]);
  expect(["addresses", "categories", "status", "boxes", "orders", "news"].map(singular)).toEqual([
    "address",
    "category",
    "status",
    "box",
    "order",
    "new",
  ]);
  expect(["customer_id", "customerid", "CustomerId", "fk_customer", "id", "total"].map(namedBy)).toEqual([
    ...Array<unknown>(3).fill({ words: ["customer"], saidId: true, first: false }),
    { words: ["customer"], saidId: true, first: true },
    undefined,
    { words: ["total"], saidId: false, first: false },
  ]);
  expect(matches("tmp_*", "public.tmp_x", "TMP_x")).toBe(true);
  expect(matches("a.b", "axb")).toBe(false);
  expect(nearest("custmers", ["public.customers", "public.orders"])).toBe("public.customers");
  expect(nearest("zebra", ["public.customers"])).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      expect(matches(name.replaceAll(/[*?]/g, "?"), name)).toBe(true);
      expect(matches("*", name)).toBe(true);
      expect(nearest(name, [name])).toBe(name);
    }),
  );
});

test("sessions, caches and logs are recognised by name and shape; books are not", () => {
  const sessions = table("sessions", "id character varying(255), payload text, last_activity integer");
  const cache = table("cache", "key text, value text, expiration integer");
  const log = table("access_logs", "id bigint, path text, at timestamp with time zone");
  const all = [
    sessions,
    cache,
    log,
    table("payment_logs", "id bigint, path text, at timestamp with time zone"),
    table("training_sessions", "id integer, title text, starts_at timestamp"),
    table("log", "id bigint, amount numeric(10,2), at timestamp"),
    table("app_sessions", "token text, data jsonb, expires_at timestamp"),
    table("django_session", "session_key character varying(40), session_data text, expire_date timestamp"),
    table("core_session", "session_id varbinary(255), session_expires int unsigned, session_data mediumblob"),
    { ...table("products_tmp", "id integer"), volatile: "MEMORY" },
    table("devices", "id integer, token text", { foreignKeys: [to("app_sessions", "token")] }),
  ];
  const idle = ["sessions", "cache", "access_logs", "django_session", "core_session", "products_tmp"];
  expect(all.filter((one) => recognised(one, all) !== undefined).map((one) => one.relation)).toEqual(idle);
  expect(recognised(sessions, all)).toBe(
    "recognised as sessions by its name and its columns id, payload, last_activity, and no table refers to it",
  );
  const out = (text: string) => scopeOf(of(...all), rules(text)).leftOut.map((one) => one.table.slice(7));
  expect(out("")).toEqual(idle);
  expect(out('tables: { include: ["*"], exclude: [devices] }')).toEqual(["devices"]);
  expect(scopeOf(of(...all), rules('tables: { exclude: [app_session, "x*", app_sessions] }'))).toMatchObject({
    faults: [
      'tables.exclude "app_session" matches no table; did you mean public.app_sessions?',
      expect.stringMatching(/^public\.devices\.token refers to public\.app_sessions, which is left out/),
    ],
    notes: ['tables.exclude "x*" matches no table'],
  });
  expect(ignoredBy(of(log), rules('ignoreColumns: [access_logs.id, access_logs.pat, "*.at"]'))).toEqual({
    columns: new Map([["public.access_logs", ["at"]]]),
    faults: [
      'ignoreColumns "access_logs.id": id is part of the key, which always counts; take it out',
      'ignoreColumns "access_logs.pat" matches no column; did you mean access_logs.path?',
    ],
    notes: [],
  });
});

test("who could be meant by a column: names, types, roles, short names, trees, keys of one's own", () => {
  const schema = of(
    table("shop_customers", "id integer, email text"),
    table("shop_addresses", "id bigint, shop_customer_id integer, kind text"),
    table(
      "shop_orders",
      "id integer, customerid integer, cust integer, billing_address_id bigint, parent_id integer, customer_id text, quantity integer",
    ),
    table("shop_customer_details", "id integer, likes text"),
  );
  expect(
    suspectsOf(schema).map((one) => [
      `${one.child.slice(12)}.${one.column}`,
      one.parent.slice(12),
      one.strength,
    ]),
  ).toEqual([
    ["addresses.shop_customer_id", "customers", "named"],
    ["orders.customerid", "customers", "named"],
    ["orders.cust", "customers", "hinted"],
    ["orders.billing_address_id", "addresses", "named"],
    ["orders.parent_id", "orders", "named"],
    ["orders.customer_id", "customers", "named"],
    ["customer_details.id", "customers", "hinted"],
  ]);
});

test("values confirm a hint only where nothing else explains them, and never a name that they contradict", () => {
  const counted = fc.record({
    set: fc.nat(1000),
    distinct: fc.nat(1000),
    reach: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(counted, fc.double({ min: 0, max: 1, noNaN: true }), ({ set, distinct, reach }, share) => {
      const looked = { set, found: Math.floor(set * share), distinct: Math.min(set, distinct), reach };
      const named = judge({ strength: "named", because: "" }, looked).likely;
      const hinted = judge({ strength: "hinted", because: "" }, looked).likely;
      expect(named).toBe(set === 0 || looked.found / set >= 0.5);
      expect(isFitting(looked)).toBe(hinted);
      expect(hinted).toBe(set > 0 && looked.found / set >= 0.98 && looked.distinct >= 10 && reach >= 0.1);
    }),
  );
  expect(judge({ strength: "hinted", because: "" }, undefined).likely).toBe(false);
});

test("the file's references: confirmed, denied, by type, faults with the nearest name; circles need no order", () => {
  const schema = of(
    table("customers", "id integer, favourite integer, email text"),
    table("orders", "id integer, customer integer, note text"),
    table("comments", "id integer, subject_id integer, subject_type text"),
  );
  const found = resolveReferences(
    schema,
    rules(`references:
  - { from: orders.customer, to: customers }
  - { from: public.customers.favourite, to: orders.id }
  - { from: comments.subject_id, type: subject_type, to: { Customer: customers, Client: customers, Order: orders, Page: none } }
  - { from: orders.note, to: none }`),
  );
  expect(found.faults).toEqual([]);
  expect(found.denied).toEqual(["public.orders.note"]);
  expect(found.keys.map(({ foreignKey }) => [foreignKey.name, foreignKey.nobody])).toEqual([
    ["customer to public.customers", ["0"]],
    ["favourite to public.orders", ["0"]],
    ["subject_id to public.customers (subject_type Customer or Client)", ["0"]],
    ["subject_id to public.orders (subject_type Order)", ["0"]],
  ]);
  const [, orders] = withReferences(schema, found.keys).tables;
  expect(
    withReferences(schema, found.keys).tables.map((one) => one.foreignKeys.map((key) => key.deferrable)),
  ).toEqual([[true], [false], [false, false]]);
  expect(orders?.foreignKeys[0]).toMatchObject({ undeclared: "confirmed", parentColumns: ["id"] });
  expect(
    resolveReferences(
      schema,
      rules(
        "references: [{ from: orders.custmer, to: customers }, { from: orders.customer, to: custmers }, { from: orders.customer, to: customers.email }]",
      ),
    ).faults,
  ).toEqual([
    'references[0].from "orders.custmer": there is no such column; did you mean orders.customer?',
    'references[1].to "custmers": there is no such table; did you mean public.customers?',
    "references[2].to: public.customers.email is text and public.orders.customer is integer; their values cannot be the same",
  ]);
});

test("numbers: what ties a sequence, what counts up, which rows are counters", () => {
  const unattached = (name: string) => ({
    name,
    increment: 1n,
    max: 99n,
    cache: 1n,
    cycles: false,
    uses: [{ table: name, column: "", kind: "unattached" as const, typeMax: undefined }],
  });
  const trigger = (body: string): Trigger => ({ name: "t", enabled: "O", body });
  const schema: Schema = {
    ...of(
      table("letters", "id integer, no text", {
        triggers: [trigger("BEGIN NEW.no := 'L-' || nextval('public.letter_seq'::regclass); END")],
      }),
      table("bills", "id integer, n integer", {
        triggers: [trigger("SET NEW.`n` = NEXT VALUE FOR `bill_no`")],
      }),
      table("invoices", "id integer, number integer, label text"),
    ),
    generators: ["public.letter_seq", "public.bill_no", "public.invoice_numbers", "public.other"].map(
      unattached,
    ),
  };
  expect(
    [...tiesOf(schema)].map(([name, uses]) => [name, uses.map((use) => `${use.table}.${use.column}`)]),
  ).toEqual([
    ["public.letter_seq", ["public.letters.no"]],
    ["public.bill_no", ["public.bills.n"]],
    ["public.invoice_numbers", ["public.invoices.number"]],
  ]);
  fc.assert(
    fc.property(
      fc.constantFrom("", "INV-", "2026/"),
      fc.integer({ min: 0, max: 1e6 }),
      fc.array(fc.boolean(), { minLength: 20, maxLength: 60 }),
      (prefix, start, steps) => {
        let at = start;
        const values = steps.map((gap) => `${prefix}${(at += gap ? 2 : 1)}`).reverse();
        // Digits before the number: nobody can tell where it begins.
        expect(countsUp(values) !== undefined).toBe(prefix !== "2026/");
        expect(countsUp([...values].reverse())).toBeUndefined();
        expect(countsUp([...values, values[0] ?? null])).toBeUndefined();
      },
    ),
  );
  const [, , invoices] = schema.tables;
  if (invoices === undefined) throw new Error("no table");
  const fed = { table: invoices, column: column("number integer"), highest: 4050n };
  const verdict = (value: bigint, words: string[], named: boolean) =>
    judgeCounter(value, words, named, [fed])?.recognised;
  expect([
    verdict(4051n, ["invoice"], false),
    verdict(4050n, ["x"], true),
    verdict(4090n, ["invoice"], true),
  ]).toEqual([true, true, true]);
  expect([
    verdict(4051n, ["x"], false),
    verdict(4052n, ["x"], true),
    verdict(4000n, ["invoice"], true),
  ]).toEqual([false, undefined, undefined]);
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (key) => {
      const one = counterGenerator(invoices, column("number integer"), key, {
        table: "t",
        column: "c",
        kind: "counter",
        typeMax: 1n,
      });
      expect(one.name.length).toBeLessThanOrEqual(64);
    }),
  );
  expect(z.string().parse(countsUp(Array.from({ length: 30 }, (_, at) => `A${130 - at}`)))).toContain(
    "fill 101 to 130",
  );
});
