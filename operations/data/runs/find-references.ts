import { groupBy } from "../collections";
import { findColumn, type Schema } from "../model";
import type { TableRules } from "../tables/file";
import { compositeSuspectsOf, type CompositeSuspect } from "../tables/composites";
import { holdsKeys } from "../tables/key-texts";
import { pointersOf } from "../tables/pointers";
import { judge, suspectsOf, type Suspect, type Verdict } from "../tables/references";
import { columnId, columnsId, resolveReferences, undeclared, type Undeclared } from "../tables/resolve";
import { linesFor, type ShownReference } from "../tables/shown";
import type { Evidence } from "./evidence";
import { findPointers, type FoundReference } from "./find-pointers";

export interface FoundReferences {
  /** Treated as references: what the file confirms, and what is likely. */
  readonly keys: readonly Undeclared[];
  readonly references: readonly ShownReference[];
  readonly notes: readonly string[];
  readonly faults: readonly string[];
}

/** References that no foreign key declares: of the file, and by what names and values say. */
export async function findReferences(
  schema: Schema,
  rules: TableRules,
  evidence: Evidence,
): Promise<FoundReferences> {
  const { keys: confirmed, settled, denied, faults } = resolveReferences(schema, rules);
  const keys: Undeclared[] = [...confirmed];
  const references: ShownReference[] = [...shownConfirmed(confirmed)];
  for (const from of denied)
    references.push({ from, to: [], parents: [], status: "denied", evidence: "standby.tables.yaml" });
  if (faults.length > 0) return { keys, references, notes: [], faults };
  const inferred: ShownReference[] = [];
  const add = (found: readonly FoundReference[]): void => {
    inferred.push(...found.map(({ shown }) => shown));
    keys.push(...found.flatMap((one) => one.keys));
  };
  const suspects = suspectsOf(schema).filter((one) => !settled.has(columnId(one.child, one.column)));
  const paired = new Set(
    schema.tables.flatMap((table) =>
      pointersOf(table, schema).map(({ column }) => columnId(table.name, column)),
    ),
  );
  // What is looked at most quickly goes first.
  add(
    await lookAtColumns(
      suspects.filter((one) => !paired.has(columnId(one.child, one.column))),
      evidence,
    ),
  );
  for (const suspect of compositeSuspectsOf(schema))
    if (!settled.has(columnsId(suspect.child, suspect.columns)))
      add(await lookAtComposite(suspect, evidence));
  const pointers = await findPointers(schema, rules, evidence);
  add(pointers);
  const pointed = new Set(pointers.map(({ shown }) => shown.from));
  const left = suspects.filter((one) => {
    const id = columnId(one.child, one.column);
    return paired.has(id) && !pointed.has(id);
  });
  add(await lookAtColumns(left, evidence));
  references.push(...inferred.sort((one, other) => (one.from < other.from ? -1 : 1)));
  return { keys, references, notes: [...notesOf(references), ...unseenNotes(evidence)], faults };
}

/** One line for each column, to however many tables it may refer. */
function shownConfirmed(confirmed: readonly Undeclared[]): readonly ShownReference[] {
  const byColumns = groupBy(confirmed, ({ child, foreignKey }) => columnsId(child, foreignKey.columns));
  return [...byColumns].map(([from, keys]): ShownReference => {
    const { child = "", foreignKey } = keys[0] ?? {};
    const columns = foreignKey?.columns ?? [];
    return {
      from,
      ...(columns.length > 1 && { columns: columns.map((column) => columnId(child, column)) }),
      to: keys.map((one) => columnsId(one.foreignKey.parent, one.foreignKey.parentColumns)),
      parents: keys.map((one) => one.foreignKey.parent),
      status: "confirmed",
      evidence: "standby.tables.yaml",
    };
  });
}

function byColumn(suspects: readonly Suspect[]): ReadonlyMap<string, readonly Suspect[]> {
  const groups = new Map<string, Suspect[]>();
  for (const one of suspects) {
    const id = columnId(one.child, one.column);
    groups.set(id, [...(groups.get(id) ?? []), one]);
  }
  return groups;
}

const shownOf = (
  from: string,
  suspects: readonly Suspect[],
  status: ShownReference["status"],
  evidence: string,
): ShownReference => ({
  from,
  to: suspects.map((one) => columnId(one.parent, one.parentColumn)),
  parents: suspects.map((one) => one.parent),
  status,
  evidence,
});

/** Each column with whom it may mean. */
async function lookAtColumns(
  suspects: readonly Suspect[],
  evidence: Evidence,
): Promise<readonly FoundReference[]> {
  const found: FoundReference[] = [];
  for (const [column, each] of byColumn(suspects)) {
    const judged: Judged[] = [];
    for (const suspect of each) {
      const one = await lookAt(suspect, evidence);
      if (one !== undefined) judged.push(one);
    }
    const likely = judged.filter((one) => one.likely);
    const [first, ...others] = likely;
    if (first === undefined) {
      for (const one of judged.filter(({ suspect }) => suspect.strength === "named"))
        found.push({ shown: shownOf(column, [one.suspect], "possible", one.evidence), keys: [] });
      continue;
    }
    const said =
      others.length === 0
        ? first.evidence
        : likely.map((one) => `${one.suspect.parent}: ${one.evidence}`).join("; ");
    found.push({
      shown: shownOf(
        column,
        likely.map((one) => one.suspect),
        "likely",
        said,
      ),
      // Of several somebody has to say which it is; until then rows are kept from strangers of any.
      keys: likely.flatMap(({ suspect }) => {
        const [child, parent] = [evidence.table(suspect.child), evidence.table(suspect.parent)];
        if (child === undefined || parent === undefined) return [];
        return [undeclared(child, [suspect.column], parent, [suspect.parentColumn], "likely")];
      }),
    });
  }
  return found;
}

interface Judged extends Verdict {
  readonly suspect: Suspect;
}

/** Undefined where nothing speaks for it but the name of a text: those are codes. */
async function lookAt(suspect: Suspect, evidence: Evidence): Promise<Judged | undefined> {
  const [child, parent] = [evidence.table(suspect.child), evidence.table(suspect.parent)];
  if (child === undefined || parent === undefined) return undefined;
  const inText = holdsKeys(
    findColumn(child, suspect.column).type,
    findColumn(parent, suspect.parentColumn).type,
  );
  const values = (await evidence.latest(child, [suspect.column]))?.get(suspect.column);
  const looked = values && (await evidence.look([values], parent, [suspect.parentColumn], inText));
  return inText && looked?.found === 0 ? undefined : { suspect, ...judge(suspect, looked) };
}

async function lookAtComposite(
  suspect: CompositeSuspect,
  evidence: Evidence,
): Promise<readonly FoundReference[]> {
  const [child, parent] = [evidence.table(suspect.child), evidence.table(suspect.parent)];
  if (child === undefined || parent === undefined) return [];
  const latest = await evidence.latest(child, suspect.columns);
  const values = latest && suspect.columns.map((column) => latest.get(column) ?? []);
  const looked = values && (await evidence.look(values, parent, suspect.parentColumns));
  const { likely, evidence: said } = judge(suspect, looked);
  if (!likely && suspect.strength === "hinted") return [];
  const shown: ShownReference = {
    from: columnsId(child.name, suspect.columns),
    columns: suspect.columns.map((column) => columnId(child.name, column)),
    to: [columnsId(parent.name, suspect.parentColumns)],
    parents: [parent.name],
    status: likely ? "likely" : "possible",
    evidence: said,
  };
  const key = undeclared(child, suspect.columns, parent, suspect.parentColumns, "likely");
  return [{ shown, keys: likely ? [key] : [] }];
}

const unseenNotes = ({ unseen }: Evidence): readonly string[] =>
  unseen.size === 0
    ? []
    : [
        `there was no time to look at all of ${[...unseen].slice(0, 20).join(", ")}${unseen.size > 20 ? ` and ${unseen.size - 20} more` : ""}: ` +
          "whose ids they are is not known; say it in standby.tables.yaml",
      ];

/** All in one sentence, however many, with the lines for the file. */
function notesOf(references: readonly ShownReference[]): readonly string[] {
  const note = (status: ShownReference["status"], head: string): readonly string[] => {
    const some = references.filter((one) => one.status === status);
    if (some.length === 0) return [];
    return [
      `${head}; confirm them by these lines in standby.tables.yaml, or deny them by "to: none":\n${linesFor(some)}`,
    ];
  };
  return [
    ...note("likely", "no foreign key declares these references, which are likely and treated as such"),
    ...note("possible", "these columns may be references, and are not treated as such"),
  ];
}
