/** What a column's values look like as text, and how a text becomes a value again, by the column's type. */
import { digestColumns, type Column, type Table } from "../../model";
import { literal, name } from "./sql";

/** A column as this database declares it. The other side may declare it in other characters. */
export interface ColumnInfo {
  readonly name: string;
  /** `int`, `varchar`. */
  readonly dataType: string;
  /** `int(10) unsigned`, `varchar(80)`. */
  readonly declared: string;
  readonly charset: string | undefined;
  readonly collation: string | undefined;
  /** Of a generated column: what it is computed from. */
  readonly expression: string | undefined;
  /** Set to the time of day by every update that does not set it (ON UPDATE CURRENT_TIMESTAMP). */
  readonly followsClock: boolean;
}

type Family = "integer" | "exact" | "float" | "bit" | "temporal" | "text" | "binary" | "json" | "other";

const families: Readonly<Record<string, Family>> = {
  ...of("integer", "tinyint smallint mediumint int bigint year"),
  ...of("exact", "decimal"),
  ...of("float", "float double"),
  ...of("bit", "bit"),
  ...of("temporal", "date time datetime timestamp"),
  ...of("text", "char varchar tinytext text mediumtext longtext enum set"),
  ...of("binary", "binary varbinary tinyblob blob mediumblob longblob vector"),
  // As the server keeps it: the number of its system of coordinates, then WKB. It takes the same bytes back.
  ...of("binary", "geometry point linestring polygon multipoint multilinestring multipolygon"),
  ...of("binary", "geometrycollection geomcollection"),
  ...of("json", "json"),
};

function of(family: Family, types: string): Record<string, Family> {
  return Object.fromEntries(types.split(" ").map((type) => [type, family]));
}

const familyOf = (info: ColumnInfo): Family => families[info.dataType] ?? "other";

export const isUnsigned = (type: string): boolean => type.includes("unsigned");
const wholeNumber = /^(?:tiny|small|medium|big)?int\b/;
export const isWholeNumber = (column: Pick<Column, "type">): boolean => wholeNumber.test(column.type);

/** A type as messages and comparisons show it: an integer's display width says nothing about its values. */
export const shownType = (declared: string): string =>
  declared.includes("zerofill")
    ? declared
    : declared.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, "$1");

/** An expression for a value's text, which reads the same on any server in the pinned session. */
export function textOf(info: ColumnInfo, value: string): string {
  switch (familyOf(info)) {
    case "integer":
      return info.declared.includes("zerofill") ? `(${value} + 0)` : value;
    case "bit":
      return `(${value} + 0)`;
    case "float":
      // FLOAT alone prints six digits; as a DOUBLE it prints all that it takes to get it back.
      return info.dataType === "float" ? `(${value} + 0e0)` : value;
    case "binary":
      return `HEX(${value})`;
    case "text":
      return info.charset === "utf8mb4" ? value : `CONVERT(${value} USING utf8mb4)`;
    case "json":
    case "other":
      return `CAST(${value} AS CHAR CHARACTER SET utf8mb4)`;
    case "exact":
    case "temporal":
      return value;
  }
}

/** A text as a literal of the column's type; what is no number becomes NULL where only a number can be meant. */
export function literalOf(info: ColumnInfo, text: string | null): string {
  if (text === null) return "NULL";
  switch (familyOf(info)) {
    case "integer":
    case "exact":
    case "float":
    case "bit":
      return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? text : "NULL";
    case "binary":
      return /^(?:[\dA-F]{2})*$/i.test(text) ? `x'${text}'` : "NULL";
    default:
      return literal(text);
  }
}

/** The column as a temporary table declares it: of the same type, and never required. */
export const definitionOf = (info: ColumnInfo): string =>
  `${name(info.name)} ${info.declared}${
    info.charset === undefined ? "" : ` CHARACTER SET ${info.charset} COLLATE ${info.collation ?? ""}`
  } NULL`;

/** Types whose values may be too long to be put together with others in one. */
const long = /(?:text|blob|geometry|point|linestring|polygon|geomcollection|vector|json)/;

/** A value's part of a digest: no two values have one, and none is the beginning of another with a comma behind. */
function digestPart(info: ColumnInfo, value: string): string {
  const family = familyOf(info);
  const text = textOf(info, value);
  if (long.test(info.dataType)) return `IFNULL(SHA2(${family === "binary" ? value : text}, 256), 'N')`;
  // Signs that occur in none of these: neither comma nor N.
  if (family !== "text" && family !== "other") return `IFNULL(${text}, 'N')`;
  const bytes = `${text} COLLATE utf8mb4_bin`;
  return `IFNULL(CONCAT(LENGTH(${bytes}), ':', ${bytes}), 'N')`;
}

/** 64 bits of a SHA-256 as a number. */
const hash = (text: string): string => `CAST(CONV(LEFT(SHA2(${text}, 256), 16), 16, 10) AS UNSIGNED)`;

/** A row's digest: over the columns in one order, each as the pinned session prints it. */
export function digestOf(alias: string, table: Table, infos: ReadonlyMap<string, ColumnInfo>): string {
  const parts = digestColumns(table).map((column) =>
    digestPart(infoOf(infos, column), `${alias}.${name(column)}`),
  );
  return hash(`CONCAT(${parts.join(", ',', ")}, ',')`);
}

/** 16 bytes that stand for a key; see `keyHash` in `keys.ts` for the same made of texts. */
export function keyHashOf(alias: string, table: Table, infos: ReadonlyMap<string, ColumnInfo>): string {
  const parts = table.key.flatMap((column) => {
    const text = `CONCAT(${textOf(infoOf(infos, column), `${alias}.${name(column)}`)}) COLLATE utf8mb4_bin`;
    return [`LENGTH(${text})`, "':'", text];
  });
  return `UNHEX(LEFT(SHA2(CONCAT(${parts.join(", ")}), 256), 32))`;
}

export function infoOf(infos: ReadonlyMap<string, ColumnInfo>, column: string): ColumnInfo {
  const found = infos.get(column);
  if (found === undefined) throw new Error(`there is no column ${column}`);
  return found;
}
