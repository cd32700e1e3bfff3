/** What a column's values look like as text, and how a text becomes a value again, by the column's type. */
import { createHash } from "node:crypto";
import { digestColumns, type Column, type Key, type Table } from "../../model";
import { name } from "./sql";

/** A column as this database declares it. */
export interface ColumnInfo {
  readonly name: string;
  /** The system type behind an alias: `nvarchar`. */
  readonly type: string;
  /** In bytes, -1 for (max). */
  readonly bytes: number;
  readonly precision: number;
  readonly scale: number;
  readonly collation: string | undefined;
  /** Of a computed column: what it is computed from. */
  readonly expression: string | undefined;
  readonly identity: boolean;
}

type Family =
  | "integer"
  | "bit"
  | "exact"
  | "money"
  | "float"
  | "date"
  | "time"
  | "moment"
  | "offset"
  | "text"
  | "binary"
  | "guid"
  | "xml"
  | "path"
  | "shape";

const families: Readonly<Record<string, Family>> = {
  ...of("integer", "tinyint smallint int bigint"),
  ...of("bit", "bit"),
  ...of("exact", "decimal numeric"),
  ...of("money", "money smallmoney"),
  ...of("float", "float real"),
  ...of("date", "date"),
  ...of("time", "time"),
  ...of("moment", "datetime smalldatetime datetime2"),
  ...of("offset", "datetimeoffset"),
  ...of("text", "char varchar nchar nvarchar text ntext"),
  ...of("binary", "binary varbinary image"),
  ...of("guid", "uniqueidentifier"),
  ...of("xml", "xml"),
  ...of("path", "hierarchyid"),
  ...of("shape", "geometry geography"),
};

function of(family: Family, types: string): Record<string, Family> {
  return Object.fromEntries(types.split(" ").map((type) => [type, family]));
}

/** Whether values of a type can be brought over; the others are named before anything is written. */
export const isHandled = (type: string): boolean => families[type] !== undefined;
export const isText = (type: string): boolean => families[type] === "text";

function familyOf({ name: column, type }: ColumnInfo): Family {
  const family = families[type];
  if (family === undefined) throw new Error(`${column} is a ${type}, which is not handled`);
  return family;
}

const integers: ReadonlySet<string> = new Set(["tinyint", "smallint", "int", "bigint"]);
export const isWholeNumber = (column: Pick<Column, "type">): boolean => integers.has(column.type);

/** Characters of a text, bytes of a binary; undefined beyond what fits a row. */
function lengthOf({ type, bytes }: ColumnInfo): number | undefined {
  if (bytes < 0 || type === "text" || type === "ntext" || type === "image") return undefined;
  return type.startsWith("n") ? bytes / 2 : bytes;
}

/** The type as a statement declares it, without the old large ones, which neither compare nor convert. */
export function declared(info: ColumnInfo): string {
  const length = lengthOf(info) ?? "max";
  switch (info.type) {
    case "decimal":
    case "numeric":
      return `${info.type}(${info.precision}, ${info.scale})`;
    case "float":
      return `float(${info.precision})`;
    case "time":
    case "datetime2":
    case "datetimeoffset":
      return `${info.type}(${info.scale})`;
    case "text":
      return "varchar(max)";
    case "ntext":
      return "nvarchar(max)";
    case "image":
      return "varbinary(max)";
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
    case "binary":
    case "varbinary":
      return `${info.type}(${length})`;
    default:
      return info.type;
  }
}

/** The column as a temporary table declares it: of the same type and collation, and never required. */
export const definitionOf = (info: ColumnInfo, as = info.name): string =>
  `${name(as)} ${declared(info)}${info.collation === undefined ? "" : ` COLLATE ${info.collation}`} NULL`;

/**
 * An expression for a value's text, the same in every session and on every server. Styles by
 * learn.microsoft.com, t-sql/functions: CAST and CONVERT. `float` has its lossless style 3 since SQL Server 2016.
 */
export function textOf(info: ColumnInfo, value: string): string {
  switch (familyOf(info)) {
    case "integer":
      return `CONVERT(varchar(20), ${value})`;
    case "bit":
      return `CONVERT(varchar(1), ${value})`;
    case "exact":
      return `CONVERT(varchar(50), ${value})`;
    case "money":
      return `CONVERT(varchar(30), ${value}, 2)`;
    case "float":
      return `CONVERT(varchar(40), ${value}, 3)`;
    case "date":
      return `CONVERT(varchar(10), ${value}, 23)`;
    case "time":
      return `CONVERT(varchar(16), ${value}, 121)`;
    case "moment":
      return `CONVERT(varchar(27), ${value}, 126)`;
    case "offset":
      // 127 would turn it into UTC and lose what the shop wrote.
      return `CONVERT(varchar(33), ${value}, 126)`;
    case "text": {
      const length = lengthOf(info);
      return `CONVERT(nvarchar(${length === undefined || length > 4000 ? "max" : length}), ${value})`;
    }
    case "binary": {
      const length = lengthOf(info);
      return length === undefined || length > 4000
        ? `CONVERT(varchar(max), CONVERT(varbinary(max), ${value}), 2)`
        : `CONVERT(varchar(${length * 2}), ${value}, 2)`;
    }
    case "guid":
      return `CONVERT(varchar(36), ${value})`;
    case "xml":
      return `CONVERT(nvarchar(max), ${value})`;
    case "path":
      return `CONVERT(nvarchar(4000), ${value})`;
    case "shape":
      // As the server keeps it: with its system of coordinates, its heights, and every bit of its numbers.
      return `CONVERT(varchar(max), CONVERT(varbinary(max), ${value}), 2)`;
  }
}

/**
 * An expression for the value that a text stands for.
 *
 * @param lenient what can be no value of the type becomes NULL, as when a key is looked for
 */
export function valueOf(info: ColumnInfo, text: string, lenient = false): string {
  const convert = lenient ? "TRY_CONVERT" : "CONVERT";
  const type = declared(info);
  switch (familyOf(info)) {
    case "moment":
      return `${convert}(${type}, ${text}, 126)`;
    case "text": {
      const collation = info.collation === undefined ? "" : ` COLLATE ${info.collation}`;
      // Which characters a varchar has room for depends on the collation of what is converted. The result keeps it:
      // another COLLATE around it is more than SQL Server 2016 takes (error 445).
      return `${convert}(${type}, ${text}${collation})`;
    }
    case "binary":
      return `${convert}(${type}, ${text}, 2)`;
    case "xml":
      return `${convert}(xml, ${text}, 1)`;
    case "path":
      return `CONVERT(hierarchyid, CONVERT(nvarchar(4000), ${text}))`;
    case "shape":
      return `CONVERT(${type}, CONVERT(varbinary(max), ${text}, 2))`;
    default:
      return `${convert}(${type}, ${text})`;
  }
}

/** A value's bytes: of a text those of UTF-16, whatever its collation keeps it in. */
function bytesOf(info: ColumnInfo, value: string): string {
  const family = familyOf(info);
  if (family === "binary" || family === "shape") return `CONVERT(varbinary(max), ${value})`;
  const length = lengthOf(info);
  // With its length before it, it has to stay below 8,000 bytes, where a sum is cut.
  if (family === "text")
    return `CONVERT(varbinary(${length === undefined || length > 2000 ? "max" : length * 2}), ${textOf(info, value)})`;
  if (family === "xml" || family === "path") return `CONVERT(varbinary(max), ${textOf(info, value)})`;
  return `CONVERT(varbinary(50), ${textOf(info, value)})`;
}

const sized = (bytes: string): string => `CONVERT(binary(8), DATALENGTH(${bytes})) + ${bytes}`;

/** A value's part of a digest: its length and its bytes; no value is so long as NULL's mark says. */
const digestPart = (info: ColumnInfo, value: string): string =>
  `ISNULL(${sized(bytesOf(info, value))}, 0xFFFFFFFFFFFFFFFF)`;

/** A row's digest: 64 bits of a SHA-256 with a sign, over the columns in one order. HASHBYTES takes any length since 2016. */
export function digestOf(alias: string, table: Table, infos: ReadonlyMap<string, ColumnInfo>): string {
  const parts = digestColumns(table).map((column) =>
    digestPart(infoOf(infos, column), `${alias}.${name(column)}`),
  );
  return `CONVERT(bigint, SUBSTRING(HASHBYTES('SHA2_256', CONVERT(varbinary(max), 0x) + ${parts.join(" + ")}), 1, 8))`;
}

/** 16 bytes that stand for a key; {@link keyHash} makes the same of its texts. */
export function keyHashOf(alias: string, table: Table, infos: ReadonlyMap<string, ColumnInfo>): string {
  const parts = table.key.map((column) =>
    sized(
      `CONVERT(varbinary(max), CONVERT(nvarchar(max), ${textOf(infoOf(infos, column), `${alias}.${name(column)}`)}))`,
    ),
  );
  return `CONVERT(binary(16), HASHBYTES('SHA2_256', ${parts.join(" + ")}))`;
}

export function keyHash(key: Key): string {
  const hash = createHash("sha256");
  for (const value of key) {
    const bytes = Buffer.from(value, "utf16le");
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest("hex").slice(0, 32).toUpperCase();
}

/** A key as a JSON list: of one collation, since two that differ cannot be put together. */
export function keyListOf(alias: string, table: Table, infos: ReadonlyMap<string, ColumnInfo>): string {
  const parts = table.key.map(
    (column) =>
      `STRING_ESCAPE(CONVERT(nvarchar(max), ${textOf(infoOf(infos, column), `${alias}.${name(column)}`)}) ` +
      "COLLATE Latin1_General_BIN2, 'json')",
  );
  return `N'["' + ${parts.join(` + N'","' + `)} + N'"]'`;
}

export function infoOf(infos: ReadonlyMap<string, ColumnInfo>, column: string): ColumnInfo {
  const found = infos.get(column);
  if (found === undefined) throw new Error(`there is no column ${column}`);
  return found;
}
