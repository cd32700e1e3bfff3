/**
 * Decides what a run does with every row the source has touched: pure, and told all it needs. A row is written only
 * when the row it hangs on is the same entity on both sides; what hangs on a refused row is held with it.
 */
import { leavingRows, parentId, sourceId, sourceKey, type Candidate, type Reference } from "./candidate";
import { rowId, type Key, type RowId, type RowRef, type TableName } from "./model";
import { Parking, type Parked } from "./parking";
import type { Settled } from "./settled";
import { schedule, type Operation, type Step, type StepKind, type Wait } from "./steps";
import { changeOf, settledBy, type Taken } from "./taken";
import type { Change } from "./three-way";

export type ConflictKind =
  | "id-collision"
  | "unique"
  | "changed-both"
  | "deleted-source-changed-target"
  | "deleted-target-changed-source"
  | "delete-has-dependents"
  | "missing-parent";

/** A row of the source, by the source's key. */
export interface Conflict extends RowRef {
  readonly kind: ConflictKind;
  /** The key by which the target knows the row, or would. */
  readonly targetKey: Key;
  /** Whether the source has it new. */
  readonly isNew: boolean;
  /** For `unique`: the row of the target that has the value. */
  readonly other: RowRef | undefined;
  /** For `unique`: the constraint; for `missing-parent`: the foreign key. */
  readonly constraint: string | undefined;
  /** Everything that is not brought because of it, near and far; keys are the source's. */
  readonly held: readonly RowRef[];
}

export interface Decision {
  /** What goes before all steps; the row itself is written in one of them. */
  readonly parked: readonly Parked[];
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
  /** Which side a row is settled by, should it be in conflict; keys are the source's. */
  readonly take?: (table: TableName, sourceKey: Key) => Taken | undefined;
  /** Tables in which a colliding row whose unique value is taken is a matter of that value, not of its id. */
  readonly byValue?: ReadonlySet<TableName>;
}

/** A candidate on its way to a decision. */
interface Standing {
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
  /** By the target's key: what the target's row is, or will be. A colliding row is none of them. */
  private readonly onTarget = new Map<RowId, Standing>();
  /** By the target's key: what the source has deleted. */
  private readonly leaving: ReadonlySet<RowId>;
  private readonly parking = new Parking();
  /** For a row deleted on the source: those it hangs on that were deleted there too. They stay or go together. */
  private readonly deletedParents = new Map<RowId, Standing[]>();

  constructor(
    candidates: readonly Candidate[],
    private readonly options: DecideOptions,
  ) {
    this.leaving = leavingRows(candidates);
    for (const candidate of candidates) {
      const found = changeOf(candidate);
      if (found === "keep" || (options.insertsOnly && !insertLike.has(found))) continue;
      const taken = options.take?.(candidate.table, sourceKey(candidate));
      const targetId = rowId(candidate.table, candidate.key);
      const settled = taken === undefined ? found : settledBy(found, taken);
      const givenUp = taken?.side === "target" && isWrite(settled) && options.refused?.has(targetId) === true;
      const change = givenUp ? "given-up" : settled;
      const id = sourceId(candidate);
      // Two rows of the source that lead to one of the target cannot both be written.
      const second = change !== "collision" && this.onTarget.has(targetId);
      const conflict = second ? secondOf(change) : this.conflictOf(targetId, candidate, change);
      const standing = { id, targetId, candidate, change, taken, conflict, held: false };
      this.standings.set(id, standing);
      if (change !== "collision" && !second) this.onTarget.set(targetId, standing);
    }
    for (const standing of this.standings.values())
      for (const row of standing.candidate.dependents)
        append(this.deletedParents, rowId(row.table, row.key), standing);
  }

  private conflictOf(id: RowId, candidate: Candidate, change: Change): Standing["conflict"] {
    const holder = candidate.holders.find(({ row }) => !this.leaving.has(rowId(row.table, row.key)));
    if (change === "collision" && holder !== undefined && this.options.byValue?.has(candidate.table) === true)
      return { kind: "unique", other: holder.row, constraint: holder.uniqueKey };
    const kind =
      rootKinds[change] ??
      (change !== "given-up" && this.options.refused?.has(id) === true ? refusedAs(change) : undefined);
    return kind === undefined ? undefined : { kind };
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
        const standing = this.onTarget.get(after);
        const holders =
          standing?.candidate.holders.filter(({ row }) => rowId(row.table, row.key) === before) ?? [];
        const taken = holders.find((one) => !this.parking.park(one));
        if (standing === undefined || holders.length === 0) throw new Error(`${after} waits for ${before}`);
        if (taken !== undefined)
          object(standing, { kind: "unique", other: taken.row, constraint: taken.uniqueKey });
      }
    }
  }

  private refuse(standing: Standing): boolean {
    const { candidate, change } = standing;
    if (change === "agreed" || change === "given-up") return false;
    if (change === "delete") {
      const parents = this.deletedParents.get(standing.targetId) ?? [];
      if (parents.some((parent) => parent.change === "given-up")) {
        standing.change = "given-up";
        return true;
      }
      if (parents.some((parent) => !accepted(parent))) {
        standing.held = true;
        return true;
      }
      if (candidate.dependents.every((row) => this.leaves(row))) return false;
      object(standing, { kind: "delete-has-dependents" });
      return true;
    }
    const blocked = this.blocking(candidate);
    const missing = candidate.references.find((reference) => this.missing(reference));
    if (change === "twin") {
      if (blocked.length === 0 && missing === undefined) return false;
      if (standing.taken?.exact === true) standing.change = settledBy("collision", standing.taken);
      else standing.conflict = { kind: "id-collision" };
      return true;
    }
    if (blocked.length > 0) {
      standing.held = true;
      return true;
    }
    if (missing !== undefined) {
      object(standing, { kind: "missing-parent", constraint: missing.foreignKey });
      return true;
    }
    const taken = candidate.holders.find((holder) => !this.freed(holder.row, standing));
    if (taken === undefined) return false;
    object(standing, { kind: "unique", other: taken.row, constraint: taken.uniqueKey });
    return true;
  }

  private parentStanding(reference: Reference): Standing | undefined {
    return this.standings.get(parentId(reference));
  }

  /** Whether the right parent is not there, though nobody refused it. */
  private missing(reference: Reference): boolean {
    const parent = this.parentStanding(reference);
    if (reference.elsewhere)
      return !(parent !== undefined && accepted(parent) && ["insert", "update"].includes(parent.change));
    // Given up, it is not brought, and nobody will bring it.
    if (parent?.change === "given-up") return parent.candidate.target === undefined;
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
    const standing = this.onTarget.get(rowId(row.table, row.key));
    return (
      standing !== undefined &&
      accepted(standing) &&
      (standing.change === "delete" || standing.change === "update")
    );
  }

  /** Whether the row that has a unique value is about to give it up: the source has it elsewhere. */
  private freed(holder: RowRef, standing: Standing): boolean {
    const id = rowId(holder.table, holder.key);
    if (id === standing.targetId) return true;
    const other = this.onTarget.get(id);
    return other !== undefined && accepted(other) && (other.change === "delete" || other.change === "update");
  }

  private operations(): readonly Operation[] {
    const operations: Operation[] = [];
    for (const standing of this.standings.values()) {
      const { targetId: id, candidate, change } = standing;
      if (!accepted(standing) || !isWrite(change)) continue;
      operations.push({
        id,
        table: candidate.table,
        key: candidate.key,
        kind: change,
        digest: candidate.source,
        origin: candidate.origin?.key,
      });
    }
    return operations;
  }

  /** Which write has to come before which. Waits for rows that are not written bind nobody. */
  private waits(): readonly Wait[] {
    const waits: Wait[] = [];
    for (const standing of this.standings.values()) {
      const { targetId: own, candidate, change } = standing;
      if (!accepted(standing) || !isWrite(change)) continue;
      if (change === "delete") {
        for (const before of this.goingFirst(own)) waits.push({ before, after: own, unique: false });
        continue;
      }
      for (const { parent, order, elsewhere } of candidate.references) {
        const before = rowId(parent.table, parent.key);
        const free = order === "any" || (order === "linked" && change === "insert");
        if (!free && (elsewhere || this.changeOf(before) === "insert"))
          waits.push({ before, after: own, unique: false });
      }
      for (const holder of candidate.holders)
        if (!this.parking.isFree(holder))
          waits.push({ before: rowId(holder.row.table, holder.row.key), after: own, unique: true });
    }
    return waits;
  }

  /** What has to be written before a row can be deleted: for the rows that go along with it too. */
  private goingFirst(row: RowId): ReadonlySet<RowId> {
    const first = new Set<RowId>();
    const along = new Set([row]);
    for (const one of along)
      for (const { table, key, order } of this.onTarget.get(one)?.candidate.dependents ?? []) {
        const id = rowId(table, key);
        const goes = this.changeOf(id) === "delete";
        if (order === "cascade" && goes) along.add(id);
        else if (order !== "any" && !(order === "update-first" && goes)) first.add(id);
      }
    return first;
  }

  private changeOf(id: RowId): Change | undefined {
    return this.onTarget.get(id)?.change;
  }

  private conclude(steps: readonly Step[]): Decision {
    const settled: Settled[] = [];
    for (const standing of this.standings.values()) {
      const { table, key, source, origin } = standing.candidate;
      if (accepted(standing)) settled.push({ table, key, digest: source, ...(origin && { origin }) });
    }
    const writes = (id: RowId): boolean => {
      const standing = this.onTarget.get(id);
      return standing !== undefined && accepted(standing);
    };
    return { parked: this.parking.rows(writes), steps, settled, conflicts: this.conflicts() };
  }

  private conflicts(): readonly Conflict[] {
    const children = new Map<RowId, Standing[]>();
    for (const standing of this.standings.values()) {
      if (accepted(standing)) continue;
      for (const reference of this.blocking(standing.candidate)) {
        append(children, parentId(reference), standing);
      }
      if (standing.change === "delete")
        for (const parent of this.deletedParents.get(standing.targetId) ?? [])
          if (!accepted(parent)) append(children, parent.id, standing);
    }
    const conflicts: Conflict[] = [];
    for (const standing of this.standings.values()) {
      if (standing.conflict === undefined || this.belongsToParent(standing)) continue;
      const { kind, other, constraint } = standing.conflict;
      const { table, key: targetKey, base } = standing.candidate;
      const key = sourceKey(standing.candidate);
      const held = heldBy(standing, children);
      conflicts.push({ table, key, targetKey, isNew: base === undefined, kind, other, constraint, held });
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

/** Objects to a row, unless it was said that the target is to stand: then the source's change is given up. */
function object(standing: Standing, conflict: NonNullable<Standing["conflict"]>): void {
  if (standing.taken?.side === "target") standing.change = "given-up";
  else standing.conflict = conflict;
}

const secondOf = (change: Change): Standing["conflict"] =>
  change === "agreed" || change === "given-up"
    ? undefined
    : { kind: change === "changed-both" ? change : "id-collision" };

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
      held.set(child.id, { table: child.candidate.table, key: sourceKey(child.candidate) });
      if (leavesNoParent.has(child.change) || child.change === "delete") open.push(child.id);
    }
  return [...held.values()];
}

export const decide = (candidates: readonly Candidate[], options: DecideOptions): Decision =>
  new Deliberation(candidates, options).decide();
