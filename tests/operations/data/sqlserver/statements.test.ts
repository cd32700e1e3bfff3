/** What is sent, to the letter, and what is made of the answers, in the shapes that the driver gives. */
import { Readable } from "node:stream";
import type { Table } from "../../../../operations/data/model";
import { everyStatement } from "./every-statement";
import { catalogueOf, sequences, shop } from "./catalogue";
import { recorded, serverError, type Answer } from "./recorder";

const opened = async (more: readonly (readonly [RegExp, Answer])[] = []) => {
  const found = await recorded([...more, ...catalogueOf(shop, sequences)]);
  const schema = await found.database.introspect();
  found.statements.length = 0;
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
  const table = (name: string): Table => {
    const one = tables.get(name);
    if (one === undefined) throw new Error(`no ${name}`);
    return one;
  };
  return { ...found, schema, table };
};
const oneLine = (sql: string | undefined): string => (sql ?? "").replaceAll(/\s+/g, " ").trim();
/** What was asked of the shop's own tables. */
const asked = (statements: readonly string[]): readonly string[] =>
  statements.filter((sql) => !sql.includes("sys.types")).map(oneLine);

test("nothing that came after SQL Server 2016, no MERGE and no WAITFOR", async () => {
  const all = (await everyStatement()).join("\n");
  expect(all).not.toMatch(
    /\b(?:MERGE|WAITFOR|STRING_AGG|TRIM|CONCAT_WS|TRANSLATE|GREATEST|LEAST|DATETRUNC|GENERATE_SERIES|JSON_ARRAY|JSON_OBJECT|OPENJSON|STRING_SPLIT|APPROX_\w+|LEFT_SHIFT|RIGHT_SHIFT)\b|IS (?:NOT )?DISTINCT FROM|NOLOCK|<<|>>/i,
  );
});

test("a locked row is read as it is now, key by key in one order", async () => {
  const { database, statements, table } = await opened([[/HASHBYTES/, [["-12345678901234567", "2"]]]]);
  const found = await database.read.digests(table("sales.every"), [["10"], ["9"]], "update");
  expect([...found]).toEqual([['["sales.every","2"]', "-12345678901234567"]]);
  const sql = asked(statements)[0] ?? "";
  expect(sql).toContain(
    "FROM (SELECT TRY_CONVERT(bigint, v.[k1]) AS [k1] FROM (VALUES (N'9'), (N'10')) v([k1])) k " +
      "JOIN [sales].[every] t WITH (UPDLOCK, ROWLOCK) ON t.[id] = k.[k1] OPTION (LOOP JOIN, FORCE ORDER)",
  );
  for (const [lock, hint] of [
    ["parent", "REPEATABLEREAD"],
    ["delete", "XLOCK"],
  ] as const) {
    await database.read.digests(table("sales.every"), [["1"]], lock);
    expect(statements.at(-1)).toContain(`t WITH (${hint}, ROWLOCK)`);
  }
});

test("rows go in where nobody is in the way, with their ids, and the counter is left no lower", async () => {
  let identity = 0;
  const { database, statements, table } = await opened([
    [/HOLDLOCK\) WHERE/, [["2"]]],
    [/IDENT_CURRENT/, () => [[["5000", "7"][identity++ % 2]]]],
  ]);
  const customers = table("dbo.customers");
  const stage = await database.write.makeStage(customers);
  expect(asked(statements)).toEqual([
    expect.stringMatching(
      /^CREATE TABLE \[#warm_standby_\d+\] \(\[id\] int NULL, \[email\] nvarchar\(80\) COLLATE SQL_Latin1_General_CP1_CI_AS NULL, \[referrer\] int NULL\)$/,
    ),
    `CREATE INDEX [key] ON [${stage}] ([id])`,
  ]);
  statements.length = 0;
  expect(await database.write.insert(customers, stage, [["1"], ["2"]], ["referrer"])).toEqual([["2"]]);
  expect(asked(statements)).toEqual([
    `SELECT CONVERT(varchar(20), s.[id]) FROM (SELECT TRY_CONVERT(int, v.[k1]) AS [k1] FROM (VALUES (N'1'), (N'2')) v([k1])) k ` +
      `JOIN [${stage}] s ON s.[id] = k.[k1] WHERE NOT EXISTS (SELECT 1 FROM [dbo].[customers] t WITH (UPDLOCK, HOLDLOCK) ` +
      `WHERE t.[id] = s.[id]) AND NOT EXISTS (SELECT 1 FROM [dbo].[customers] t WITH (UPDLOCK, HOLDLOCK) WHERE ` +
      `EXISTS (SELECT s.[email], s.[referrer] INTERSECT SELECT t.[email], t.[referrer])) OPTION (LOOP JOIN, FORCE ORDER)`,
    "SELECT CONVERT(varchar(50), IDENT_CURRENT(N'[dbo].[customers]'))",
    "SET IDENTITY_INSERT [dbo].[customers] ON",
    `INSERT INTO [dbo].[customers] ([id], [email], [referrer]) SELECT s.[id], s.[email], NULL FROM ` +
      `(SELECT TRY_CONVERT(int, v.[k1]) AS [k1] FROM (VALUES (N'2')) v([k1])) k JOIN [${stage}] s ON s.[id] = k.[k1]; ` +
      "SELECT CONVERT(varchar(20), ROWCOUNT_BIG())",
    "SET IDENTITY_INSERT [dbo].[customers] OFF",
    "SELECT CONVERT(varchar(50), IDENT_CURRENT(N'[dbo].[customers]'))",
    "DBCC CHECKIDENT (N'[dbo].[customers]', RESEED, 5000) WITH NO_INFOMSGS",
  ]);
});

test("a failed insert switches IDENTITY_INSERT off again, for the next table", async () => {
  let fails = true;
  const { database, statements, table } = await opened([
    [/HOLDLOCK\) WHERE/, [["1"]]],
    [/^INSERT INTO \[dbo\]/, () => (fails ? serverError(547, "The INSERT statement conflicted") : [["1"]])],
  ]);
  const [customers, every] = [table("dbo.customers"), table("sales.every")];
  await expect(database.write.insert(customers, "#s", [["1"]], [])).rejects.toThrow("conflicted");
  expect(statements.filter((sql) => sql.includes("SET IDENTITY_INSERT")).at(-1)).toBe(
    "SET IDENTITY_INSERT [dbo].[customers] OFF",
  );
  fails = false;
  statements.length = 0;
  await database.write.insert(every, "#s", [["1"]], []);
  expect(statements.filter((sql) => sql.includes("IDENTITY_INSERT"))).toEqual([
    "SET IDENTITY_INSERT [sales].[every] ON",
    "SET IDENTITY_INSERT [sales].[every] OFF",
  ]);
});

test("rows of a table that refers to itself are loaded together, others in runs", async () => {
  const rows = (count: number): Readable =>
    Readable.from(Array.from({ length: count }, (_, at) => [String(at), "e", null]));
  const { database, statements, loaded, table } = await opened([[/ROWCOUNT_BIG/, [["12001"]]]]);
  const customers = table("dbo.customers");
  let bytes = 0;
  const count = await database.write.load(
    customers,
    ["id", "email", "referrer"],
    rows(12_001),
    (more) => (bytes += more),
  );
  expect(count).toBe(12_001);
  expect(bytes).toBeGreaterThan(12_001);
  expect([...loaded.values()].map((all) => all.length)).toEqual([12_001]);
  expect(statements.filter((sql) => sql.startsWith("insert bulk"))).toHaveLength(3);
  expect(statements.filter((sql) => sql.startsWith("INSERT INTO"))).toHaveLength(1);
  statements.length = 0;
  await database.write.load(
    table("dbo.odd ]names"),
    ["k']1", "k 2", "number", "customer"],
    rows(5001),
    () => undefined,
  );
  const inserts = statements.filter((sql) => sql.startsWith("INSERT INTO"));
  expect(inserts).toHaveLength(2);
  expect(oneLine(inserts[0])).toContain(
    "SELECT CONVERT(nvarchar(50), r.[c1] COLLATE SQL_Latin1_General_CP1_CI_AS), " +
      "CONVERT(datetime2(7), r.[c2], 126), CONVERT(bigint, r.[c3]), CONVERT(int, r.[c4])",
  );
});

test("many keys are joined from a table beside the statement, so that one statement deletes them all", async () => {
  const { database, statements, table } = await opened([[/ROWCOUNT_BIG/, [["501"]]]]);
  const keys = Array.from({ length: 501 }, (_, at) => [String(at)]);
  expect(await database.write.remove(table("dbo.customers"), keys)).toEqual([]);
  const sent = asked(statements).map((sql) => sql.slice(0, 40));
  expect(sent).toEqual([
    expect.stringContaining("CREATE TABLE [#warm_standby_"),
    expect.stringContaining("INSERT INTO [#warm_standby_"),
    expect.stringContaining("INSERT INTO [#warm_standby_"),
    expect.stringContaining("DELETE t FROM [#warm_standby_"),
    expect.stringContaining("DROP TABLE IF EXISTS [#warm_standby_"),
  ]);
});

test("a computed unique value is worked out for rows that are not in the table yet; NULL equals NULL", async () => {
  const { database, statements, table } = await opened([[/INTERSECT/, [["1", "9"]]]]);
  const customers = table("dbo.customers");
  const [lower, filtered] = customers.uniqueKeys;
  if (lower === undefined || filtered === undefined) throw new Error("no unique keys");
  const rows = [{ key: ["1"], values: ["1", "A@b", null] }];
  expect(await database.read.holders(customers, lower, rows)).toEqual([[["1"], ["9"]]]);
  expect(oneLine(statements.at(-1))).toContain(
    "((lower([email]))) AS [u1] FROM (SELECT CONVERT(int, CONVERT(nvarchar(max), r.[c1])) AS [id]",
  );
  expect(oneLine(statements.at(-1))).toContain(
    "[lower_email] AS [u1] FROM [dbo].[customers] r) t ON EXISTS (SELECT s.[u1] INTERSECT SELECT t.[u1])",
  );
  await database.read.holders(customers, filtered, rows);
  expect(statements.at(-1)?.match(/WHERE \(\[referrer\] IS NOT NULL\)/g)).toHaveLength(2);
});

test("ranges of ids are looked up, below zero too; sums are texts", async () => {
  const { database, statements, table } = await opened([
    [/GROUP BY g\.bucket/, [["-1", "3", "123456789012345678901234567890"]]],
    [
      /BETWEEN/,
      [
        ["-1", "5", "-4"],
        ["-1", "6", "-3"],
        ["2", "7", "11"],
      ],
    ],
  ]);
  const digested = database.read.digested(table("sales.every"));
  const bucketing = { kind: "range", shift: 2 } as const;
  expect(await digested.buckets(bucketing)).toEqual({
    rows: 3,
    sums: new Map([["-1", "3 123456789012345678901234567890"]]),
  });
  expect(oneLine(statements.at(-1))).toContain(
    "((CONVERT(bigint, t.[id]) - ((CONVERT(bigint, t.[id]) % CONVERT(bigint, 4) + CONVERT(bigint, 4)) % CONVERT(bigint, 4))) / CONVERT(bigint, 4)) AS bucket",
  );
  const groups = [];
  for await (const group of digested.groups(bucketing, [-1n, 2n, 3n])) groups.push(group);
  expect(groups).toEqual([
    {
      group: -1n,
      rows: new Map([
        ['["-4"]', "5"],
        ['["-3"]', "6"],
      ]),
    },
    { group: 2n, rows: new Map([['["11"]', "7"]]) },
  ]);
  // No further than the type goes, and of the type, so that an index is of use.
  statements.length = 0;
  const found = database.read.digested(table("dbo.customers")).within({
    first: ["-9223372036854775808", "7", "3000000000"],
    last: ["3", "9223372036854775807", "9223372036854775807"],
  });
  await found.next();
  expect(oneLine(statements.at(-1))).toContain(
    "(SELECT CONVERT(int, v.low) AS low, CONVERT(int, v.high) AS high FROM (VALUES (-2147483648, 3), (7, 2147483647)) v(low, high)) b",
  );
  expect(statements).toHaveLength(1);
});

test("adjacent groups are one range", async () => {
  const { database, statements, table } = await opened();
  const digested = database.read.digested(table("sales.every"));
  await digested.groups({ kind: "range", shift: 2 }, [-1n, 2n, 3n]).next();
  expect(statements.at(-1)).toContain("(VALUES (-4, -1), (8, 15)) v(low, high)");
});

test("the base finds a whole number by itself, any other key by its hash", async () => {
  const { database, statements, table } = await opened();
  const { table: base } = await database.store.recordTable(table("dbo.customers"));
  expect(base.id).toBe(7);
  expect(oneLine(statements.at(-1))).toMatch(
    /^INSERT INTO \[warm_standby\]\.\[base_rows\] \(table_id, number, hash, key_text, digest\) SELECT 7, t\.\[id\], 0x0{32}, NULL, CONVERT\(bigint/,
  );
  await database.store.settle(table("dbo.odd ]names"), base, [
    { table: "dbo.odd ]names", key: ["a", "b"], digest: "5" },
    { table: "dbo.odd ]names", key: ["a", "b"], digest: "6" },
  ]);
  const [gone, come] = asked(statements).slice(-2);
  expect(gone).toMatch(
    /^DELETE b FROM \[warm_standby\]\.\[base_rows\] b JOIN .*VALUES \(0, 0x[0-9A-F]{32}\)\) p\(number, hash\)\) v/,
  );
  // The last word about a row counts.
  expect(come).toMatch(/VALUES \(7, 0, 0x[0-9A-F]{32}, N'\["a","b"\]', 6\)$/);
});

test("a reference that the database knows nothing of is followed over another type", async () => {
  const { database, statements, table } = await opened();
  const foreignKey = {
    name: "likely",
    columns: ["k']1"],
    parent: "dbo.customers",
    parentColumns: ["id"],
    deferrable: false,
    undeclared: "likely",
    onDelete: "nothing",
  } as const;
  await database.read.dependents(table("dbo.customers"), table("dbo.odd ]names"), foreignKey, [["1"]]);
  expect(oneLine(statements.at(-1))).toContain(
    "JOIN [dbo].[odd ]]names] c ON TRY_CONVERT(int, CONVERT(nvarchar(50), c.[k']]1])) = p.[id]",
  );
});

test("an id in a text is looked for as a text, and only where the row's other column says so", async () => {
  const { database, statements, table } = await opened();
  const foreignKey = {
    name: "likely",
    columns: ["k']1"],
    parent: "dbo.customers",
    parentColumns: ["id"],
    deferrable: false,
    undeclared: "confirmed",
    onDelete: "nothing",
    inText: true,
    when: { column: "number", values: ["7", "it's"] },
  } as const;
  const child = table("dbo.odd ]names");
  await database.read.dependents(table("dbo.customers"), child, foreignKey, [["1"]]);
  expect(oneLine(statements.at(-1))).toContain(
    "FROM [dbo].[odd ]]names] c WHERE c.[k']]1] IN (N'1') " +
      "AND CONVERT(varchar(20), c.[number]) COLLATE Latin1_General_100_BIN2 IN (N'7', N'it''s')",
  );
  const byName = { ...foreignKey, when: { column: "k']1", values: ["A"] } };
  const guid = "0B5C1F7E-3F4A-4C1D-9E2B-AAAAAAAAAAAA";
  const byGuid = { ...byName, parent: "sales.every", parentColumns: ["a_guid"] };
  await database.read.dependents(table("sales.every"), child, byGuid, [[guid]]);
  expect(oneLine(statements.at(-1))).toContain(
    `WHERE c.[k']]1] IN (N'${guid.toLowerCase()}', N'${guid}') ` +
      "AND c.[k']]1] IN (N'A') AND CONVERT(nvarchar(50), c.[k']]1]) COLLATE Latin1_General_100_BIN2 IN (N'A')",
  );
});

test("a lock is the session's, and is not waited for", async () => {
  const { database, statements } = await recorded([[/sp_getapplock/, [["-1"]]]]);
  expect(await database.tryLock("x")).toBe(false);
  expect(oneLine(statements[0])).toMatch(
    /^DECLARE @answer int; EXEC @answer = sys\.sp_getapplock @Resource = N'warm-standby [0-9a-f]{40}', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0; SELECT CONVERT\(varchar\(10\), @answer\)$/,
  );
  const other = await recorded([[/sp_getapplock/, [["1"]]]]);
  expect(await other.database.tryLock("x")).toBe(true);
});

test("triggers rest and come back; those that rested before stay so", async () => {
  const { database, statements, table } = await opened();
  await database.write.triggers([table("dbo.customers")], false);
  await database.write.triggers([table("dbo.customers")], true);
  expect(statements).toEqual([
    "ALTER TABLE [dbo].[customers] DISABLE TRIGGER [count ]]it]",
    "ALTER TABLE [dbo].[customers] ENABLE TRIGGER [count ]]it]",
  ]);
});
