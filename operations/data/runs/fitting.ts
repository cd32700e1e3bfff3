/** Columns that say they are ids and not whose: whose they may be, by their values. */
import { refusal } from "../../fault";
import type { ShownConflict } from "../engine";
import { findColumn, type Column, type Schema, type Table, type TableName } from "../model";
import { holdsKeys } from "../tables/key-texts";
import { namedBy } from "../tables/names";
import { columnNamed, namedValuesOf, type NamedValues } from "../tables/pointers";
import { isFitting, openColumns, type Looked } from "../tables/references";
import { columnId, namesSettled } from "../tables/resolve";
import { linesFor, type ShownReference } from "../tables/shown";
import { familyOf } from "../tables/types";
import { Evidence, type Values } from "./evidence";
import type { Sides } from "./sides";
import type { Treatment } from "./treatment";

/**
 * The columns about which nobody has said anything, all of whose latest values are ids of one of these tables. In a shop
 * of few ids that may be chance; but a column that is one, and is not known, would lead to somebody else.
 */
export async function fittingColumns(
  { source, schema, treatment }: Pick<Sides, "source" | "schema" | "treatment">,
  tables: readonly TableName[],
): Promise<readonly ShownReference[]> {
  const evidence = new Evidence(source, schema);
  const known = new Set(treatment.references.flatMap(({ from, columns }) => columns ?? [from]));
  const parents = schema.tables.filter(({ name, key }) => tables.includes(name) && key.length === 1);
  const found: ShownReference[] = [];
  for (const child of schema.tables) {
    const open = openColumns(child, schema).filter(
      (column) => saysId(child, column) && !known.has(columnId(child.name, column.name)),
    );
    // Read together: else each column would be another look at the table.
    const latest =
      open.length === 0
        ? undefined
        : await evidence.latest(
            child,
            open.map(({ name }) => name),
          );
    for (const column of open)
      for (const parent of parents) {
        const looked = await lookIn(evidence, child, column, latest?.get(column.name), parent);
        if (looked !== undefined) found.push(doubted(columnId(child.name, column.name), parent, looked));
      }
    for (const pair of namedValuesOf(child))
      found.push(...(await fittingNames(schema, treatment, child, pair, parents, evidence)));
  }
  return found;
}

/** What values fit a table throughout; undefined where they do not. */
async function lookIn(
  evidence: Evidence,
  child: Table,
  column: Column,
  values: Values | undefined,
  parent: Table,
): Promise<Looked | undefined> {
  const [key = ""] = parent.key;
  const { type } = findColumn(parent, key);
  const inText = holdsKeys(column.type, type);
  if (values === undefined || parent === child || (familyOf(type) !== familyOf(column.type) && !inText))
    return undefined;
  const looked = await evidence.look([values], parent, [key], inText);
  return looked !== undefined && isFitting(looked) ? looked : undefined;
}

const doubted = (from: string, parent: Table, { found, set }: Looked): ShownReference => ({
  from,
  // Pasted as it is, it fits no table: somebody has to choose.
  to: [`${parent.name} or none`],
  parents: [parent.name],
  status: "possible",
  evidence: `nobody says whose id it is, and ${found} of its last ${set} values are ids of ${parent.name}`,
});

/** The same of the names in a pair of name and value. */
async function fittingNames(
  schema: Schema,
  { rules, references }: Treatment,
  child: Table,
  pair: NamedValues,
  parents: readonly Table[],
  evidence: Evidence,
): Promise<readonly ShownReference[]> {
  const settled = namesSettled(schema, rules, child, pair.value);
  if (settled === "all") return [];
  const from = columnId(child.name, pair.value);
  const known = new Set([
    ...settled,
    ...references
      .filter((one) => one.from === from)
      .flatMap((one) => (one.pointer?.tables ?? []).map(([name]) => name)),
  ]);
  const isOpen = (name: string): boolean => !known.has(name) && isIdName(columnNamed(name));
  const found: ShownReference[] = [];
  const groups = await evidence.byType(child, pair.name, pair.value, isOpen);
  for (const [name, values] of groups ?? []) {
    for (const parent of parents) {
      const looked = await lookIn(evidence, child, findColumn(child, pair.value), values, parent);
      if (looked === undefined) continue;
      const shown = doubted(from, parent, looked);
      found.push({ ...shown, pointer: { type: pair.name, tables: [[name, shown.to[0] ?? ""]] } });
    }
  }
  return found;
}

/** A text that is called a number, a key or a reference instead is most often a code. */
const isIdName = (name = ""): boolean => /(?:id|fk)$/i.test(name) && namedBy(name)?.saidId === true;

/** Whether a column says that it holds ids, or is a key that may be another table's. */
function saysId(table: Table, column: Column): boolean {
  if (column.uncounted === true || !["whole", "uuid", "text"].includes(familyOf(column.type))) return false;
  const named = namedBy(column.name);
  if (familyOf(column.type) === "text") return isIdName(column.name);
  if (named !== undefined) return named.saidId || named.words.at(-1) === "by";
  return table.key.length === 1 && table.key[0] === column.name;
}

/** What is said of such columns where ids of the tables they fit collide; undefined where there are none. */
export async function doubtOver(
  sides: Pick<Sides, "source" | "schema" | "treatment">,
  conflicts: readonly Pick<ShownConflict, "kind" | "table">[],
): Promise<string | undefined> {
  const tables = new Set(conflicts.filter(({ kind }) => kind === "id-collision").map(({ table }) => table));
  const open = tables.size === 0 ? [] : await fittingColumns(sides, [...tables]);
  if (open.length === 0) return undefined;
  const parents = [...new Set(open.flatMap((one) => one.parents))].join(", ");
  return (
    `ids of ${parents} are another row's on each side, and these columns may refer to it; a row that does would hang on ` +
    `the wrong one; say in standby.tables.yaml (docs/tables.md) what they are:\n${linesFor(open)}`
  );
}

/** @throws Fault (1) before anything is committed */
export async function refuseDoubt(
  sides: Pick<Sides, "source" | "schema" | "treatment">,
  conflicts: readonly Pick<ShownConflict, "kind" | "table">[],
  committed: "nothing" | "some parts" = "nothing",
): Promise<void> {
  const doubt = await doubtOver(sides, conflicts);
  if (doubt !== undefined)
    throw refusal(`nothing ${committed === "nothing" ? "was" : "more was"} written: ${doubt}`);
}
