/**
 * Decides what a run does with every row the source has touched: pure, and told all it needs. A row is written only
 * when the row it hangs on is the same entity on both sides; what hangs on a refused row is held with it.
 */
import { rowId, type RowId, type RowRef } from "./model";
import type { Settled } from "./settled";
import { schedule, type Operation, type Step, type StepKind, type Wait } from "./steps";
import { classify, type Change, type Digest } from "./three-way";

/** A row of the source pointing at its parent. */
export interface Reference {
  readonly foreignKey: string;
  readonly parent: RowRef;
  /** The reference is part of the row's own key: without its parent the row is nobody. */
  readonly identifying: boolean;
  /** On the target, the value it refers by belongs to another row or to none. */
  readonly elsewhere: boolean;
  /**
   * When the row can be written: after its parent (unless told otherwise); `linked`: a new row before its parent too,
   * since this reference is put in last; `any`: at any time, since the target checks at the end.
   */
  readonly order?: "parent-first" | "linked" | "any";
}

/** A row of the target that refers to one to be deleted. */
export interface Dependent extends RowRef {
  /**
   * When the other can be deleted: after this row (unless told otherwise); `update-first`: it has to wait only where
   * this row is updated; `any`: at any time, since the target checks at the end.
   */
  readonly order?: "first" | "update-first" | "any";
}

/** A row of the target that already has a value which must be unique. */
export interface Holder {
  readonly uniqueKey: string;
  readonly row: RowRef;
  /** The target checks it at the end only, so it does not matter who is written first. */
  readonly deferrable?: boolean;
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
  readonly dependents: readonly Dependent[];
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

export interface Decision {
  /** What is written, in this order. */
  readonly steps: readonly Step[];
  readonly settled: readonly Settled[];
  readonly conflicts: readonly Conflict[];
}

/** The rows that a decision writes in one way. */
export const written = (decision: Decision, ...kinds: readonly StepKind[]): readonly Operation[] =>
  decision.steps.flatMap((step) => (kinds.includes(step.kind) ? step.rows : []));

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
  conflict: { kind: ConflictKind; other?: RowRef; constraint?: string | undefined } | undefined;
  held: boolean;
}

const rootKinds: Partial<Record<Change, ConflictKind>> = {
  collision: "id-collision",
  "changed-both": "changed-both",
  "deleted-target-changed-source": "deleted-target-changed-source",
  "deleted-source-changed-target": "deleted-source-changed-target",
};
/** What the target does not take, it does not say why: the nearest of the kinds. */
const refusedAs = (change: Change): ConflictKind =>
  change === "delete" ? "delete-has-dependents" : "unique";
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
      const kind = rootKinds[change] ?? (options.refused?.has(id) === true ? refusedAs(change) : undefined);
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
    for (;;) {
      for (let settled = false; !settled;) {
        settled = true;
        for (const standing of this.standings.values())
          if (accepted(standing) && this.refuse(standing)) settled = false;
      }
      const { steps, circular } = schedule(this.operations(), this.waits());
      if (circular.length === 0) return this.conclude(steps);
      for (const { before, after } of circular) {
        const standing = this.standings.get(after);
        const taken = standing?.candidate.holders.find(({ row }) => rowId(row.table, row.key) === before);
        if (standing === undefined || taken === undefined) throw new Error(`${after} waits for ${before}`);
        standing.conflict = { kind: "unique", other: taken.row, constraint: taken.uniqueKey };
      }
    }
  }

  private refuse(standing: Standing): boolean {
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
    const taken = candidate.holders.find((holder) => !this.freed(holder.row, standing));
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

  /** Whether the row that has a unique value is about to give it up: the source has it elsewhere. */
  private freed(holder: RowRef, standing: Standing): boolean {
    const id = rowId(holder.table, holder.key);
    if (id === standing.id) return true;
    const other = this.standings.get(id);
    return other !== undefined && accepted(other) && (other.change === "delete" || other.change === "update");
  }

  private operations(): readonly Operation[] {
    const operations: Operation[] = [];
    for (const standing of this.standings.values()) {
      const { id, candidate, change } = standing;
      if (!accepted(standing) || !isWrite(change)) continue;
      operations.push({
        id,
        table: candidate.table,
        key: candidate.key,
        kind: change,
        digest: candidate.source,
      });
    }
    return operations;
  }

  /** Which write has to come before which. Waits for rows that are not written bind nobody. */
  private waits(): readonly Wait[] {
    const waits: Wait[] = [];
    for (const standing of this.standings.values()) {
      const { id: own, candidate, change } = standing;
      if (!accepted(standing) || !isWrite(change)) continue;
      if (change === "delete") {
        for (const { table, key, order } of candidate.dependents) {
          const before = rowId(table, key);
          const free = order === "any" || (order === "update-first" && this.changeOf(before) === "delete");
          if (!free) waits.push({ before, after: own, unique: false });
        }
        continue;
      }
      for (const { parent, order, elsewhere } of candidate.references) {
        const before = rowId(parent.table, parent.key);
        const free = order === "any" || (order === "linked" && change === "insert");
        if (!free && (elsewhere || this.changeOf(before) === "insert"))
          waits.push({ before, after: own, unique: false });
      }
      for (const { row, deferrable } of candidate.holders)
        if (deferrable !== true) waits.push({ before: rowId(row.table, row.key), after: own, unique: true });
    }
    return waits;
  }

  private changeOf(id: RowId): Change | undefined {
    return this.standings.get(id)?.change;
  }

  private conclude(steps: readonly Step[]): Decision {
    const settled: Settled[] = [];
    for (const standing of this.standings.values()) {
      const { table, key, source } = standing.candidate;
      if (accepted(standing)) settled.push({ table, key, digest: source });
    }
    return { steps, settled, conflicts: this.conflicts() };
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

const isWrite = (change: Change): change is StepKind =>
  change === "insert" || change === "update" || change === "delete";

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
