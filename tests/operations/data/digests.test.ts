/** A row's digest: it tells apart what prints differently, and nothing else; and a base that made it otherwise still holds. */
import fc from "fast-check";
import { Client } from "pg";
import { tableDigest } from "../../../operations/data/engines/postgres/digest";
import { openDatabase } from "../../../operations/data/engines";
import type { Table } from "../../../operations/data/model";
import { withPostgres } from "../../support/postgres";
import { contents, query, rows, schema } from "./shop";
import { connection, reconcile, sync, synced } from "./sides";

const server = withPostgres();
const place = { server, query };

const types = {
  small: "smallint",
  whole: "integer",
  big: "bigint",
  yes: "boolean",
  note: "text",
  short: "varchar(20)",
  padded: "char(4)",
  price: "numeric(12,3)",
  loose: "numeric",
  at: "timestamp",
  seconds: "timestamp(0)",
  there: "timestamptz",
  day: "date",
  one: "uuid",
  size: "float8",
  folded: 'text COLLATE "folded"',
  document: "jsonb",
  words: "text[]",
  prices: "numeric(12,3)[]",
} as const;
type Name = keyof typeof types;

const instant = fc.oneof(
  fc.constantFrom("infinity", "-infinity", "294276-12-31 23:59:59.999999", "4713-01-01 00:00:00 BC"),
  fc
    .tuple(
      fc.date({ min: new Date("0100-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
      fc.nat(999),
    )
    .map(([date, micros]) =>
      date.toISOString().replace("T", " ").replace("Z", String(micros).padStart(3, "0")),
    ),
);
const text = fc.oneof(
  fc.constantFrom("", " ", ",", '"', "NULL", "a", "A", "ä"),
  fc.string({ maxLength: 4 }).map((one) => one.replaceAll("\0", "")),
);
const decimal = fc
  .tuple(fc.integer({ min: -2000, max: 2000 }), fc.nat(3))
  .map(([n, at]) => `${n / 10 ** at}`);
/** Halves that change places, and numbers that only their upper half tells apart. */
const big = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 }))
  .map(([high, low]) => String((BigInt(high) << 32n) + BigInt(low)));
const values: Readonly<Record<Name, fc.Arbitrary<string>>> = {
  small: fc.integer({ min: -3, max: 3 }).map(String),
  whole: fc.oneof(fc.constantFrom("2147483647", "-2147483648"), fc.integer({ min: -3, max: 3 }).map(String)),
  big: fc.oneof(fc.constantFrom("9223372036854775807", "-9223372036854775808"), big),
  yes: fc.constantFrom("t", "f"),
  note: text,
  short: text,
  padded: fc.constantFrom("", "a", "a ", "abcd"),
  price: fc.oneof(fc.constantFrom("NaN", "0"), decimal),
  loose: fc.constantFrom("1", "1.0", "1.00", "NaN"),
  at: instant,
  seconds: instant,
  there: instant.filter((one) => !one.startsWith("294276")),
  day: fc.constantFrom("5874897-12-31", "infinity", "2010-05-03", "2010-05-04"),
  one: fc.uuid(),
  size: fc.constantFrom("0", "-0", "NaN", "0.1", "0.30000000000000004", "0.3"),
  folded: fc.constantFrom("a", "A", "á"),
  document: fc.constantFrom('{"a": 1}', '{"a": 1.0}', "1", "null"),
  words: fc.constantFrom("{}", "{NULL}", '{"NULL"}', "{a,b}"),
  prices: fc.constantFrom("{}", "{1.5}", "{NULL}"),
};
const names = Object.keys(types) as readonly Name[];
const row = fc
  .tuple(...names.map((one) => fc.option(values[one], { freq: 4 })))
  .map((all) => Object.fromEntries(names.map((one, at) => [one, all[at] ?? null])));

async function tableOf(url: string): Promise<Table> {
  const database = await openDatabase(connection(url), "test");
  try {
    const table = (await database.introspect()).tables.find(({ name }) => name === "public.kinds");
    if (table === undefined) throw new Error("the table is missing");
    return table;
  } finally {
    await database.close();
  }
}

test("rows have one digest where they print alike, and two where they do not, whatever their columns are", async () => {
  const url = await server.database();
  const columns = names.map((one) => `${one} ${types[one]}`).join(", ");
  await query(
    url,
    `CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
     CREATE TABLE kinds (id integer PRIMARY KEY, ${columns})`,
  );
  const table = await tableOf(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET TimeZone = 'UTC'; SET extra_float_digits = 1");
    await fc.assert(
      // Rows that differ in one column alone are what a digest is for.
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 40 }), async (all) => {
        const [first = {}] = all;
        const others = all.flatMap((one) => [
          one,
          ...names.map((name) => ({ ...first, [name]: one[name] ?? null })),
        ]);
        const { rows: found } = await client.query<{ digest: string; printed: string }>(
          `SELECT ${tableDigest("t", table)} AS digest, ROW(${names.map((one) => `t.${one}`).join(", ")})::text AS printed
             FROM jsonb_populate_recordset(NULL::kinds, $1::jsonb) t`,
          [JSON.stringify(others.map((one) => ({ id: 1, ...texts(one) })))],
        );
        const printed = new Map(found.map((one) => [one.digest, one.printed]));
        expect(found.filter((one) => printed.get(one.digest) !== one.printed)).toEqual([]);
        expect(printed.size).toBe(new Set(found.map((one) => one.printed)).size);
      }),
      { numRuns: 250 },
    );
  } finally {
    await client.end();
  }
});

/** What hashes are known to fold, to leave out or to take for the same: signs, halves, powers of their own base. */
const telling: Partial<Record<Name, readonly string[]>> = {
  small: ["0", "1", "-1", "32767", "-32768"],
  whole: ["0", "1", "-1", "65536", "-65536", "2147483647", "-2147483648"],
  big: ["0", "1", "-1", "4294967296", "-4294967296", "4294967297", "8589934592", "-2", "9223372036854775807"],
  yes: ["t", "f"],
  note: ["", " ", "  ", "a", "A", "a ", "0", "ab", "ba", "NULL"],
  short: ["", " ", "a", "A", "a "],
  price: [
    "0",
    "NaN",
    "1",
    "-1",
    "10",
    "100",
    "10000",
    "-10000",
    "100000000",
    "0.1",
    "0.01",
    "0.001",
    "-0.001",
    "5",
    "50000",
  ],
  at: [
    "infinity",
    "-infinity",
    "2010-05-03 04:30:00",
    "2010-05-03 04:30:00.000001",
    "2010-05-03 05:41:34.967296",
    "1970-01-01",
    "1970-01-02",
    "2000-01-01 00:00:00.000001",
    "2000-01-01 01:11:34.967296",
  ],
  there: [
    "infinity",
    "-infinity",
    "2010-05-03 04:30:00+00",
    "2010-05-03 04:30:00+01",
    "2010-05-03 04:30:00.000001+00",
    "1970-01-01 00:00:00+00",
    "2000-01-01 00:00:00.000001+00",
    "2000-01-01 01:11:34.967296+00",
  ],
  one: [
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000001",
    "10000000-0000-0000-0000-000000000000",
  ],
};

test("what a single hash would take for the same is told apart, alone and where two rows have changed places", async () => {
  const url = await server.database();
  for (const [kind, all] of Object.entries(telling)) {
    await query(
      url,
      `DROP TABLE IF EXISTS kinds; CREATE TABLE kinds (id integer PRIMARY KEY, v ${types[kind as Name]})`,
    );
    const digest = tableDigest("t", await tableOf(url));
    const several = [null, ...all];
    const found = await query<{ one: number; other: number; same: boolean; swapped: boolean }>(
      url,
      `WITH v AS (SELECT n, v FROM unnest($$${arrayOf(several)}$$::${types[kind as Name]}[]) WITH ORDINALITY u(v, n)),
         d AS (SELECT n, i, ${digest} AS d FROM v, generate_series(1, 2) i, LATERAL (SELECT i AS id, v.v) t)
       SELECT a1.n::int AS one, b1.n::int AS other, a1.d = b1.d AS same, a1.d::numeric + b2.d = b1.d::numeric + a2.d AS swapped
         FROM d a1 JOIN d b1 ON b1.n > a1.n AND a1.i = 1 AND b1.i = 1
         JOIN d a2 ON a2.n = a1.n AND a2.i = 2 JOIN d b2 ON b2.n = b1.n AND b2.i = 2`,
    );
    expect(found).toHaveLength((several.length * (several.length - 1)) / 2);
    const taken = found.filter(({ same, swapped }) => same || swapped);
    expect([kind, taken.map(({ one, other }) => [several[one - 1], several[other - 1]])]).toEqual([kind, []]);
  }
});

const arrayOf = (all: readonly (string | null)[]): string =>
  `{${all.map((one) => (one === null ? "NULL" : JSON.stringify(one))).join()}}`;

/** As the first version of these formulas made them: a base that was recorded then must mean the same for ever. */
const recorded = [
  [
    "1",
    {
      small: "-7",
      whole: "5",
      big: "-4294967297",
      yes: "true",
      note: "",
      short: "x",
      padded: "ab",
      price: "-12.500",
    },
    "7010688592946956974",
  ],
  [
    "2",
    {
      price: "12.500",
      at: "2010-05-05 16:30:00.25",
      there: "2010-05-05 16:30:00+02",
      day: "2010-05-05",
      size: "-0",
    },
    "7876970297305084264",
  ],
  [
    "3",
    {
      one: "5f0c0f4e-1de7-4f2b-9d4b-3c8f2a6d7e90",
      loose: "-1.50",
      document: '{"b": 1}',
      seconds: "2010-05-05 16:30:00",
    },
    "-2998784889590517119",
  ],
  ["4", {}, "7545748527687114009"],
] as const;

test("what a base holds stays true: a row's digest is the same in every version", async () => {
  const url = await server.database();
  const own = names.filter((one) => one !== "folded" && one !== "words" && one !== "prices");
  await query(
    url,
    `CREATE TABLE kinds (id integer PRIMARY KEY, ${own.map((one) => `${one} ${types[one]}`).join(", ")})`,
  );
  const table = await tableOf(url);
  const found = await query<{ digest: string }>(
    url,
    `SELECT (${tableDigest("t", table)})::text AS digest
       FROM jsonb_populate_recordset(NULL::kinds, '${JSON.stringify(recorded.map(([id, values]) => ({ id, ...values })))}') t ORDER BY id`,
  );
  expect(found.map(({ digest }) => digest)).toEqual(recorded.map(([, , digest]) => digest));
});

test("a table may have as many columns as a table can have", async () => {
  const url = await server.database();
  const columns = Array.from({ length: 1599 }, (_, at) => `c${at} timestamp`);
  await query(url, `CREATE TABLE kinds (id integer PRIMARY KEY, ${columns.join(", ")})`);
  const digest = tableDigest("t", await tableOf(url));
  await query(url, "INSERT INTO kinds (id, c0, c1598) VALUES (1, now(), now())");
  const first = await query(url, `SELECT ${digest} AS digest FROM kinds t`);
  for (const column of ["c0", "c1598"]) {
    await query(url, `UPDATE kinds SET ${column} = ${column} + interval '1 microsecond'`);
    expect(await query(url, `SELECT ${digest} AS digest FROM kinds t`)).not.toEqual(first);
    await query(url, `UPDATE kinds SET ${column} = ${column} - interval '1 microsecond'`);
    expect(await query(url, `SELECT ${digest} AS digest FROM kinds t`)).toEqual(first);
  }
});

/** A JSON document stays one; everything else is read from its text. */
const texts = (one: Readonly<Record<string, string | null>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => [
      name,
      value !== null && name === "document" ? (JSON.parse(value) as unknown) : value,
    ]),
  );

/** As the base was before columns had hashes of their own. */
async function asEarlier(standby: string): Promise<void> {
  const tables = await query<{ id: number; table_name: string; columns: string[]; key_columns: string[] }>(
    standby,
    "SELECT id, table_name, columns, key_columns FROM warm_standby.base_tables",
  );
  for (const { id, table_name, columns, key_columns } of tables) {
    const keys = key_columns.map((key, at) => `b.k${at + 1} = t.${key}`).join(" AND ");
    await query(
      standby,
      `UPDATE warm_standby.base_${id} b SET digest = hashtextextended(ROW(${columns.map((one) => `t.${one}`).join(", ")})::text COLLATE "C", 0)
         FROM ${table_name} t WHERE ${keys}`,
    );
  }
  await query(standby, "ALTER TABLE warm_standby.base_tables DROP COLUMN as_text");
}

const kinds = (standby: string): Promise<readonly unknown[]> =>
  query(standby, "SELECT DISTINCT as_text FROM warm_standby.base_tables ORDER BY 1");
const changes = `UPDATE orders SET state = 'paid' WHERE id = 101;
  INSERT INTO customers (email, name) VALUES ('late@blanklabel.example', 'Late')`;

test("a base whose digests an earlier version made of texts is still understood, there and back", async () => {
  const { primary, standby } = await synced(place, { schema, rows });
  await asEarlier(standby);
  await query(primary, changes);
  await query(standby, "UPDATE orders SET state = 'paid' WHERE id = 105");
  const done = await reconcile(primary, standby);
  expect([done.inserted, done.updated, done.deleted, done.conflicts, done.verified]).toEqual([
    1,
    1,
    0,
    [],
    true,
  ]);
  const back = await reconcile(standby, primary);
  expect([back.inserted, back.updated, back.deleted, back.conflicts]).toEqual([0, 1, 0, []]);
  const again = await reconcile(primary, standby);
  expect([again.inserted, again.updated, again.deleted, again.conflicts]).toEqual([0, 0, 0, []]);
  expect(await contents(standby)).toBe(await contents(primary));
});

test("the next sync brings what changed since, and records the base anew", async () => {
  const { primary, standby } = await synced(place, { schema, rows });
  await asEarlier(standby);
  await query(primary, changes);
  const done = await sync(primary, standby);
  expect(done.tables.reduce((sum, one) => sum + one.inserted + one.updated + one.deleted, 0)).toBe(2);
  expect(await kinds(standby)).toEqual([{ as_text: false }]);
  const again = await sync(primary, standby);
  expect(again.tables.reduce((sum, one) => sum + one.inserted + one.updated + one.deleted, 0)).toBe(0);
  expect(await contents(standby)).toBe(await contents(primary));
});
