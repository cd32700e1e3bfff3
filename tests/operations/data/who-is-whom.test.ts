/** Who is merged with whom, who gets an id of his own and who stays: where one row's lot decides another's. */
import type { ReconcileRequest, ReconcileResult } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { kinds, reconcile, synced, type Sides } from "./sides";

const server = withPostgres();

const shop = {
  schema: `
    CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, phone text UNIQUE, referred_by int REFERENCES customers);
    CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, note text);`,
  rows: `INSERT INTO customers (email) SELECT 'c' || n FROM generate_series(1, 9) n;`,
};
const settling = ["customers"];
const afterCutover = (primary: string, standby: string): Promise<Sides> =>
  synced({ server, query }, shop, { rule: { kind: "fixed", ids: 1000n } }).then(async (sides) => {
    await query(sides.primary, primary);
    await query(sides.standby, standby);
    return sides;
  });
const owners = (url: string) =>
  query(url, "SELECT note, email FROM orders o JOIN customers c ON c.id = customer_id ORDER BY 1");
const numbers = ({ inserted, updated, deleted, remapped, merged }: ReconcileResult): readonly number[] => [
  inserted,
  updated,
  deleted,
  remapped.length,
  merged.length,
];
/** The same from a dry run as from the run, and nothing left to do after it. */
async function run(
  { primary, standby }: Sides,
  request: Partial<ReconcileRequest>,
): Promise<ReconcileResult> {
  const dry = await reconcile(primary, standby, { ...request, dryRun: true });
  const done = await reconcile(primary, standby, request);
  expect([numbers(dry), kinds(dry)]).toEqual([numbers(done), kinds(done)]);
  const again = await reconcile(primary, standby, request);
  expect([numbers(again), kinds(again)]).toEqual([[0, 0, 0, 0, 0], kinds(done)]);
  return done;
}

test("a value that its holder gives away in this run makes nobody that holder", async () => {
  const late = `UPDATE customers SET email = 'z' WHERE id = 8; INSERT INTO customers (id, email) VALUES (10, 'c8');
    INSERT INTO orders (customer_id, note) VALUES (10, 'of c8');`;
  for (const request of [{ remap: settling }, { remap: settling, merge: settling }]) {
    const sides = await afterCutover(late, "INSERT INTO customers (id, email) VALUES (10, 'own')");
    expect(numbers(await run(sides, request))).toEqual([2, 1, 0, 1, 0]);
    expect(await owners(sides.standby)).toEqual([{ note: "of c8", email: "c8" }]);
  }
});

test("nor one that he gives away once he refers to somebody who needs another id", async () => {
  const sides = await afterCutover(
    `INSERT INTO customers (id, email) VALUES (10, 'ten');
     UPDATE customers SET email = 'z', referred_by = 10 WHERE id = 8; INSERT INTO customers (id, email) VALUES (11, 'c8');
     INSERT INTO orders (customer_id, note) VALUES (11, 'of c8')`,
    "INSERT INTO customers (id, email) VALUES (10, 'own')",
  );
  expect(numbers(await run(sides, { remap: settling, merge: settling }))).toEqual([3, 1, 0, 1, 0]);
  expect(await owners(sides.standby)).toEqual([{ note: "of c8", email: "c8" }]);
});

test("--inserts-only says whom it merged, and the next run knows", async () => {
  const sides = await afterCutover(
    "INSERT INTO customers (id, email) VALUES (10, 'x'); INSERT INTO orders (customer_id, note) VALUES (10, 'of x')",
    "INSERT INTO customers (id, email) VALUES (5000, 'x')",
  );
  expect(numbers(await run(sides, { merge: settling, insertsOnly: true }))).toEqual([1, 0, 0, 0, 1]);
  expect(numbers(await run(sides, {}))).toEqual([0, 0, 0, 0, 0]);
  expect(kinds(await reconcile(sides.standby, sides.primary))).toEqual([]);
});

test("a row that another was merged into stays when its own counterpart goes, and leads back", async () => {
  const sides = await afterCutover(
    "INSERT INTO customers (id, email) VALUES (10, 'x'); INSERT INTO orders (customer_id, note) VALUES (10, 'of x')",
    "UPDATE customers SET email = 'x' WHERE id = 8",
  );
  expect(numbers(await run(sides, { merge: settling }))).toEqual([1, 0, 0, 0, 1]);
  await query(sides.standby, "UPDATE customers SET email = 'c8' WHERE id = 8");
  await query(sides.primary, "DELETE FROM customers WHERE id = 8");
  const done = await run(sides, {});
  expect([numbers(done), kinds(done)]).toEqual([[0, 0, 0, 0, 0], []]);
  expect(await owners(sides.standby)).toEqual([{ note: "of x", email: "c8" }]);
  await query(sides.standby, "UPDATE customers SET phone = '7' WHERE id = 8");
  expect(kinds(await reconcile(sides.standby, sides.primary))).toEqual([]);
  expect(await query(sides.primary, "SELECT phone FROM customers WHERE id IN (8, 10)")).toEqual([
    { phone: "7" },
  ]);
});

test("who matches two rows is nobody's match, so --take settles him with --merge as without", async () => {
  for (const merge of [[], settling]) {
    const sides = await afterCutover(
      "INSERT INTO customers (id, email, phone) VALUES (10, 'x', '1')",
      "INSERT INTO customers (id, email, phone) VALUES (5000, 'x', '2'), (5001, 'y', '1')",
    );
    const done = await run(sides, { merge, take: [{ side: "target", row: "customers" }] });
    expect([numbers(done), kinds(done)]).toEqual([[0, 0, 0, 0, 0], []]);
  }
});

describe("a new row under an id that a deleted one got there", () => {
  const newcomer = async (email: string, standby = ""): Promise<Sides> => {
    const sides = await afterCutover(
      "INSERT INTO customers (id, email) VALUES (10, 'late')",
      "INSERT INTO customers (id, email) VALUES (10, 'own')",
    );
    const { remapped } = await reconcile(sides.primary, sides.standby, { remap: settling });
    const id = remapped[0]?.to?.[0] ?? "";
    await query(
      sides.primary,
      `DELETE FROM customers WHERE id = 10; INSERT INTO customers (id, email) VALUES (${id}, '${email}');
       INSERT INTO orders (customer_id, note) VALUES (${id}, 'of ${email}')`,
    );
    if (standby !== "") await query(sides.standby, standby.replaceAll("$", id));
    return sides;
  };

  test("comes with the next run, which is said", async () => {
    const { primary, standby } = await newcomer("new");
    const done = await reconcile(primary, standby);
    expect([numbers(done), done.conflicts.map(({ kind }) => kind)]).toEqual([
      [0, 0, 1, 0, 0],
      ["id-collision"],
    ]);
    expect(done.warnings.join()).toMatch(/customers: whoever has the id .* the next one brings them: \d+/);
    expect(numbers(await reconcile(primary, standby))).toEqual([2, 0, 0, 0, 0]);
    expect(await owners(standby)).toEqual([{ note: "of new", email: "new" }]);
  });

  test("is never that one, nor are its orders his, whatever is settled how", async () => {
    for (const request of [
      { take: [{ side: "target" as const, row: "customers" }] },
      { take: [{ side: "target" as const, row: "customers" }], batch: 1 },
      { merge: settling },
    ]) {
      const sides = await newcomer(
        "taken",
        "UPDATE customers SET email = 'taken' WHERE id = 3; INSERT INTO orders (customer_id, note) VALUES ($, 'of late')",
      );
      await reconcile(sides.primary, sides.standby, request);
      await reconcile(sides.primary, sides.standby, request);
      for (const { note, email } of await owners(sides.standby)) expect(note).toBe(`of ${String(email)}`);
    }
  });
});
