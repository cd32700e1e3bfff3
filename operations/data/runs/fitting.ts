/** Columns that say they are ids and not whose: whose they may be, by their values. */
import { refusal } from "../../fault";
import type { ShownConflict } from "../engine";
import { findColumn, type Column, type Schema, type Table, type TableName } from "../model";
import { holdsKeys } from "../tables/key-texts";
import { namedBy } from "../tables/names";
import { columnNamed, pointersOf, type Pointer } from "../tables/pointers";
import { isRole, mayFit, openColumns } from "../tables/references";
import { columnId, typesSettled } from "../tables/resolve";
import { linesFor, type ShownReference } from "../tables/shown";
import { familyOf } from "../tables/types";
import { Evidence, type Values } from "./evidence";
import type { Sides } from "./sides";
import type { Treatment } from "./treatment";

/** Milliseconds: once ids collide, it is worth more than elsewhere to know whose they are. */
const patience = 60_000;

/**
 * The columns about which nobody has said anything, all of whose latest values are ids of one of these tables. In a shop
 * of few ids that may be chance; but a column that is one, and is not known, would lead to somebody else.
 */
export async function fittingColumns(
  { source, schema, treatment }: Pick<Sides, "source" | "schema" | "treatment">,
  tables: readonly TableName[],
): Promise<readonly ShownReference[]> {
  const evidence = new Evidence(source, schema, patience);
  const spoken = treatment.references.filter(({ status }) => status !== "possible");
  const known = new Set(spoken.flatMap(({ from, columns }) => columns ?? [from]));
  const parents = schema.tables.filter(({ name, key }) => tables.includes(name) && key.length === 1);
  const found: ShownReference[] = [];
  for (const child of schema.tables) {
    const pointers = pointersOf(child, schema);
    const paired = new Set(pointers.map(({ column }) => column));
    const open = openColumns(child, schema).filter(
      (column) =>
        !paired.has(column.name) && saysId(child, column) && !known.has(columnId(child.name, column.name)),
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
      found.push(...(await doubted(evidence, child, column.name, latest?.get(column.name), parents)));
    for (const pointer of pointers)
      found.push(...(await fittingTypes(schema, treatment, child, pointer, parents, evidence)));
  }
  return found;
}

/** The same of the types of a pointer, or the names of a pair. */
async function fittingTypes(
  schema: Schema,
  { rules, references }: Treatment,
  child: Table,
  { column, type, says }: Pointer,
  parents: readonly Table[],
  evidence: Evidence,
): Promise<readonly ShownReference[]> {
  const settled = typesSettled(schema, rules, child, column);
  if (settled === "all") return [];
  const own = references.filter(
    ({ from, status }) => from === columnId(child.name, column) && status === "likely",
  );
  // All of its rows refer to one table, whatever stands beside them.
  if (own.some(({ pointer }) => pointer === undefined)) return [];
  const known = new Set([
    ...settled,
    ...own.flatMap(({ pointer }) => (pointer?.tables ?? []).map(([one]) => one)),
  ]);
  const kindOf = (one: string): Parameters<typeof mayFit>[1] =>
    says === "types" ? "type" : isIdName(columnNamed(one)) ? "id" : "value";
  const groups = await evidence.byType(child, type, column, (one) => !known.has(one));
  const found: ShownReference[] = [];
  for (const [one, values] of groups ?? [])
    for (const shown of await doubted(evidence, child, column, values, parents, kindOf(one)))
      found.push({ ...shown, pointer: { type, tables: [[one, shown.to.join()]] } });
  return found;
}

/**
 * In one line, whichever of some tables values may be ids of; none where they fit no other's than the child's own.
 *
 * @param of what the values are: see `mayFit`
 */
async function doubted(
  evidence: Evidence,
  child: Table,
  column: string,
  values: Values | undefined,
  parents: readonly Table[],
  of: Parameters<typeof mayFit>[1] = "column",
): Promise<readonly ShownReference[]> {
  const own = findColumn(child, column).type;
  const fitting: string[] = [];
  let counted = "";
  for (const parent of values === undefined ? [] : parents) {
    const [key = ""] = parent.key;
    const { type } = findColumn(parent, key);
    const inText = holdsKeys(own, type);
    if ((parent === child && of !== "type") || (familyOf(type) !== familyOf(own) && !inText)) continue;
    const looked = await evidence.look([values ?? []], parent, [key], inText);
    if (looked === undefined || looked.set === 0 || !mayFit(looked, of)) continue;
    fitting.push(parent.name);
    counted ||= `${looked.found} of its last ${looked.set} values are ids of ${parent.name}`;
  }
  if (fitting.length === 0) return [];
  return [
    {
      from: columnId(child.name, column),
      // Pasted as it is, it fits no table: somebody has to choose.
      to: [`${fitting.join(" or ")} or none`],
      parents: fitting,
      status: "possible",
      evidence: `nobody says whose id it is, and ${counted}`,
    },
  ];
}

/** A text that is called a number, a key or a reference instead is most often a code. */
const isIdName = (name = ""): boolean => /(?:id|fk)$/i.test(name) && namedBy(name)?.saidId === true;

/** Whether a column says that it holds ids, or is a key that may be another table's. */
function saysId(table: Table, column: Column): boolean {
  if (column.uncounted === true || !["whole", "uuid", "text"].includes(familyOf(column.type))) return false;
  const named = namedBy(column.name);
  if (familyOf(column.type) === "text") return isIdName(column.name);
  if (named !== undefined) return named.saidId || isRole(named.words.at(-1));
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
