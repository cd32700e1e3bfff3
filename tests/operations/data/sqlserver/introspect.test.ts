import { drawsOn } from "../../../../operations/data/engines/sqlserver/introspect";
import type { Schema } from "../../../../operations/data/model";
import { spareColumn } from "../../../../operations/data/parking";
import { schemaDifferences } from "../../../../operations/data/schemas";
import { catalogueOf, sequences, shop, type ColumnGiven, type ShopGiven, type TableGiven } from "./catalogue";
import { recorded, type Answer } from "./recorder";

const read = async (given: ShopGiven, more: readonly (readonly [RegExp, Answer])[] = []): Promise<Schema> => {
  const { database } = await recorded([...more, ...catalogueOf(given, sequences)]);
  return database.introspect();
};

test("tables, keys, references, triggers and identities are found", async () => {
  const { tables, generators, problems, problemsOf } = await read(shop);
  expect([problems, problemsOf]).toEqual([[], new Map()]);
  const [customers, odd] = tables;
  expect(tables.map((table) => table.name)).toEqual(["dbo.customers", "dbo.odd ]names", "sales.every"]);
  expect(
    customers?.columns.map(({ name, type, generated, identityAlways }) => [
      name,
      type,
      generated,
      identityAlways,
    ]),
  ).toEqual([
    ["id", "int", false, true],
    ["email", "nvarchar(80) COLLATE SQL_Latin1_General_CP1_CI_AS", false, false],
    ["referrer", "int", false, false],
    ["lower_email", "nvarchar(80) COLLATE SQL_Latin1_General_CP1_CI_AS", true, false],
    ["version", "timestamp", true, false],
  ]);
  expect(
    customers?.uniqueKeys.map(({ name, expressions, columns, predicate, nullsDistinct }) => [
      name,
      expressions,
      columns,
      predicate,
      nullsDistinct,
    ]),
  ).toEqual([
    ["one_email", ["[lower_email]"], ["lower_email"], undefined, false],
    ["one_referrer", ["[referrer]"], ["referrer"], "([referrer] IS NOT NULL)", true],
    ["one_plain", ["[email]", "[referrer]"], ["email", "referrer"], undefined, false],
  ]);
  // Rows that swap a unique value: by what one of them lets go of it. A computed column cannot; NULL is taken by the
  // filter for no value, and would be one without it; a text that must be there gives way to another.
  expect(customers?.uniqueKeys.map((unique) => spareColumn(customers, unique, tables))).toEqual([
    undefined,
    "referrer",
    "email",
  ]);
  expect(customers?.triggers).toEqual([
    {
      name: "count ]it",
      enabled: "enabled",
      events: ["insert", "update"],
      body: "INSERT INTO dbo.[odd ]names] VALUES (1)",
    },
    { name: "resting", enabled: "disabled", events: [], body: undefined },
  ]);
  expect(customers?.foreignKeys).toEqual([
    {
      name: "referred",
      columns: ["referrer"],
      parent: "dbo.customers",
      parentColumns: ["id"],
      deferrable: false,
      onDelete: "nothing",
    },
  ]);
  // By its collation a key of text may be taken by another text.
  expect(odd?.key).toEqual(["k']1", "k 2"]);
  expect(odd?.uniqueKeys.map((unique) => unique.expressions)).toEqual([["[k']]1]", "[k 2]"]]);
  expect(odd?.foreignKeys[0]?.onDelete).toBe("cascade");
  expect(generators).toEqual([
    {
      name: "dbo.customers",
      increment: 1n,
      max: 2147483647n,
      cache: 1n,
      burnt: 1000n,
      cycles: false,
      uses: [{ table: "dbo.customers", column: "id", kind: "identity", typeMax: 2147483647n }],
    },
    {
      name: "sales.every",
      increment: 1n,
      max: 9223372036854775807n,
      cache: 1n,
      burnt: 10000n,
      cycles: false,
      uses: [{ table: "sales.every", column: "id", kind: "identity", typeMax: 9223372036854775807n }],
    },
    {
      name: "dbo.loose",
      increment: 1n,
      max: 2147483647n,
      cache: 50n,
      burnt: 0n,
      cycles: false,
      uses: [{ table: "dbo.loose", column: "", kind: "unattached", typeMax: undefined }],
    },
    {
      name: "dbo.numbers",
      increment: 2n,
      max: 9223372036854775807n,
      cache: 50n,
      burnt: 50n,
      cycles: false,
      uses: [{ table: "dbo.odd ]names", column: "number", kind: "sequence", typeMax: 9223372036854775807n }],
    },
  ]);
});

test("an identity cache that is off burns nothing; decimals count to their digits", async () => {
  const given = {
    "dbo.t": {
      columns: { id: { type: "decimal", precision: 12, identity: true } },
      indexes: [{ name: "pk", primary: true, columns: ["id"] }],
    },
  };
  const off = await read(given, [[/IDENTITY_CACHE/, [["0"]]]]);
  expect(off.generators[0]).toMatchObject({ max: 999_999_999_999n, burnt: 0n });
  expect((await read(given)).generators[0]?.burnt).toBe(10_000n);
});

const plain: TableGiven = {
  columns: { id: { type: "int" }, other: { type: "int" } },
  indexes: [{ name: "pk", primary: true, columns: ["id"] }],
};
const withColumn = (column: ColumnGiven): TableGiven => ({
  ...plain,
  columns: { ...plain.columns, c: { nullable: true, ...column } },
});

test.each<readonly [string, TableGiven]>([
  ["it is memory-optimized", { ...plain, flags: { memory: "1" } }],
  ["it holds another table's history", { ...plain, flags: { temporal: "1" } }],
  ["it keeps its own history (SYSTEM_VERSIONING)", { ...plain, flags: { temporal: "2" } }],
  ["it is an external table", { ...plain, flags: { external: "1" } }],
  ["it is a FileTable", { ...plain, flags: { fileTable: "1" } }],
  ["part of it lives on Azure (Stretch Database)", { ...plain, flags: { stretched: "1" } }],
  ["it is a node or an edge of a graph", { ...plain, flags: { graph: "1" } }],
  ["this user may not read it; GRANT SELECT", { ...plain, flags: { readable: "0" } }],
  ["it has no primary key and no unique index", { columns: plain.columns }],
  [
    "it has no primary key",
    { ...plain, indexes: [{ name: "filtered", columns: ["id"], filter: "([id]>(0))" }] },
  ],
  ["its column c is Always Encrypted", withColumn({ encryption: "2" })],
  ["its column c is of the assembly's own type", withColumn({ type: "point3d", ownType: true })],
  ["its column c is a sql_variant", withColumn({ type: "sql_variant" })],
  ["its column c is a vector", withColumn({ type: "vector" })],
  [
    "its foreign key f is disabled; ALTER TABLE [dbo].[t] WITH CHECK CHECK CONSTRAINT [f]",
    {
      ...plain,
      references: [
        {
          name: "f",
          columns: ["other"],
          parent: "dbo.t",
          parentColumns: ["id"],
          disabled: true,
          untrusted: true,
        },
      ],
    },
  ],
  [
    "its foreign key f was disabled while rows came in",
    {
      ...plain,
      references: [
        { name: "f", columns: ["other"], parent: "dbo.t", parentColumns: ["id"], untrusted: true },
      ],
    },
  ],
  ["its check positive is disabled", { ...plain, checks: [{ name: "positive", disabled: true }] }],
  ["the security policy dbo.tenants hides rows", { ...plain, policies: ["dbo.tenants"] }],
  [
    "its INSTEAD OF trigger i writes something else",
    { ...plain, triggers: [{ name: "i", events: ["insert"], insteadOf: true }] },
  ],
])("%s: named before anything is written", async (problem, given) => {
  const problems = (await read({ "dbo.t": given })).problemsOf?.get("dbo.t") ?? [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});

test("a database that was brought along from before 2012 is told to move on", async () => {
  const { problems } = await read({ "dbo.t": plain }, [[/compatibility_level/, [["100"]]]]);
  expect(problems).toEqual([
    "shop@db.example:1433/shop]s runs at compatibility level 100, and this needs 110 or more; " +
      "ALTER DATABASE [shop]]s] SET COMPATIBILITY_LEVEL = 110",
  ]);
  expect((await read({ "dbo.t": plain }, [[/compatibility_level/, [["110"]]]])).problems).toEqual([]);
});

test("a mask is a problem for those who see it only", async () => {
  const given = { "dbo.t": withColumn({ masked: true }) };
  expect((await read(given)).problemsOf?.size).toBe(0);
  const masked = await read(given, [[/'UNMASK'/, [["0", "1"]]]]);
  expect(masked.problemsOf?.get("dbo.t")?.[0]).toContain(
    "its column c is masked for this user, who would copy the mask; GRANT UNMASK",
  );
});

test("a user who sees no definitions is refused: a policy could hide rows from it", async () => {
  const { problems } = await read({ "dbo.t": plain }, [[/'UNMASK'/, [["1", "0"]]]]);
  expect(problems).toEqual([expect.stringContaining("GRANT VIEW DEFINITION to it")]);
});

test("a reference that is NOT FOR REPLICATION is never trusted, and in force; a trigger at rest does nothing", async () => {
  const reference = {
    name: "f",
    columns: ["other"],
    parent: "dbo.t",
    parentColumns: ["id"],
    untrusted: true,
    notForReplication: true,
  };
  const trigger = { name: "i", events: ["insert"], insteadOf: true, disabled: true };
  expect(
    (await read({ "dbo.t": { ...plain, references: [reference], triggers: [trigger] } })).problemsOf?.size,
  ).toBe(0);
});

test("sets of sparse columns, periods and row versions are neither compared nor written", async () => {
  const { tables, problemsOf } = await read({
    "dbo.t": {
      ...plain,
      columns: {
        ...plain.columns,
        set: { type: "xml", bytes: -1, set: true, nullable: true },
        period: { type: "datetime2", scale: 7, always: "1" },
        version: { type: "timestamp", bytes: 8 },
      },
    },
  });
  expect(problemsOf?.size).toBe(0);
  expect(tables[0]?.columns.filter((column) => column.generated).map(({ name }) => name)).toEqual([
    "set",
    "period",
    "version",
  ]);
});

test("sides differ where a text is compared by another collation, or kept in other characters", async () => {
  const side = (collation: string, codePage: string): ShopGiven => ({
    "dbo.t": {
      columns: {
        id: { type: "int" },
        email: { type: "varchar", bytes: 80, collation, codePage },
        note: { type: "varchar", bytes: 80, collation, codePage },
      },
      indexes: [
        { name: "pk", primary: true, columns: ["id"] },
        { name: "one", columns: ["email"] },
      ],
    },
  });
  const source = await read(side("Latin1_General_CI_AS", "1252"));
  expect(schemaDifferences(source, await read(side("Latin1_General_CS_AS", "1252")))).toEqual([
    "column dbo.t.email is varchar(80) COLLATE Latin1_General_CI_AS on the source and varchar(80) COLLATE Latin1_General_CS_AS on the target",
  ]);
  expect(schemaDifferences(source, await read(side("Latin1_General_CI_AS", "1251")))).toEqual([
    "column dbo.t.note is varchar(80) (code page 1252) on the source and varchar(80) (code page 1251) on the target",
  ]);
});

test("2017 is asked for graphs, 2016 is not; nothing later than 2016 is asked of either", async () => {
  const asked = async (version: string, edition: string): Promise<string> => {
    const { statements, database } = await recorded([
      [/SERVERPROPERTY\(N'ProductVersion'\)/, [[version, edition]]],
      ...catalogueOf(shop, sequences),
    ]);
    await database.introspect();
    return statements.join("\n");
  };
  expect(await asked("13.0.5026.0", "3")).not.toMatch(/is_node|last_used_value|ledger_type/);
  expect(await asked("14.0.1000.1", "3")).toContain("t.is_node = 1");
  expect(await asked("12.0.2000.8", "5")).toContain("t.is_node = 1");
});

test.each([
  ["(NEXT VALUE FOR [dbo].[numbers])", true],
  ["(NEXT VALUE FOR [DBO].[Numbers])", true],
  ["(next value for dbo.numbers)", true],
  ["('A'+CONVERT([varchar](10),NEXT VALUE FOR [dbo].[numbers]))", true],
  ["(NEXT VALUE FOR [numbers])", true],
  ["(NEXT VALUE FOR [sales].[numbers])", false],
  ["(NEXT VALUE FOR [dbo].[numbers2])", false],
  ["((5))", false],
])("the default %s draws on dbo.numbers: %s", (value, wanted) => {
  expect(drawsOn(value, "dbo.numbers")).toBe(wanted);
});
