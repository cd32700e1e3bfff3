import fc from "fast-check";
import {
  declared,
  digestOf,
  keyHash,
  keyHashOf,
  keyListOf,
  textOf,
  valueOf,
  type ColumnInfo,
} from "../../../../operations/data/engines/sqlserver/columns";
import { literal, name, quoted } from "../../../../operations/data/engines/sqlserver/sql";
import type { Table } from "../../../../operations/data/model";

const column = (type: string, more: Partial<ColumnInfo> = {}): ColumnInfo => ({
  name: "c",
  type,
  bytes: 0,
  precision: 0,
  scale: 0,
  collation: undefined,
  expression: undefined,
  identity: false,
  ...more,
});
const collation = "Cyrillic_General_CI_AS";

test.each([
  [column("bigint"), "CONVERT(varchar(20), v)", "CONVERT(bigint, x)"],
  [column("bit"), "CONVERT(varchar(1), v)", "CONVERT(bit, x)"],
  // Numbers of 38 digits, which the driver would make doubles of.
  [column("decimal", { precision: 38, scale: 10 }), "CONVERT(varchar(50), v)", "CONVERT(decimal(38, 10), x)"],
  // All four digits behind the point, and no commas.
  [column("money"), "CONVERT(varchar(30), v, 2)", "CONVERT(money, x)"],
  [column("float", { precision: 53 }), "CONVERT(varchar(40), v, 3)", "CONVERT(float(53), x)"],
  [column("real"), "CONVERT(varchar(40), v, 3)", "CONVERT(real, x)"],
  [column("date"), "CONVERT(varchar(10), v, 23)", "CONVERT(date, x)"],
  [column("time", { scale: 7 }), "CONVERT(varchar(16), v, 121)", "CONVERT(time(7), x)"],
  [column("datetime"), "CONVERT(varchar(27), v, 126)", "CONVERT(datetime, x, 126)"],
  [column("datetime2", { scale: 3 }), "CONVERT(varchar(27), v, 126)", "CONVERT(datetime2(3), x, 126)"],
  [column("datetimeoffset", { scale: 7 }), "CONVERT(varchar(33), v, 126)", "CONVERT(datetimeoffset(7), x)"],
  [
    column("varchar", { bytes: 80, collation }),
    "CONVERT(nvarchar(80), v)",
    `CONVERT(varchar(80), x COLLATE ${collation})`,
  ],
  [
    column("varchar", { bytes: 8000, collation }),
    "CONVERT(nvarchar(max), v)",
    `CONVERT(varchar(8000), x COLLATE ${collation})`,
  ],
  [
    column("nchar", { bytes: 20, collation }),
    "CONVERT(nvarchar(10), v)",
    `CONVERT(nchar(10), x COLLATE ${collation})`,
  ],
  [
    column("ntext", { bytes: 16, collation }),
    "CONVERT(nvarchar(max), v)",
    `CONVERT(nvarchar(max), x COLLATE ${collation})`,
  ],
  [column("binary", { bytes: 16 }), "CONVERT(varchar(32), v, 2)", "CONVERT(binary(16), x, 2)"],
  [
    column("image", { bytes: 16 }),
    "CONVERT(varchar(max), CONVERT(varbinary(max), v), 2)",
    "CONVERT(varbinary(max), x, 2)",
  ],
  [column("uniqueidentifier"), "CONVERT(varchar(36), v)", "CONVERT(uniqueidentifier, x)"],
  [column("xml"), "CONVERT(nvarchar(max), v)", "CONVERT(xml, x, 1)"],
  [column("hierarchyid"), "CONVERT(nvarchar(4000), v)", "CONVERT(hierarchyid, CONVERT(nvarchar(4000), x))"],
  [
    column("geography"),
    "CONVERT(varchar(max), CONVERT(varbinary(max), v), 2)",
    "CONVERT(geography, CONVERT(varbinary(max), x, 2))",
  ],
])("a $type goes out as text and comes back", (info, out, back) => {
  expect(textOf(info, "v")).toBe(out);
  expect(valueOf(info, "x")).toBe(back);
});

test("what is looked for may be no value at all, and what is written may not", () => {
  expect(valueOf(column("int"), "x", true)).toBe("TRY_CONVERT(int, x)");
  expect(() => textOf(column("sql_variant"), "v")).toThrow("c is a sql_variant, which is not handled");
});

test("the old large types are declared as the new ones", () => {
  expect(["text", "ntext", "image"].map((type) => declared(column(type, { bytes: 16 })))).toEqual([
    "varchar(max)",
    "nvarchar(max)",
    "varbinary(max)",
  ]);
});

const table: Table = {
  name: "dbo.t",
  schema: "dbo",
  relation: "t",
  columns: [
    { name: "b", type: "varchar(10)", notNull: false, generated: false, identityAlways: false },
    { name: "a", type: "int", notNull: true, generated: false, identityAlways: true },
    { name: "v", type: "timestamp", notNull: true, generated: true, identityAlways: false },
  ],
  key: ["a", "b"],
  keyDeferrable: false,
  foreignKeys: [],
  uniqueKeys: [],
  triggers: [],
};
const infos = new Map([
  ["a", column("int", { name: "a" })],
  ["b", column("varchar", { name: "b", bytes: 10, collation })],
]);

test("a digest is over lengths and bytes, NULL apart, columns by name, and without what the server makes itself", () => {
  expect(digestOf("t", table, infos)).toBe(
    "CONVERT(bigint, SUBSTRING(HASHBYTES('SHA2_256', CONVERT(varbinary(max), 0x)" +
      " + ISNULL(CONVERT(binary(8), DATALENGTH(CONVERT(varbinary(50), CONVERT(varchar(20), t.[a]))))" +
      " + CONVERT(varbinary(50), CONVERT(varchar(20), t.[a])), 0xFFFFFFFFFFFFFFFF)" +
      " + ISNULL(CONVERT(binary(8), DATALENGTH(CONVERT(varbinary(20), CONVERT(nvarchar(10), t.[b]))))" +
      " + CONVERT(varbinary(20), CONVERT(nvarchar(10), t.[b])), 0xFFFFFFFFFFFFFFFF)), 1, 8))",
  );
});

test("a long text is no sum of 8,000 bytes, where its end would be cut off", () => {
  const one = { ...table, columns: table.columns.slice(0, 1) };
  const digest = (length: number): string =>
    digestOf("t", one, new Map([["b", column("nvarchar", { name: "b", bytes: 2 * length, collation })]]));
  expect(digest(2000)).toContain("CONVERT(varbinary(4000), CONVERT(nvarchar(2000), t.[b]))");
  expect(digest(4000)).toContain("CONVERT(varbinary(max), CONVERT(nvarchar(4000), t.[b]))");
});

test("a key's hash is the same in the database and here", () => {
  expect(keyHashOf("t", { ...table, key: ["b"] }, infos)).toBe(
    "CONVERT(binary(16), HASHBYTES('SHA2_256', CONVERT(binary(8), DATALENGTH(CONVERT(varbinary(max), " +
      "CONVERT(nvarchar(max), CONVERT(nvarchar(10), t.[b]))))) + CONVERT(varbinary(max), " +
      "CONVERT(nvarchar(max), CONVERT(nvarchar(10), t.[b])))))",
  );
  // The beginning of the SHA-256 of 0000000000000002 6100.
  expect(keyHash(["a"])).toBe("20BECDA5869563DD6F6669C3B39A86A0");
  expect(keyHash(["a", ""])).not.toBe(keyHash(["", "a"]));
});

test("a key is listed as JSON reads it", () => {
  expect(keyListOf("t", { ...table, key: ["a", "b"] }, infos)).toBe(
    `N'["' + STRING_ESCAPE(CONVERT(nvarchar(max), CONVERT(varchar(20), t.[a])) COLLATE Latin1_General_BIN2, 'json') + N'","' + ` +
      `STRING_ESCAPE(CONVERT(nvarchar(max), CONVERT(nvarchar(10), t.[b])) COLLATE Latin1_General_BIN2, 'json') + N'"]'`,
  );
});

/** What a server reads of a name and of a literal, by the rules that it documents. */
const readName = (text: string): string => text.slice(1, -1).replaceAll("]]", "]");
function readLiteral(text: string): string {
  const parts = [...text.matchAll(/NCHAR\(0\)|N'((?:[^']|'')*)'/g)];
  // Every sign of the text belongs to one of its parts, or joins them.
  expect(text.replaceAll(/NCHAR\(0\)|N'(?:[^']|'')*'/g, "§")).toMatch(
    /^(?:§|\(CONVERT\(nvarchar\(max\), §\)(?: \+ §)+\))$/,
  );
  return parts
    .map(([part, inner]) =>
      part === "NCHAR(0)" ? "\0" : (inner ?? "").replaceAll(/\\\r?\n/g, "").replaceAll("''", "'"),
    )
    .join("");
}

const odd = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "'",
      "]",
      "[",
      '"',
      "\\",
      "\n",
      "\r",
      "\r\n",
      "\0",
      "--",
      "/*",
      "*/",
      "N'",
      "ß",
      "😀",
      "\ud800",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
});

test("every name and every text is read as it was meant", () => {
  fc.assert(
    fc.property(odd, odd, (one, other) => {
      expect(readName(name(one))).toBe(one);
      expect(readLiteral(literal(other))).toBe(other);
    }),
    { numRuns: 2000 },
  );
  expect(literal("a\\\nb")).toBe("(CONVERT(nvarchar(max), N'') + N'a\\' + N'\nb')");
  expect(quoted("dbo.a.b]c")).toBe("[dbo].[a.b]]c]");
  expect(quoted("orders")).toBe("[orders]");
});

test("no two rows have one digest text: lengths keep values apart", () => {
  // The encoding that the digest's expression spells, done here.
  const encode = (row: readonly (string | null)[]): string =>
    row
      .map((value) => {
        if (value === null) return "FF".repeat(8);
        const bytes = Buffer.from(value, "utf16le");
        const length = Buffer.alloc(8);
        length.writeBigUInt64BE(BigInt(bytes.length));
        return Buffer.concat([length, bytes]).toString("hex");
      })
      .join("");
  const rows = fc.array(fc.option(odd), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(rows, rows, (one, other) => {
      if (encode(one) === encode(other)) expect(one).toEqual(other);
    }),
  );
});
