/**
 * The design's table of what happens to a row, once more and differently: on whole contents held in maps, one row at
 * a time, without digests, sets or statements. Tests compare what a real run did with what this says.
 */
import type { Shape } from "./shape";

export type Row = Readonly<Record<string, string | null>>;
/** Rows by `table key`. */
export type Contents = ReadonlyMap<string, Row>;

export interface Expected {
  readonly target: Contents;
  /** What both sides share after the run. */
  readonly base: Contents;
  /** What was not brought, as a conflict of its own or held with one, with every kind it may be reported as. */
  readonly refused: ReadonlyMap<string, ReadonlySet<string>>;
  readonly counts: readonly [inserted: number, updated: number, deleted: number];
}

type Verdict = "insert" | "update" | "delete" | "twin" | "agreed" | "conflict";

const same = (one: Row | undefined, other: Row | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export function expectedOf(
  shapes: readonly Shape[],
  base: Contents,
  source: Contents,
  target: Contents,
): Expected {
  const shapeOf = (id: string): Shape | undefined => shapes.find((one) => id.startsWith(`${one.name} `));
  const parentsOf = (id: string, row: Row | undefined): readonly string[] =>
    (shapeOf(id)?.links ?? []).flatMap((link) => {
      const values = link.columns.map((column) => row?.[column] ?? null);
      return row === undefined || values.includes(null) ? [] : [`${link.parent} ${values.join()}`];
    });

  const verdicts = new Map<string, Verdict>();
  const refused = new Map<string, Set<string>>();
  const refuse = (id: string, kind?: string): void => {
    const kinds = refused.get(id) ?? new Set<string>();
    refused.set(id, kind === undefined ? kinds : kinds.add(kind));
  };
  for (const id of new Set([...base.keys(), ...source.keys()])) {
    const [was, here, there] = [base.get(id), source.get(id), target.get(id)];
    if (same(was, here)) continue;
    const conflict = (kind: string): void => {
      verdicts.set(id, "conflict");
      refuse(id, kind);
    };
    if (was === undefined) {
      if (there === undefined) verdicts.set(id, "insert");
      else if (same(here, there)) verdicts.set(id, "twin");
      else conflict("id-collision");
    } else if (same(here, there)) verdicts.set(id, "agreed");
    else if (here === undefined && same(was, there)) verdicts.set(id, "delete");
    else if (here === undefined) conflict("deleted-source-changed-target");
    else if (there === undefined) conflict("deleted-target-changed-source");
    else if (same(was, there)) verdicts.set(id, "update");
    else conflict("changed-both");
  }

  const childrenThere = new Map<string, string[]>();
  for (const [id, row] of target)
    for (const parent of parentsOf(id, row))
      childrenThere.set(parent, [...(childrenThere.get(parent) ?? []), id]);
  const valueOf = (id: string, column: string, row: Row | undefined): string | undefined => {
    const value = row?.[column];
    return value === null || value === undefined
      ? undefined
      : `${shapeOf(id)?.name ?? ""} ${column} ${value}`;
  };
  const holders = new Map<string, string>();
  for (const [id, row] of target)
    for (const column of shapeOf(id)?.unique ?? []) {
      const value = valueOf(id, column, row);
      if (value !== undefined) holders.set(value, id);
    }
  const holdersOf = (id: string): readonly string[] =>
    (shapeOf(id)?.unique ?? []).flatMap((column) => {
      const holder = holders.get(valueOf(id, column, source.get(id)) ?? "");
      return holder === undefined || holder === id ? [] : [holder];
    });

  const brought = (id: string): Verdict | undefined => (refused.has(id) ? undefined : verdicts.get(id));
  /** Whether a row of the target goes or becomes what it is on the source, where nothing of the sort is in the way. */
  const yields = (id: string): boolean => ["delete", "update"].includes(brought(id) ?? "");
  /** Refused, and so not there as the same row. */
  const nobody = (parent: string): boolean =>
    refused.has(parent) && (base.get(parent) === undefined || target.get(parent) === undefined);
  const lost = (parent: string): boolean => !verdicts.has(parent) && !target.has(parent);

  /** Every reason for which a row is not brought, undefined for being held with another. */
  const reasons = (id: string, verdict: Verdict): readonly (string | undefined)[] => {
    const found: (string | undefined)[] = [];
    const parents = parentsOf(id, source.get(id));
    if (verdict === "delete") {
      if (parentsOf(id, target.get(id)).some((one) => refused.has(one) && !source.has(one)))
        found.push(undefined);
      if (!(childrenThere.get(id) ?? []).every(yields)) found.push("delete-has-dependents");
    } else if (verdict === "twin") {
      if (parents.some((one) => nobody(one) || lost(one))) found.push("id-collision");
    } else if (verdict === "insert" || verdict === "update") {
      if (parents.some(nobody)) found.push(undefined);
      if (parents.some(lost)) found.push("missing-parent");
      if (!holdersOf(id).every(yields)) found.push("unique");
    }
    return found;
  };
  for (let size = -1; size !== refused.size;) {
    size = refused.size;
    for (const [id, verdict] of verdicts) for (const reason of reasons(id, verdict)) refuse(id, reason);
  }
  // What turned out later may be the reason that is given.
  for (const [id, verdict] of verdicts) for (const reason of reasons(id, verdict)) refuse(id, reason);

  const result = new Map(target);
  const shared = new Map(base);
  const written: Verdict[] = [];
  for (const [id, verdict] of verdicts) {
    if (refused.has(id)) continue;
    const row = source.get(id);
    for (const map of verdict === "twin" || verdict === "agreed" ? [shared] : [shared, result])
      if (row === undefined) map.delete(id);
      else map.set(id, row);
    written.push(verdict);
  }
  const count = (verdict: Verdict): number => written.filter((one) => one === verdict).length;
  return {
    target: result,
    base: shared,
    refused,
    counts: [count("insert"), count("update"), count("delete")],
  };
}
