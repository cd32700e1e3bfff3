/**
 * Decides what a run does with every row the source has touched: pure, and told all it needs. A row is written only
 * when the row it hangs on is the same entity on both sides; what hangs on a refused row is held with it.
 */
import { rowId, type RowId, type RowRef } from "./model";
import { classify, type Change, type Digest } from "./three-way";

/** A row of the source pointing at its parent. */
export interface Reference {
  readonly foreignKey: string;
  readonly parent: RowRef;
  /** The reference is part of the row's own key: without its parent the row is nobody. */
  readonly identifying: boolean;
  /** On the target, the value it refers by belongs to another row or to none. */
  readonly elsewhere: boolean;
  /** The target checks it at the end only, so the row can be written before its parent. */
  readonly deferrable?: boolean;
}

/** A row of the target that already has a value which must be unique. */
export interface Holder {
  readonly uniqueKey: string;
  readonly row: RowRef;
}

/** A row that the source touched since the base, with what the target has to say about it. */
export interface Candidate extends RowRef {
  readonly base: Digest;
  readonly source: Digest;
  readonly target: Digest;
  readonly references: readonly Reference[];
  /** For rows to be written: who holds their unique values on the target. */
  readonly holders: readonly Holder[];
  /** For rows to be deleted: who refers to them on the target. */
  readonly dependents: readonly RowRef[];
}

export type ConflictKind =
  | "id-collision"
  | "unique"
  | "changed-both"
  | "deleted-source-changed-target"
  | "deleted-target-changed-source"
  | "delete-has-dependents"
  | "missing-parent";

export interface Conflict extends RowRef {
  readonly kind: ConflictKind;
  /** For `unique`: the row of the target that has the value. */
  readonly other: RowRef | undefined;
  /** For `unique`: the constraint; for `missing-parent`: the foreign key. */
  readonly constraint: string | undefined;
  /** Everything that is not brought because of it, near and far. */
  readonly held: readonly RowRef[];
}

/** A row that both sides share from now on: its digest, or undefined when it is gone from both. */
export interface Settled extends RowRef {
  readonly digest: Digest;
}

export interface Write extends RowRef {
  readonly digest: string;
}

/** What is written, in this order: deletes and updates that free values first, the ones that wait for inserts last. */
export interface Decision {
  readonly earlyDeletes: readonly RowRef[];
  readonly earlyUpdates: readonly Write[];
  readonly inserts: readonly Write[];
  readonly lateUpdates: readonly Write[];
  readonly lateDeletes: readonly RowRef[];
  readonly settled: readonly Settled[];
  readonly conflicts: readonly Conflict[];
}

export interface DecideOptions {
  /** Only new rows are brought; what changed or vanished is left alone. */
  readonly insertsOnly: boolean;
  /** Parents that are not on the target. */
  readonly absent: ReadonlySet<RowId>;
  /** Rows the target refused for a reason that cannot be seen from outside (an exclusion constraint, a trigger). */
  readonly refused?: ReadonlySet<RowId>;
}

/** A candidate on its way to a decision. */
interface Standing {
  readonly id: RowId;
  readonly candidate: Candidate;
  readonly change: Change;
  conflict: { kind: ConflictKind; other?: RowRef; constraint?: string } | undefined;
  held: boolean;
}

const rootKinds: Partial<Record<Change, ConflictKind>> = {
  collision: "id-collision",
  "changed-both": "changed-both",
  "deleted-target-changed-source": "deleted-target-changed-source",
  "deleted-source-changed-target": "deleted-source-changed-target",
};
const insertLike: ReadonlySet<Change> = new Set<Change>(["insert", "twin", "collision"]);
/** Refused changes of these kinds leave no same row on the target for a child to hang on. */
const leavesNoParent: ReadonlySet<Change> = new Set<Change>([
  "insert",
  "twin",
  "collision",
  "deleted-target-changed-source",
]);

class Deliberation {
  private readonly standings = new Map<RowId, Standing>();
  /** For a row deleted on the source: those it hangs on that were deleted there too. They stay or go together. */
  private readonly deletedParents = new Map<RowId, Standing[]>();

  constructor(
    candidates: readonly Candidate[],
    private readonly options: DecideOptions,
  ) {
    for (const candidate of candidates) {
      const change = classify(candidate.base, candidate.source, candidate.target);
      if (change === "keep" || (options.insertsOnly && !insertLike.has(change))) continue;
      const id = rowId(candidate.table, candidate.key);
      const kind = rootKinds[change] ?? (options.refused?.has(id) === true ? "unique" : undefined);
      this.standings.set(id, {
        id,
        candidate,
        change,
        conflict: kind === undefined ? undefined : { kind },
        held: false,
      });
    }
    for (const standing of this.standings.values())
      for (const row of standing.candidate.dependents)
        append(this.deletedParents, rowId(row.table, row.key), standing);
  }

  /** Refuses row after row until nothing changes any more; refusals only ever grow. */
  decide(): Decision {
    for (let settled = false; !settled;) {
      settled = true;
      const early = this.early();
      for (const standing of this.standings.values())
        if (accepted(standing) && this.refuse(standing, early)) settled = false;
    }
    return this.conclude();
  }

  private refuse(standing: Standing, early: ReadonlySet<RowId>): boolean {
    const { candidate, change } = standing;
    if (change === "agreed") return false;
    if (change === "delete") {
      if ((this.deletedParents.get(standing.id) ?? []).some((parent) => !accepted(parent))) {
        standing.held = true;
        return true;
      }
      if (candidate.dependents.every((row) => this.leaves(row))) return false;
      standing.conflict = { kind: "delete-has-dependents" };
      return true;
    }
    const blocked = this.blocking(candidate);
    const missing = candidate.references.find((reference) => this.missing(reference));
    if (change === "twin") {
      if (blocked.length === 0 && missing === undefined) return false;
      standing.conflict = { kind: "id-collision" };
      return true;
    }
    if (blocked.length > 0) {
      standing.held = true;
      return true;
    }
    if (missing !== undefined) {
      standing.conflict = { kind: "missing-parent", constraint: missing.foreignKey };
      return true;
    }
    const taken = candidate.holders.find((holder) => !this.freed(holder.row, standing, early));
    if (taken === undefined) return false;
    standing.conflict = { kind: "unique", other: taken.row, constraint: taken.uniqueKey };
    return true;
  }

  private parentStanding(reference: Reference): Standing | undefined {
    return this.standings.get(rowId(reference.parent.table, reference.parent.key));
  }

  /** Whether the right parent is not there, though nobody refused it. */
  private missing(reference: Reference): boolean {
    const parent = this.parentStanding(reference);
    if (reference.elsewhere)
      return !(parent !== undefined && accepted(parent) && ["insert", "update"].includes(parent.change));
    return (
      parent === undefined && this.options.absent.has(rowId(reference.parent.table, reference.parent.key))
    );
  }

  /** The references whose parent was refused and so is not there, or is somebody else. */
  private blocking(candidate: Candidate): readonly Reference[] {
    return candidate.references.filter((reference) => {
      const parent = this.parentStanding(reference);
      return parent !== undefined && !accepted(parent) && leavesNoParent.has(parent.change);
    });
  }

  /** Whether a row that refers to a deleted one goes too, or is about to point elsewhere. */
  private leaves(row: RowRef): boolean {
    const standing = this.standings.get(rowId(row.table, row.key));
    return (
      standing !== undefined &&
      accepted(standing) &&
      (standing.change === "delete" || standing.change === "update")
    );
  }

  /** Whether a unique value is free by the time the row is written. */
  private freed(holder: RowRef, standing: Standing, early: ReadonlySet<RowId>): boolean {
    const id = rowId(holder.table, holder.key);
    if (id === standing.id) return true;
    const other = this.standings.get(id);
    if (other === undefined || !accepted(other) || !early.has(id)) return false;
    return other.change === "delete" || !(standing.change === "update" && early.has(standing.id));
  }

  /** Deletes on which nothing hangs but other such deletes, and updates that wait for no insert. */
  private early(): ReadonlySet<RowId> {
    const early = new Set<RowId>();
    for (const standing of this.standings.values()) {
      if (!accepted(standing)) continue;
      if (standing.change === "delete") early.add(standing.id);
      if (standing.change === "update" && !this.waitsForInsert(standing.candidate)) early.add(standing.id);
    }
    for (let shrunk = true; shrunk;) {
      shrunk = false;
      for (const id of early) {
        const standing = this.standings.get(id);
        if (standing?.change !== "delete") continue;
        const waits = standing.candidate.dependents.some((row) => {
          const dependent = rowId(row.table, row.key);
          return !early.has(dependent) || this.standings.get(dependent)?.change !== "delete";
        });
        if (waits) {
          early.delete(id);
          shrunk = true;
        }
      }
    }
    return early;
  }

  private waitsForInsert(candidate: Candidate): boolean {
    return candidate.references.some(
      (reference) => reference.deferrable !== true && this.parentStanding(reference)?.change === "insert",
    );
  }

  private conclude(): Decision {
    const early = this.early();
    const decision = {
      earlyDeletes: [] as RowRef[],
      earlyUpdates: [] as Write[],
      inserts: [] as Write[],
      lateUpdates: [] as Write[],
      lateDeletes: [] as RowRef[],
      settled: [] as Settled[],
    };
    for (const standing of this.standings.values()) {
      if (!accepted(standing)) continue;
      const { table, key, source } = standing.candidate;
      decision.settled.push({ table, key, digest: source });
      if (source === undefined) {
        if (standing.change !== "delete") continue;
        (early.has(standing.id) ? decision.earlyDeletes : decision.lateDeletes).push({ table, key });
        continue;
      }
      const write: Write = { table, key, digest: source };
      if (standing.change === "insert") decision.inserts.push(write);
      if (standing.change === "update")
        (early.has(standing.id) ? decision.earlyUpdates : decision.lateUpdates).push(write);
    }
    return { ...decision, conflicts: this.conflicts() };
  }

  private conflicts(): readonly Conflict[] {
    const children = new Map<RowId, Standing[]>();
    for (const standing of this.standings.values()) {
      if (accepted(standing)) continue;
      for (const reference of this.blocking(standing.candidate)) {
        append(children, rowId(reference.parent.table, reference.parent.key), standing);
      }
      if (standing.change === "delete")
        for (const parent of this.deletedParents.get(standing.id) ?? [])
          if (!accepted(parent)) append(children, parent.id, standing);
    }
    const conflicts: Conflict[] = [];
    for (const standing of this.standings.values()) {
      if (standing.conflict === undefined || this.belongsToParent(standing)) continue;
      const { kind, other, constraint } = standing.conflict;
      const { table, key } = standing.candidate;
      conflicts.push({ table, key, kind, other, constraint, held: heldBy(standing, children) });
    }
    return conflicts;
  }

  /** A colliding row that is nobody without its colliding parent is held with it, not a collision of its own. */
  private belongsToParent(standing: Standing): boolean {
    return (
      standing.conflict?.kind === "id-collision" &&
      this.blocking(standing.candidate).some((reference) => reference.identifying)
    );
  }
}

function append<T>(map: Map<RowId, T[]>, id: RowId, value: T): void {
  const values = map.get(id);
  if (values === undefined) map.set(id, [value]);
  else values.push(value);
}

const accepted = (standing: Standing): boolean => standing.conflict === undefined && !standing.held;

function heldBy(root: Standing, children: ReadonlyMap<RowId, readonly Standing[]>): readonly RowRef[] {
  const held = new Map<RowId, RowRef>();
  const open = [root.id];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const child of children.get(id) ?? []) {
      if (child.id === root.id || held.has(child.id)) continue;
      held.set(child.id, { table: child.candidate.table, key: child.candidate.key });
      if (leavesNoParent.has(child.change) || child.change === "delete") open.push(child.id);
    }
  return [...held.values()];
}

export const decide = (candidates: readonly Candidate[], options: DecideOptions): Decision =>
  new Deliberation(candidates, options).decide();
