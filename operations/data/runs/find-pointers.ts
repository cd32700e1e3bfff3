/** References of which another column of the row says to which table: what names suggest, and what values say to that. */
import { findColumn, type Schema, type Table } from "../model";
import type { TableRules } from "../tables/file";
import { holdsKeys } from "../tables/key-texts";
import { columnNamed, pointersOf, tableOfType, type Pointer } from "../tables/pointers";
import { judge, suspicions, type Looked, type Suspect } from "../tables/references";
import { columnId, typesSettled, undeclared, type Undeclared } from "../tables/resolve";
import type { ShownReference } from "../tables/shown";
import type { Evidence } from "./evidence";

export interface FoundReference {
  readonly shown: ShownReference;
  readonly keys: readonly Undeclared[];
}

/** What rows of a pointer's table refer to where their type is this one, as far as names say it. */
type Meaning = (child: Table, pointer: Pointer, type: string, called: string) => readonly Meant[];
type Meant = Pick<Suspect, "parent" | "parentColumn" | "strength" | "because">;

/** Pairs of columns whose types are judged each by itself: many a row of one may be gone, and another's be there. */
export async function findPointers(
  schema: Schema,
  rules: TableRules,
  evidence: Evidence,
): Promise<readonly FoundReference[]> {
  const found: FoundReference[] = [];
  const meaning = meaningIn(schema);
  for (const table of schema.tables)
    for (const pointer of pointersOf(table, schema)) {
      const settled = typesSettled(schema, rules, table, pointer.column);
      if (settled !== "all") found.push(...(await lookAt(table, pointer, settled, meaning, evidence)));
    }
  return found;
}

function meaningIn(schema: Schema): Meaning {
  const suspected = suspicions(schema);
  return (child, pointer, type, called) => {
    const column = findColumn(child, pointer.column);
    if (pointer.says === "names") {
      const name = columnNamed(type);
      return name === undefined ? [] : suspected(child, { name, type: column.type });
    }
    const parent = tableOfType(called, column, schema, pointer.types !== undefined);
    const [key] = parent?.key ?? [];
    if (parent === undefined || key === undefined) return [];
    return [{ parent: parent.name, parentColumn: key, strength: "named", because: "" }];
  };
}

const inOrder = new Intl.Collator("en", { numeric: true });

async function lookAt(
  child: Table,
  pointer: Pointer,
  settled: ReadonlySet<string>,
  meaning: Meaning,
  evidence: Evidence,
): Promise<readonly FoundReference[]> {
  const called = await namesOf(pointer, evidence);
  const meantBy = (type: string): readonly Meant[] =>
    settled.has(type) ? [] : meaning(child, pointer, type, called.get(type) ?? type);
  const groups = await evidence.byType(
    child,
    pointer.type,
    pointer.column,
    (type) => meantBy(type).length > 0,
  );
  const found = { likely: new Found(child, pointer), possible: new Found(child, pointer) };
  for (const [type, values] of [...(groups ?? [])].sort(([one], [other]) => inOrder.compare(one, other)))
    for (const meant of meantBy(type)) {
      const parent = evidence.table(meant.parent);
      if (parent === undefined) continue;
      const { type: own } = findColumn(child, pointer.column);
      const inText = holdsKeys(own, findColumn(parent, meant.parentColumn).type);
      const looked = await evidence.look([values], parent, [meant.parentColumn], inText);
      // Nothing speaks for it but its type's name.
      if (looked?.found === 0) continue;
      const isLikely = pointer.says === "types" ? isNamed(looked) : judge(meant, looked).likely;
      if (isLikely || meant.strength === "named")
        found[isLikely ? "likely" : "possible"].add(type, parent, meant, looked);
    }
  return [...found.likely.shown("likely"), ...found.possible.shown("possible")];
}

/** A type that is called like a table is one, where some of its rows are there, however many are gone. */
const isNamed = (looked: Looked | undefined): boolean =>
  looked === undefined || looked.found / looked.set >= 0.1;

/** What is found of one pointer, in one line. */
class Found {
  private readonly byType = new Map<string, string[]>();
  private readonly keys = new Map<string, { parent: Table; column: string; values: string[] }>();
  private readonly because = new Set<string>();
  private set = 0;
  private found = 0;

  constructor(
    private readonly child: Table,
    private readonly pointer: Pointer,
  ) {}

  add(type: string, parent: Table, meant: Meant, looked: Looked | undefined): void {
    this.set += looked?.set ?? 0;
    this.found += looked?.found ?? 0;
    this.byType.set(type, [...(this.byType.get(type) ?? []), parent.name]);
    if (meant.because !== "") this.because.add(`${type}: ${meant.because}`);
    const key = this.keys.get(parent.name) ?? { parent, column: meant.parentColumn, values: [] };
    this.keys.set(parent.name, key);
    key.values.push(type);
  }

  shown(status: "likely" | "possible"): readonly FoundReference[] {
    const { child, pointer } = this;
    const keys = [...this.keys.values()];
    if (keys.length === 0) return [];
    const via = pointer.types === undefined ? "" : `, by ${pointer.types.table}`;
    const why = [`${pointer.type} says of which table${via}`, ...this.because].join("; ");
    const shown: ShownReference = {
      from: columnId(child.name, pointer.column),
      to: keys.map(({ parent, column }) => columnId(parent.name, column)),
      parents: keys.map(({ parent }) => parent.name),
      status,
      evidence: `${why}; ${this.found} of the last ${this.set} values are ids there`,
      pointer: {
        type: pointer.type,
        tables: [...this.byType].map(([type, parents]) => [type, parents.join(" or ")]),
      },
    };
    if (status === "possible") return [{ shown, keys: [] }];
    // One of several is nobody's to choose: each type then is a reference of its own.
    const isOpen = [...this.byType.values()].some((parents) => parents.length > 1);
    return [
      {
        shown,
        keys: keys.flatMap(({ parent, column, values }) =>
          (isOpen ? values.map((value) => [value]) : [values]).map((some) =>
            undeclared(child, [pointer.column], parent, [column], "likely", {
              column: pointer.type,
              values: some,
            }),
          ),
        ),
      },
    ];
  }
}

/** What the types of a pointer are called, by their ids, where a table has them. */
async function namesOf({ types }: Pointer, evidence: Evidence): Promise<ReadonlyMap<string, string>> {
  const table = types && evidence.table(types.table);
  if (table === undefined) return new Map();
  const latest = await evidence.latest(table, [types?.key ?? "", ...(types?.names ?? [])]);
  const ids = latest?.get(types?.key ?? "") ?? [];
  return new Map(
    ids.map((id, at) => [
      id ?? "",
      (types?.names ?? []).map((name) => latest?.get(name)?.[at] ?? "").join("."),
    ]),
  );
}
