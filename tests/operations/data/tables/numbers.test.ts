/** Numbers that no column's own generator hands out, on a real database. */
import { parseTableRules } from "../../../../operations/data/tables/file";
import { operations } from "../../../../operations/data/engine";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { connection, counts, pair, quiet, reconcile, sync } from "../sides";

const server = withPostgres();
const place = { server, query };
const rule = { kind: "fixed", ids: 1000n } as const;
const file = (text: string) => ({
  rules: parseTableRules(text, "standby.tables.yaml"),
  file: "standby.tables.yaml",
});

const schema = `
  CREATE SEQUENCE letter_numbers;
  CREATE SEQUENCE credit_note_numbers;
  CREATE TABLE invoices (id serial PRIMARY KEY, number int NOT NULL UNIQUE);
  CREATE TABLE counters (name text PRIMARY KEY, value int NOT NULL);
  CREATE TABLE letters (id serial PRIMARY KEY, no int UNIQUE);
  CREATE TABLE credit_notes (id serial PRIMARY KEY, number int UNIQUE);
  CREATE TABLE parcels (id serial PRIMARY KEY, parcel_no text NOT NULL);
  CREATE FUNCTION letter_no() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.no := coalesce(NEW.no, nextval('public.letter_numbers')); RETURN NEW; END $$;
  CREATE TRIGGER letter_no BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION letter_no();`;
const rows = `
  INSERT INTO invoices (number) SELECT 4000 + n FROM generate_series(1, 50) n;
  INSERT INTO counters VALUES ('invoice', 4051);
  INSERT INTO letters (no) SELECT NULL FROM generate_series(1, 30) n;
  INSERT INTO credit_notes (number) SELECT 700 + n FROM generate_series(1, 30) n;
  INSERT INTO parcels (parcel_no) SELECT 'P-' || lpad(n::text, 6, '0') FROM generate_series(1, 40) n;`;

test("sequences behind triggers and names, lagging ones too, and counters in rows are offset; what only counts up is named", async () => {
  const { primary, standby } = await pair(place, { schema, rows });
  const done = await sync(primary, standby, { rule });
  const seeds = done.identities.map((one) => [`${one.table}.${one.column}`, one.kind, one.seed, one.status]);
  expect(seeds).toEqual(
    expect.arrayContaining([
      ["public.invoices.number", "counter", 6000n, "raised"],
      ["public.letters.no", "sequence", 2000n, "raised"],
      ["public.credit_notes.number", "sequence", 2000n, "raised"],
    ]),
  );
  expect(done.numbers.map((one) => [one.column, one.generator, one.status])).toEqual([
    ["public.credit_notes.number", "sequence", "offset"],
    ["public.letters.no", "sequence", "offset"],
    ["public.invoices.number", "counter", "offset"],
    ["public.parcels.parcel_no", "unknown", "suspected"],
  ]);
  expect(done.warnings).toEqual(
    expect.arrayContaining([
      expect.stringContaining(
        "public.credit_note_numbers on the source stands at 0, below 730 in its table: what it hands out next is taken",
      ),
      expect.stringMatching(
        /^nothing in the database hands out these numbers, which count up: .*\nnumbers:\n {2}- \{ column: public\.parcels\.parcel_no, generator: max-plus-one \} # .* fill 1 to 40 .*; nothing keeps the two apart$/,
      ),
    ]),
  );
  expect(await query(standby, "SELECT value FROM counters")).toEqual([{ value: 6000 }]);
  expect(await query(standby, "SELECT nextval('credit_note_numbers')::int AS n")).toEqual([{ n: 2001 }]);

  // The primary counts on: a sync neither resets the standby's counter nor takes it for a change of its own.
  await query(
    primary,
    "INSERT INTO invoices (number) SELECT 4050 + n FROM generate_series(1, 7) n; UPDATE counters SET value = 4058; INSERT INTO counters VALUES ('voucher', 1)",
  );
  const next = await sync(primary, standby, { rule });
  expect(next.identities.find((one) => one.column === "number" && one.kind === "counter")).toMatchObject({
    seed: 6000n,
    used: 7n,
    status: "enough",
  });
  expect(await query(standby, "SELECT * FROM counters ORDER BY name")).toEqual([
    { name: "invoice", value: 6000 },
    { name: "voucher", value: 2000 },
  ]);
  const raised = await operations.identities(
    connection(primary),
    connection(standby),
    { rule: { kind: "fixed", ids: 20_000n }, apply: true },
    quiet,
  );
  expect(raised.identities.find((one) => one.column === "number" && one.kind === "counter")).toMatchObject({
    seed: 30_000n,
    status: "raised",
  });
  expect(await query(standby, "SELECT value FROM counters WHERE name = 'invoice'")).toEqual([
    { value: 30_000 },
  ]);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
  await query(standby, "INSERT INTO letters (no) VALUES (NULL)");
  expect(await query(standby, "SELECT max(no) AS no FROM letters")).toEqual([{ no: 30_001 }]);
});

test("by the file's word: a counter in a table of other things, MAX()+1 as a conflict, a sequence left alone", async () => {
  const { primary, standby } = await pair(place, {
    schema: `${schema} DROP TABLE counters; CREATE TABLE settings (name text PRIMARY KEY, value int NOT NULL);`,
    rows: rows.replace(
      "INSERT INTO counters VALUES ('invoice', 4051)",
      "INSERT INTO settings VALUES ('last_invoice', 4050), ('colour', 7)",
    ),
  });
  const looked = await sync(primary, standby, { rule, dryRun: true });
  expect(looked.warnings.filter((one) => one.startsWith("public.settings"))).toEqual([
    expect.stringContaining(
      'numbers: [{ column: public.invoices.number, generator: counter, counter: { column: public.settings.value, row: "last_invoice" } }]',
    ),
  ]);
  const tables = file(`
    numbers:
      - column: invoices.number
        generator: counter
        counter: { column: settings.value, row: last_invoice }
      - { column: parcels.parcel_no, generator: max-plus-one }
      - { column: letters.no, generator: sequence, sequence: letter_numbers, treat: leave }`);
  const done = await sync(primary, standby, { rule, tables });
  expect(done.identities.some((one) => one.column === "no")).toBe(false);
  expect(await query(standby, "SELECT * FROM settings ORDER BY name")).toEqual([
    { name: "colour", value: 7 },
    { name: "last_invoice", value: 6000 },
  ]);
  // Both sites give the next parcel one number. The file is remembered with the base.
  await query(primary, "INSERT INTO parcels (parcel_no) VALUES ('P-000041'), ('P-000042')");
  await query(standby, "INSERT INTO parcels (parcel_no) VALUES ('P-000041')");
  const late = await reconcile(primary, standby);
  expect(late.conflicts.map((one) => [one.kind, one.table, one.key.join()])).toEqual([
    ["unique", "public.parcels", "41"],
  ]);
  expect(counts(late)).toEqual([1, 0, 0, 1]);
  await expect(reconcile(primary, standby, { merge: ["parcels"] })).rejects.toThrow(
    "has nothing unique besides its key",
  );
});
