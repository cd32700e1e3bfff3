/** A row on its way to a decision, and what its change means for those around it. */
import { isLeaving, sourceKey, type Candidate } from "./candidate";
import type { RowId, RowRef } from "./model";
import { alone, nobody, type Settled } from "./settled";
import type { StepKind } from "./steps";
import type { Taken } from "./taken";
import type { Change } from "./three-way";

export type ConflictKind =
  | "id-collision"
  | "unique"
  | "changed-both"
  | "deleted-source-changed-target"
  | "deleted-target-changed-source"
  | "delete-has-dependents"
  | "missing-parent";

/** A candidate on its way to a decision. */
export interface Standing {
  /** By the source's key: no two candidates have the same. */
  readonly id: RowId;
  /** By the target's key: a colliding row has that of the row it collides with. */
  readonly targetId: RowId;
  readonly candidate: Candidate;
  change: Change;
  readonly taken: Taken | undefined;
  conflict: { kind: ConflictKind; other?: RowRef; constraint?: string | undefined } | undefined;
  held: boolean;
}

/** Whether the source's change is known and not brought. */
export const isGivenUp = (change: Change): boolean => change === "given-up" || change === "left";

const rootKinds: Partial<Record<Change, ConflictKind>> = {
  collision: "id-collision",
  "changed-both": "changed-both",
  "deleted-target-changed-source": "deleted-target-changed-source",
  "deleted-source-changed-target": "deleted-source-changed-target",
};
/** What the target does not take, it does not say why: the nearest of the kinds. */
const refusedAs = (change: Change): ConflictKind =>
  change === "delete" ? "delete-has-dependents" : "unique";

/** What stands against a change from the start. */
export function conflictOf(change: Change, refused: boolean): Standing["conflict"] {
  const kind = rootKinds[change] ?? (refused && !isGivenUp(change) ? refusedAs(change) : undefined);
  return kind === undefined ? undefined : { kind };
}

export const insertLike: ReadonlySet<Change> = new Set<Change>(["insert", "twin", "collision"]);
/** Refused changes of these kinds leave no same row on the target for a child to hang on. */
export const leavesNoParent: ReadonlySet<Change> = new Set<Change>([
  "insert",
  "twin",
  "collision",
  "deleted-target-changed-source",
]);

/** For the second of two rows of the source that lead to one of the target: both cannot be written. */
export const secondOf = (change: Change): Standing["conflict"] =>
  change === "agreed" || isGivenUp(change)
    ? undefined
    : { kind: change === "changed-both" ? change : "id-collision" };

export const isWrite = (change: Change): change is StepKind =>
  change === "insert" || change === "update" || change === "delete";

export function append<T>(map: Map<RowId, T[]>, id: RowId, value: T): void {
  const values = map.get(id);
  if (values === undefined) map.set(id, [value]);
  else values.push(value);
}

/** Whether one of those that lead to a row of the target stands for all of them, since they go together. */
export const isLastOf = (leading: readonly Standing[], one: Standing): boolean =>
  leading.at(-1) === one && leading.every(({ candidate }) => candidate.standing === "retired");

/**
 * What both sides know of a row from now on.
 *
 * @param last see `isLastOf`
 */
export function settledAs({ candidate, change }: Standing, last: boolean): readonly Settled[] {
  const { table, key, base, source, target, origin, standing, tenant } = candidate;
  const settled = { table, key, digest: source, ...(origin && { origin }) };
  const staying = { table, key, digest: target, origin: alone(nobody, target, "target") };
  // Whoever was merged into it is gone, and nobody else was: it stays, and is no row of the source any more.
  if (standing === "retired" && origin?.relation === "merged")
    return last && target !== undefined && tenant === undefined ? [settled, staying] : [settled];
  if (origin?.relation === "alone") return [{ ...settled, key: nobody, origin }];
  // What was merged is two rows still: the one that stands is not written over the other on the way back.
  if (change === "given-up" && standing === "merged-changed" && target !== undefined)
    return [{ ...settled, digest: target }];
  if (change !== "left") return [settled];
  const here = origin === undefined ? source : origin.digest;
  if (here === undefined) return [settled, staying];
  if (base === undefined)
    return [{ table, key: nobody, digest: here, origin: alone(sourceKey(candidate), here, "source") }];
  const pair = origin ?? { key, digest: source, relation: "moved" as const, straggler: undefined };
  return [{ table, key, digest: target, origin: { ...pair, apart: true } }];
}

/** What the source has deleted, but for what stays. */
export function stillLeaving(leaving: ReadonlySet<RowId>, standings: Iterable<Standing>): ReadonlySet<RowId> {
  const still = new Set(leaving);
  for (const { candidate, targetId, change } of standings)
    if (isLeaving(candidate) && isGivenUp(change)) still.delete(targetId);
  return still;
}

export const accepted = (standing: Standing): boolean => standing.conflict === undefined && !standing.held;

/** Everything that is not brought because of one row, near and far. */
export function heldBy(root: Standing, children: ReadonlyMap<RowId, readonly Standing[]>): readonly RowRef[] {
  const held = new Map<RowId, RowRef>();
  const open = [root.id];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const child of children.get(id) ?? []) {
      if (child.id === root.id || held.has(child.id)) continue;
      held.set(child.id, { table: child.candidate.table, key: sourceKey(child.candidate) });
      if (leavesNoParent.has(child.change) || child.change === "delete") open.push(child.id);
    }
  return [...held.values()];
}
