import { z } from "zod";
import { groupBy } from "../../collections";
import { unfitGenerators } from "../../identities";
import type {
  Column,
  ForeignKey,
  Generator,
  GeneratorUse,
  Schema,
  Table,
  Trigger,
  UniqueKey,
} from "../../model";
import type { TextRow } from "../../port";
import { shownType } from "./columns";
import { ownPrefix } from "./own";
import type { Session } from "./session";
import { literal, name } from "./sql";

const events = z.enum(["insert", "update", "delete"]);

interface FoundColumn extends Column {
  /** `int(10) unsigned` */
  readonly declared: string;
  readonly autoIncrement: boolean;
  readonly default: string;
}
interface FoundIndex {
  readonly name: string;
  readonly parts: readonly IndexPart[];
}
interface IndexPart {
  readonly column: string | undefined;
  /** How many characters or bytes count, undefined where all do. */
  readonly prefix: string | undefined;
  readonly expression: string | undefined;
}
interface FoundReference {
  readonly foreignKey: ForeignKey;
  /** The parent's full name where it lies in another database. */
  readonly elsewhere: string | undefined;
}
/** What is read of a table before it is known whether it can be handled. */
interface FoundTable {
  readonly relation: string;
  readonly kind: string;
  readonly engine: string;
  readonly columns: readonly FoundColumn[];
  readonly indexes: readonly FoundIndex[];
  readonly foreignKeys: readonly FoundReference[];
  readonly triggers: readonly Trigger[];
}

/**
 * Reads the tables of the connection's own database. They are named without it: its name differs between two sides that
 * hold the same tables, and one connection knows one database. So `orders` is what MySQL spells `shop.orders`.
 */
export async function introspect(session: Session): Promise<Schema> {
  session.forgetTables();
  const found = await readTables(session);
  const rows = found.filter((one) => one.kind !== "SEQUENCE");
  const tables = rows.map(buildTable);
  const step = await stepOf(session);
  const generators: Generator[] = rows.flatMap((one) => autoIncrementOf(one, step));
  for (const one of found)
    if (one.kind === "SEQUENCE") generators.push(await sequenceOf(session, one.relation, rows, step));
  const problemsOf = new Map(
    rows.map((one) => [one.relation, unsupported(one)] as const).filter(([, found]) => found.length > 0),
  );
  return { tables, generators, problems: unfitGenerators(generators), problemsOf };
}

async function readTables(session: Session): Promise<readonly FoundTable[]> {
  const own = literal(session.database);
  const theirs = (column: string): string => `LEFT(${column}, ${ownPrefix.length}) <> ${literal(ownPrefix)}`;
  const tables = await session.rows(
    `SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${own}
       AND TABLE_TYPE NOT LIKE '%VIEW' AND ${theirs("TABLE_NAME")}`,
  );
  const by = async (query: string): Promise<ReadonlyMap<string, readonly TextRow[]>> =>
    groupBy(await session.rows(query), (row) => row[0] ?? "");
  const columns = await by(
    `SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, EXTRA, COLUMN_DEFAULT FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = ${own} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const indexes = await by(
    `SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, ${session.flavour === "mysql" ? "EXPRESSION" : "NULL"}
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${own} AND NON_UNIQUE = 0
       ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
  );
  // Apart: a join of these two takes the server many times as long as both.
  const rules = await by(
    `SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS
       WHERE CONSTRAINT_SCHEMA = ${own}`,
  );
  const foreignKeys = await by(
    `SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
       FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ${own} AND REFERENCED_TABLE_NAME IS NOT NULL
       ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const triggers = await by(
    `SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, LOWER(EVENT_MANIPULATION), ACTION_STATEMENT FROM information_schema.TRIGGERS
       WHERE TRIGGER_SCHEMA = ${own} ORDER BY TRIGGER_NAME`,
  );
  const byName = [...tables].sort(([one], [other]) => ((one ?? "") < (other ?? "") ? -1 : 1));
  return byName.map(([relation, kind, engine]): FoundTable => {
    const of = relation ?? "";
    return {
      relation: of,
      kind: kind ?? "",
      engine: engine ?? "",
      columns: (columns.get(of) ?? []).map(columnOf),
      indexes: [...groupBy(indexes.get(of) ?? [], (row) => row[1] ?? "")].map(([index, parts]) => ({
        name: index,
        parts: parts.map(([, , column, prefix, expression]) => ({
          column: column ?? undefined,
          prefix: prefix ?? undefined,
          expression: expression?.replaceAll("\\'", "'"),
        })),
      })),
      foreignKeys: [...groupBy(foreignKeys.get(of) ?? [], (row) => row[1] ?? "")].map(([key, parts]) =>
        foreignKeyOf(key, parts, rules.get(of)?.find(([, name]) => name === key)?.[2], session.database),
      ),
      triggers: (triggers.get(of) ?? []).map(([, trigger, event, body]) => ({
        name: trigger ?? "",
        enabled: "always",
        events: [events.parse(event)],
        body: body ?? undefined,
      })),
    };
  });
}

function columnOf([, column, declared, nullable, extra, value]: TextRow): FoundColumn {
  return {
    name: column ?? "",
    type: shownType(declared ?? ""),
    declared: declared ?? "",
    notNull: nullable === "NO",
    generated: /(?:VIRTUAL|STORED|PERSISTENT) GENERATED/i.test(extra ?? ""),
    identityAlways: false,
    autoIncrement: /auto_increment/i.test(extra ?? ""),
    default: value ?? "",
  };
}

const deleteActions: Readonly<Record<string, ForeignKey["onDelete"]>> = {
  CASCADE: "cascade",
  "SET NULL": "clear",
  "SET DEFAULT": "clear",
};

function foreignKeyOf(
  key: string,
  parts: readonly TextRow[],
  rule: string | null | undefined,
  database: string,
): FoundReference {
  const [, , , schema, parent] = parts[0] ?? [];
  return {
    foreignKey: {
      name: key,
      columns: parts.map((row) => row[2] ?? ""),
      parent: parent ?? "",
      parentColumns: parts.map((row) => row[5] ?? ""),
      deferrable: false,
      rowByRow: true,
      // NO ACTION is checked at once here, as RESTRICT is.
      onDelete: deleteActions[rule ?? ""] ?? "restrict",
    },
    elsewhere:
      schema?.toLowerCase() === database.toLowerCase() ? undefined : `${schema ?? ""}.${parent ?? ""}`,
  };
}

/** Engines that keep rows and keys, and know no transactions. */
const withoutTransactions: ReadonlySet<string> = new Set(["myisam", "aria"]);

function unsupported(one: FoundTable): readonly string[] {
  const problems: string[] = [];
  if (one.kind === "SYSTEM VERSIONED")
    problems.push("it keeps its own history (SYSTEM VERSIONING), which cannot be brought over");
  else if (one.engine.toLowerCase() !== "innodb" && !withoutTransactions.has(one.engine.toLowerCase()))
    problems.push(
      `its engine ${one.engine} knows no transactions, so a run that is cut would leave it half written; ` +
        `ALTER TABLE ${name(one.relation)} ENGINE=InnoDB on both sides`,
    );
  // So it is on MySQL where a role alone has the rights, to a database written as a pattern, as `shop\_2`.
  if (one.columns.length === 0)
    problems.push(
      `its columns are hidden from this user; grant SELECT on ${name(one.relation)} to the user itself, not by a role`,
    );
  else if (keyOf(one) === undefined)
    problems.push(
      "it has no primary key and no unique key over whole NOT NULL columns, so its rows cannot be told apart; add a key " +
        `on both sides, such as one that the shop does not see (ALTER TABLE ${name(one.relation)} ADD COLUMN standby_id ` +
        "BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE, ADD PRIMARY KEY (standby_id)), or leave it out " +
        `(tables: { exclude: [${one.relation}] } in standby.tables.yaml)`,
    );
  for (const { foreignKey, elsewhere } of one.foreignKeys)
    if (elsewhere !== undefined)
      problems.push(
        `its foreign key ${foreignKey.name} refers to ${elsewhere} in another database, whose rows are not looked at`,
      );
  return problems;
}

function keyOf(one: FoundTable): FoundIndex | undefined {
  const columns = new Map(one.columns.map((column) => [column.name, column]));
  const whole = one.indexes.filter(({ parts }) =>
    parts.every(({ column, prefix }) => {
      const found = column === undefined ? undefined : columns.get(column);
      return prefix === undefined && found?.notNull === true && !found.generated;
    }),
  );
  return whole.find((index) => index.name === "PRIMARY") ?? whole[0];
}

const named = ({ parts }: FoundIndex): readonly string[] => parts.map(({ column }) => column ?? "");

/** Compared by a collation, which may overlook case and accents, and nearly always what stands behind the text. */
const isText = /char|text|enum/;

function buildTable(one: FoundTable): Table {
  const key = keyOf(one);
  const byCollation =
    key !== undefined &&
    named(key).some((column) =>
      isText.test(one.columns.find((each) => each.name === column)?.declared ?? ""),
    );
  return {
    name: one.relation,
    schema: "",
    relation: one.relation,
    columns: one.columns.map(({ name: column, type, notNull, generated, identityAlways }): Column => ({
      name: column,
      type,
      notNull,
      generated,
      identityAlways,
      ...(isText.test(type) && { printsVariously: true }),
    })),
    key: key === undefined ? [] : named(key),
    keyDeferrable: false,
    foreignKeys: one.foreignKeys
      .filter(({ elsewhere }) => elsewhere === undefined)
      .map(({ foreignKey }) => foreignKey),
    // By its collation a key of text may be taken by another text: then it is a unique value like any other.
    uniqueKeys: one.indexes.filter((index) => index !== key || byCollation).map(uniqueOf),
    triggers: one.triggers,
    ...(withoutTransactions.has(one.engine.toLowerCase()) && { withoutTransactions: one.engine }),
    ...(one.engine.toLowerCase() === "memory" && { volatile: one.engine }),
  };
}

const uniqueOf = (index: FoundIndex): UniqueKey => ({
  name: index.name,
  expressions: index.parts.map(({ column, prefix, expression }) => {
    if (column === undefined) return `(${expression ?? ""})`;
    return prefix === undefined ? name(column) : `LEFT(${name(column)}, ${prefix})`;
  }),
  columns: index.parts.every(({ column, prefix }) => column !== undefined && prefix === undefined)
    ? named(index)
    : undefined,
  predicate: undefined,
  nullsDistinct: true,
  deferrable: false,
});

const bits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};

/** The largest value of a column's type; a FLOAT or DOUBLE counts exactly up to its digits. */
function typeMaximum(declared: string): bigint {
  const width = bits[/^[a-z]+/.exec(declared)?.[0] ?? ""];
  if (width === undefined) return declared.startsWith("float") ? 1n << 24n : 1n << 53n;
  return (1n << (declared.includes("unsigned") ? width : width - 1n)) - 1n;
}

/** AUTO_INCREMENT's step is the server's, the same for all tables. */
async function stepOf(session: Session): Promise<bigint> {
  const [row] = await session.rows("SELECT @@GLOBAL.auto_increment_increment");
  return BigInt(row?.[0] ?? 1);
}

function autoIncrementOf(one: FoundTable, step: bigint): readonly Generator[] {
  const column = one.columns.find((each) => each.autoIncrement);
  if (column === undefined) return [];
  const typeMax = typeMaximum(column.declared);
  const use: GeneratorUse = { table: one.relation, column: column.name, kind: "auto-increment", typeMax };
  // The counter stands one above the last id, and has to fit the type too.
  return [{ name: one.relation, increment: step, max: typeMax - 1n, cache: 1n, cycles: false, uses: [use] }];
}

/** MariaDB's own: a table of one row. A step of 0 is the server's. */
async function sequenceOf(
  session: Session,
  sequence: string,
  tables: readonly FoundTable[],
  step: bigint,
): Promise<Generator> {
  const [row] = await session.rows(
    `SELECT increment, maximum_value, cache_size, cycle_option FROM ${name(sequence)}`,
  );
  const [increment, max, cache, cycles] = row ?? [];
  const uses = tables.flatMap((table) =>
    table.columns
      .filter((column) => drawsOn(column.default, sequence))
      .map((column): GeneratorUse => ({
        table: table.relation,
        column: column.name,
        kind: "sequence",
        typeMax: typeMaximum(column.declared),
      })),
  );
  return {
    name: sequence,
    increment: increment === "0" ? step : BigInt(increment ?? 1),
    max: BigInt(max ?? 0),
    cache: BigInt(cache ?? 1),
    cycles: cycles === "1",
    uses: uses.length > 0 ? uses : [{ table: sequence, column: "", kind: "unattached", typeMax: undefined }],
  };
}

/** A default such as nextval(`shop`.`numbers`). */
const drawsOn = (value: string, sequence: string): boolean =>
  /^nextval\(/i.test(value) && value.endsWith(`${name(sequence)})`);
