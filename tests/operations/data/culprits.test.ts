/** Rows that a target refuses are found among many, and no others are blamed. */
import fc from "fast-check";
import { rowId, type RowRef } from "../../../operations/data/model";
import { findCulprits } from "../../../operations/data/runs/culprits";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { kinds, reconcile, synced } from "./sides";
import { reconcileText } from "../../../operations/data/text";

const constraint = "it is minded";

/** A table whose rows may need another of it, written all or none. */
class Target {
  readonly label = "the target";
  readonly written = new Set<number>();

  constructor(
    private readonly minded: ReadonlySet<number>,
    private readonly needs: ReadonlyMap<number, number>,
  ) {}

  trial = async <T>(action: () => Promise<T>): Promise<T> => {
    const before = [...this.written];
    try {
      return await action();
    } catch (error) {
      this.written.clear();
      for (const one of before) this.written.add(one);
      throw error;
    }
  };
  constraintFault = (error: unknown): string | undefined =>
    error instanceof Error && error.message === constraint ? constraint : undefined;
  write = (rows: readonly RowRef[]): Promise<void> => {
    const ids = rows.map(({ key }) => Number(key[0]));
    for (const id of ids) this.written.add(id);
    const fails = ids.some((id) => this.minded.has(id) || !this.written.has(this.needs.get(id) ?? id));
    return fails ? Promise.reject(new Error(constraint)) : Promise.resolve();
  };
}

test("whatever the target minds, and what needs it, is found; everything else is written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((count) =>
        fc.record({
          ids: fc.shuffledSubarray(
            Array.from({ length: count }, (_, at) => at),
            { minLength: count },
          ),
          minded: fc.uniqueArray(fc.nat(count - 1), { maxLength: 5 }),
          // Towards lower ids, so that there is no circle.
          parents: fc.array(fc.option(fc.nat(count)), { minLength: count, maxLength: count }),
        }),
      ),
      async ({ ids, minded, parents }) => {
        const needs = new Map(
          parents.flatMap((parent, id) => (parent === null || parent >= id ? [] : [[id, parent] as const])),
        );
        const target = new Target(new Set(minded), needs);
        const rows = ids.map((id): RowRef => ({ table: "t", key: [String(id)] }));
        const culprits = await findCulprits(target, rows, target.write);
        const isMinded = (id: number): boolean => {
          const parent = needs.get(id);
          return minded.includes(id) || (parent !== undefined && isMinded(parent));
        };
        const wanted = ids.filter(isMinded);
        expect([...culprits.keys()].sort()).toEqual(wanted.map((id) => rowId("t", [String(id)])).sort());
        expect([...target.written].sort()).toEqual(ids.filter((id) => !isMinded(id)).sort());
      },
    ),
    { numRuns: 300 },
  );
});

test("where thousands are minded it is no matter of single rows; any other error stays what it is", async () => {
  const rows = Array.from({ length: 6000 }, (_, id): RowRef => ({ table: "t", key: [String(id)] }));
  const target = new Target(new Set(rows.keys()), new Map());
  await expect(findCulprits(target, rows, target.write)).rejects.toThrow(
    "the target refuses over 5000 rows of t (it is minded); none of these was written",
  );
  await expect(findCulprits(target, rows, () => Promise.reject(new Error("cut")))).rejects.toThrow("cut");
});

const server = withPostgres();
const shop = {
  schema: `
    CREATE TABLE customers (id serial PRIMARY KEY, name text, referred_by int REFERENCES customers);
    CREATE TABLE orders (id serial PRIMARY KEY, customer int NOT NULL REFERENCES customers, total int);`,
  rows: "INSERT INTO customers (name) SELECT 'C' || n FROM generate_series(1, 20) n; INSERT INTO orders (customer, total) VALUES (1, 1);",
};

test("a rule of the target's own holds back the rows it is about, says what it says, and brings the others", async () => {
  const { primary, standby } = await synced({ server, query }, shop);
  await query(
    primary,
    `INSERT INTO customers (name, referred_by) SELECT 'late' || n, 19 + n FROM generate_series(1, 50) n;
     INSERT INTO orders (customer, total) SELECT 20 + n, n FROM generate_series(1, 50) n;
     UPDATE customers SET name = 'changed' WHERE id = 3; UPDATE customers SET name = 'forbidden' WHERE id = 4`,
  );
  await query(
    standby,
    `ALTER TABLE orders ADD CONSTRAINT few CHECK (total <> 30);
     CREATE FUNCTION minds() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.name IN ('late45', 'forbidden') THEN RAISE EXCEPTION 'not this one: %', NEW.name; END IF; RETURN NEW; END $$;
     CREATE TRIGGER minds BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION minds()`,
  );
  const done = await reconcile(primary, standby);
  expect(kinds(done)).toEqual([
    ["unique", "public.customers", "4"],
    ["unique", "public.customers", "65"],
    ["unique", "public.orders", "31"],
  ]);
  expect(done.conflicts.map((one) => [one.reason, one.held.length])).toEqual([
    ["not this one: forbidden", 0],
    // With those whom each of them brought in turn, and their orders.
    ["not this one: late45", 11],
    [expect.stringContaining('violates check constraint "few"'), 0],
  ]);
  expect(reconcileText(done)).toContain("    the target refuses it: not this one: late45");
  expect([done.inserted, done.updated, done.verified]).toEqual([44 + 43, 1, true]);
  expect((await reconcile(primary, standby)).conflicts).toEqual(done.conflicts);
});

test("a reference in other words leads to the same row", async () => {
  const { primary, standby } = await synced(
    { server, query },
    {
      schema: `
        CREATE EXTENSION IF NOT EXISTS citext;
        CREATE TABLE products (sku citext PRIMARY KEY, name text);
        CREATE TABLE items (id serial PRIMARY KEY, sku citext NOT NULL REFERENCES products);`,
      rows: "INSERT INTO products VALUES ('Shirt-1', 'a'); INSERT INTO items (sku) VALUES ('shirt-1');",
    },
  );
  await query(
    primary,
    "INSERT INTO products VALUES ('Shirt-2', 'b'); INSERT INTO items (sku) VALUES ('SHIRT-1'), ('SHIRT-2')",
  );
  const done = await reconcile(primary, standby);
  expect([done.inserted, done.conflicts, done.verified]).toEqual([3, [], true]);
  // The same article under another spelling is there already.
  await query(
    primary,
    "INSERT INTO products VALUES ('Shirt-3', 'c'); INSERT INTO items (sku) VALUES ('shirt-3')",
  );
  await query(standby, "INSERT INTO products VALUES ('SHIRT-3', 'its own')");
  const taken = await reconcile(primary, standby);
  expect(kinds(taken)).toEqual([["unique", "public.products", "Shirt-3"]]);
  expect(taken.conflicts[0]?.held).toHaveLength(1);
});
