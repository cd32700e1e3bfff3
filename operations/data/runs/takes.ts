/** What the command line says about single conflicts: parsed against the schema and the rows that are there. */
import { refusal, usage } from "../../fault";
import type { Taken } from "../taken";
import {
  rowId,
  type Generator,
  type Key,
  type RowId,
  type Schema,
  type Table,
  type TableName,
} from "../model";
import type { Database } from "../port";
import type { ReconcileRequest } from "../engine";
import { linesFor } from "../tables/shown";
import { fittingColumns } from "./fitting";
import type { Sides } from "./sides";

/** How conflicts are to be settled in a run. */
export interface Settlement {
  readonly remap: ReadonlySet<TableName>;
  readonly merge: ReadonlySet<TableName>;
  readonly take: (table: TableName, sourceKey: Key) => Taken | undefined;
  /** The rows that were named one by one. */
  readonly named: readonly {
    readonly table: TableName;
    readonly key: Key;
    readonly side: "source" | "target";
    readonly option: string;
  }[];
}

/** The generator that hands out ids of a table's key, with the place of its column in the key. */
export function keyGenerator(
  table: Table,
  generators: readonly Generator[],
): { readonly generator: Generator; readonly at: number } | undefined {
  for (const generator of generators.filter((one) => one.row === undefined))
    for (const use of generator.uses) {
      const at = use.table === table.name && use.typeMax !== undefined ? table.key.indexOf(use.column) : -1;
      if (at >= 0) return { generator, at };
    }
  return undefined;
}

/** @throws Fault (2) naming the option, its value and what there is, for a table or a row that there is not */
export async function settlementOf(sides: Sides, request: ReconcileRequest): Promise<Settlement> {
  const { schema, targetSchema } = sides;
  const remap = (request.remap ?? []).map((name) =>
    remappable(`--remap ${name}`, name, schema, targetSchema),
  );
  const merge = (request.merge ?? []).map((name) => mergeable(`--merge ${name}`, name, schema));
  await refuseUnsettled(sides, [...new Set([...remap, ...merge])]);
  const byTable = new Map<TableName, Taken>();
  const byRow = new Map<RowId, Taken>();
  const named: Settlement["named"][number][] = [];
  await sides.target.begin("snapshot");
  for (const { side, row } of request.take ?? []) {
    const option = `--take ${side} ${row}`;
    const { table, key: text } = tableAndKey(option, row, schema);
    if (text === undefined) byTable.set(table.name, { side, exact: false });
    else {
      const key = await existing(option, table, text, sides);
      byRow.set(rowId(table.name, key), { side, exact: true });
      named.push({ table: table.name, key, side, option });
    }
  }
  await sides.target.rollback();
  return {
    remap: new Set(remap),
    merge: new Set(merge),
    take: (table, key) => byRow.get(rowId(table, key)) ?? byTable.get(table),
    named,
  };
}

/** A row that gets another id takes every reference along: so all of them have to be known. */
async function refuseUnsettled(sides: Sides, tables: readonly TableName[]): Promise<void> {
  if (tables.length === 0) return;
  refuseTypes(sides, tables);
  const likely = sides.treatment.references.filter(
    ({ status, parents }) => status === "likely" && parents.some((parent) => tables.includes(parent)),
  );
  const open = [...likely, ...(await fittingColumns(sides, tables))];
  if (open.length === 0) return;
  throw refusal(
    `${[...new Set(open.flatMap((one) => one.parents))].filter((one) => tables.includes(one)).join(", ")}: these columns ` +
      "look like references to it, and are neither confirmed nor denied; a row that gets another id would lose what " +
      "hangs on it; say in standby.tables.yaml (docs/tables.md) what they are, these lines where they are references, " +
      `"to: none" where not, one of the two where a line leaves it open:\n${linesFor(open)}`,
  );
}

/**
 * By the ids of a table of types it is said to which tables rows point, and these are the same on both sides, or nobody
 * would know whom they mean.
 */
function refuseTypes({ schema }: Sides, tables: readonly TableName[]): void {
  for (const child of schema.tables) {
    // By column: the table of types that it leads to.
    const types = new Map(
      child.foreignKeys.flatMap(({ columns: [only, ...others], parent }) =>
        only !== undefined && others.length === 0 && tables.includes(parent) ? [[only, parent] as const] : [],
      ),
    );
    for (const { columns, when } of child.foreignKeys) {
      const parent = when && types.get(when.column);
      if (when === undefined || parent === undefined) continue;
      throw refusal(
        `${parent}: its ids say of which table ${child.name}.${columns[0] ?? ""} is, by ${child.name}.${when.column}, so none ` +
          "of its rows can get another; settle them with --take, and bring what points by them by hand",
      );
    }
  }
}

/** A table by its name; the schema may be left out where only one has such a table. */
function findTable(option: string, name: string, schema: Schema): Table {
  const exact = schema.tables.find((table) => table.name === name);
  const [only, ...others] = schema.tables.filter((table) => table.relation === name);
  const found = exact ?? (others.length === 0 ? only : undefined);
  if (found !== undefined) return found;
  if (others.length > 0 && only !== undefined)
    throw usage(
      `${option}: there is more than one table ${name}; name ${[only, ...others].map((one) => one.name).join(" or ")}`,
    );
  throw usage(
    `${option}: there is no table ${name}; there are ${schema.tables.map((table) => table.name).join(", ")}`,
  );
}

function remappable(option: string, name: string, schema: Schema, targetSchema: Schema): TableName {
  const table = findTable(option, name, schema);
  if (keyGenerator(table, targetSchema.generators) === undefined)
    throw usage(
      `${option}: the key of ${table.name} (${table.key.join(", ")}) is not handed out by the database, so there is no ` +
        "fresh one to be had; remap the table that it comes from, or settle its rows with --take",
    );
  return table.name;
}

function mergeable(option: string, name: string, schema: Schema): TableName {
  const table = findTable(option, name, schema);
  if (table.uniqueKeys.every((unique) => unique.undeclared === true))
    throw usage(
      `${option}: ${table.name} has nothing unique besides its key, so nothing says which rows are the same; ` +
        "name the column that does in standby.tables.yaml (unique: [customers.email]), use --remap, or settle its rows " +
        "with --take",
    );
  return table.name;
}

/** Splits `schema.table:key` at the first colon behind a table's name. */
function tableAndKey(option: string, row: string, schema: Schema): { table: Table; key: string | undefined } {
  const names = schema.tables.flatMap((table) => [table.name, table.relation]);
  const name = names.filter((one) => row.startsWith(`${one}:`)).sort((a, b) => b.length - a.length)[0];
  if (name !== undefined) return { table: findTable(option, name, schema), key: row.slice(name.length + 1) };
  const colon = row.indexOf(":");
  return { table: findTable(option, colon < 0 ? row : row.slice(0, colon), schema), key: undefined };
}

/** The key of a row that is there on either side, as the database prints it. */
async function existing(option: string, table: Table, text: string, sides: Sides): Promise<Key> {
  const key = keyOf(text, table);
  if (key === undefined)
    throw usage(
      `${option}: the key of ${table.name} is (${table.key.join(", ")}); give its values with commas between them, ` +
        'or as a JSON list, such as ["a,b","c"]',
    );
  const found = (await find(sides.target, table, key)) ?? (await find(sides.source, table, key));
  if (found === undefined)
    throw usage(
      `${option}: neither ${sides.source.label} nor ${sides.target.label} has a row of ${table.name} ` +
        `with ${table.key.join(", ")} = ${key.join(", ")}`,
    );
  return found;
}

function keyOf(text: string, table: Table): Key | undefined {
  const parts = text.startsWith("[") ? listed(text) : table.key.length === 1 ? [text] : text.split(",");
  return parts?.length === table.key.length ? parts : undefined;
}

function listed(text: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** What the type does not take is no key of any row; a savepoint keeps the snapshot from being lost over it. */
async function find(database: Database, table: Table, key: Key): Promise<Key | undefined> {
  await database.save();
  try {
    return (await database.read.rows(table, [key]))[0]?.key;
  } catch {
    await database.rollbackToSave();
    return undefined;
  }
}
