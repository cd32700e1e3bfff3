/** Columns that say they are ids and not whose: whose they may be, by their values. */
import { refusal } from "../../fault";
import type { ShownConflict } from "../engine";
import type { Column, Table, TableName } from "../model";
import { namedBy } from "../tables/names";
import { isFitting, openColumns } from "../tables/references";
import { columnId } from "../tables/resolve";
import { linesFor, type ShownReference } from "../tables/shown";
import { familyOf } from "../tables/types";
import { Evidence } from "./evidence";
import type { Sides } from "./sides";

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
        const [key = ""] = parent.key;
        const type = parent.columns.find(({ name }) => name === key)?.type ?? "";
        const values = latest?.get(column.name);
        if (values === undefined || parent === child || familyOf(type) !== familyOf(column.type)) continue;
        const looked = await evidence.look([values], parent, [key]);
        if (looked === undefined || !isFitting(looked)) continue;
        found.push({
          from: columnId(child.name, column.name),
          // Pasted as it is, it fits no table: somebody has to choose.
          to: [`${parent.name} or none`],
          parents: [parent.name],
          status: "possible",
          evidence: `nobody says whose id it is, and ${looked.found} of its last ${looked.set} values are ids of ${parent.name}`,
        });
      }
  }
  return found;
}

/** Whether a column says that it holds ids, or is a key that may be another table's. */
function saysId(table: Table, column: Column): boolean {
  if (column.uncounted === true || !["whole", "uuid"].includes(familyOf(column.type))) return false;
  const named = namedBy(column.name);
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
