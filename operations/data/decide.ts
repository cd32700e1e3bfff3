/**
 * Decides what a run does with every row the source has touched: pure, and told all it needs. A row is written only
 * when the row it hangs on is the same entity on both sides; what hangs on a refused row is held with it.
 */
import {
  isLeaving,
  isTaken,
  leavingRows,
  matchOf,
  parentId,
  sourceId,
  sourceKey,
  type Candidate,
  type Holder,
  type Reference,
} from "./candidate";
import { groupBy } from "./collections";
import type { Conflict, DecideOptions, Decision } from "./decision";
import { rowId, type RowId, type RowRef } from "./model";
import { Parking } from "./parking";
import type { Settled } from "./settled";
import {
  accepted,
  append,
  conflictOf,
  heldBy,
  insertLike,
  isGivenUp,
  isLastOf,
  isWrite,
  leavesNoParent,
  secondOf,
  settledAs,
  stillLeaving,
  type Standing,
} from "./standing";
import { schedule, type Operation, type Step, type Wait } from "./steps";
import { changeOf, settledBy, type Taken } from "./taken";
import type { Change } from "./three-way";

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
    const claimed = this.claimedRows(candidates);
    for (const candidate of candidates) {
      const targetId = rowId(candidate.table, candidate.key);
      const stays = isLeaving(candidate) && (candidate.tenant !== undefined || claimed.has(targetId));
      const found = stays ? "given-up" : changeOf(candidate);
      const isInsert = insertLike.has(found) || candidate.standing === "merged";
      if (found === "keep" || (options.insertsOnly && !isInsert)) continue;
      const taken = this.takenFor(candidate);
      const isAsked = options.remap?.has(candidate.table) === true || this.merges(candidate);
      const isStranger = found === "collision" && candidate.left === true && !isAsked;
      const settled = isStranger ? "left" : this.settled(found, taken, candidate);
      const givenUp = taken?.side === "target" && isWrite(settled) && options.refused?.has(targetId) === true;
      const change = givenUp ? "left" : settled;
      const id = sourceId(candidate);
      const second = change !== "collision" && !stays && this.onTarget.has(targetId);
      const conflict = second
        ? secondOf(change)
        : conflictOf(change, options.refused?.has(targetId) === true);
      const standing = {
        id,
        targetId,
        candidate,
        change,
        taken,
        conflict,
        held: false,
      };
      this.standings.set(id, standing);
      if (change !== "collision" && !second && !stays && !isStranger) this.onTarget.set(targetId, standing);
    }
    for (const standing of this.standings.values())
      for (const row of standing.candidate.dependents)
        append(this.deletedParents, rowId(row.table, row.key), standing);
  }

  private settled(found: Change, taken: Taken | undefined, candidate: Candidate): Change {
    if (taken === undefined) return found;
    // Whether it is about its value or its id is known when all else is decided.
    const isOpen = found === "collision" && taken.side === "target" && this.isTaken(candidate, taken);
    return isOpen ? found : settledBy(found, taken);
  }

  private isTaken(candidate: Candidate, taken: Taken | undefined): boolean {
    const apart = this.options.byValue?.has(candidate.table) === true;
    return apart && isTaken(candidate, taken?.exact === true, this.leaving);
  }

  /** What was left is left as long as there is the reason for it. */
  private takenFor(candidate: Candidate): Taken | undefined {
    if (candidate.left === true) return { side: "target", exact: false };
    return this.options.take?.(candidate.table, sourceKey(candidate));
  }

  /**
   * Rows of the target that stand for another one of the source from now on, whatever became of their own counterpart:
   * it was merged into them, or somebody said so by name.
   */
  private claimedRows(candidates: readonly Candidate[]): ReadonlySet<RowId> {
    const isSaid = (one: Candidate): boolean =>
      changeOf(one) === "collision" && this.options.take?.(one.table, sourceKey(one))?.exact === true;
    return new Set(
      candidates
        .filter((one) => one.standing === "merged" || isSaid(one))
        .map((one) => rowId(one.table, one.key)),
    );
  }

  /** Refuses row after row until nothing changes any more; refusals only ever grow. */
  decide(): Decision {
    for (;;) {
      for (let settled = false; !settled;) {
        settled = true;
        for (const standing of this.standings.values())
          if (accepted(standing) && this.refuse(standing)) settled = false;
      }
      if (this.leaveTaken()) continue;
      const { steps, circular } = schedule(this.operations(), this.waits());
      if (circular.length === 0) return this.conclude(steps);
      for (const { before, after } of circular) {
        const standing = this.onTarget.get(after);
        const holders =
          standing?.candidate.holders.filter(({ row }) => rowId(row.table, row.key) === before) ?? [];
        const taken = holders.find((one) => !this.parking.park(one));
        if (standing === undefined || holders.length === 0) throw new Error(`${after} waits for ${before}`);
        if (taken !== undefined)
          this.object(standing, { kind: "unique", other: taken.row, constraint: taken.uniqueKey });
      }
    }
  }

  private refuse(standing: Standing): boolean {
    const { candidate, change } = standing;
    if (change === "agreed" || isGivenUp(change)) return false;
    if (change === "delete") {
      const parents = this.deletedParents.get(standing.targetId) ?? [];
      if (parents.some((parent) => isGivenUp(parent.change))) {
        standing.change = "left";
        return true;
      }
      if (parents.some((parent) => !accepted(parent))) {
        standing.held = true;
        return true;
      }
      if (candidate.dependents.every((row) => this.leaves(row))) return false;
      this.object(standing, { kind: "delete-has-dependents" });
      return true;
    }
    const blocked = this.blocking(candidate);
    const missing = candidate.references.find((reference) => this.missing(reference));
    if (change === "twin") {
      if (blocked.length === 0 && missing === undefined) return false;
      if (candidate.left === true) standing.change = "left";
      else if (standing.taken?.exact === true) standing.change = settledBy("collision", standing.taken);
      else standing.conflict = { kind: "id-collision" };
      return true;
    }
    if (blocked.length > 0) {
      standing.held = true;
      return true;
    }
    if (missing !== undefined) {
      this.object(standing, { kind: "missing-parent", constraint: missing.foreignKey });
      return true;
    }
    const taken = candidate.holders.find((holder) => !this.freed(holder.row, standing));
    if (taken === undefined) return false;
    this.object(standing, { kind: "unique", other: taken.row, constraint: taken.uniqueKey });
    return true;
  }

  /** Objects to a row, unless it was said that the target is to stand: then the source's change is given up. */
  private object(standing: Standing, conflict: NonNullable<Standing["conflict"]>): void {
    const { candidate, taken } = standing;
    const merges = conflict.kind === "unique" && this.merges(candidate);
    if (taken?.side === "target" && (taken.exact || !merges)) standing.change = "left";
    else standing.conflict = conflict;
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
    if (parent?.change === "left") return parent.candidate.base === undefined;
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
    const leading = groupBy(this.standings.values(), (one) => one.targetId);
    for (const standing of this.standings.values()) {
      const { table, key, tenant } = standing.candidate;
      if (!accepted(standing)) continue;
      settled.push(...settledAs(standing, isLastOf(leading.get(standing.targetId) ?? [], standing)));
      // What leads to a row that stays leads back from it as well.
      if (tenant !== undefined && standing.change === "given-up")
        settled.push({
          table,
          key,
          digest: tenant.target,
          origin: { key: tenant.key, digest: tenant.source, relation: "merged", straggler: "source" },
        });
    }
    const writes = (id: RowId): boolean => {
      const standing = this.onTarget.get(id);
      return standing !== undefined && accepted(standing);
    };
    const leaving = stillLeaving(this.leaving, this.standings.values());
    for (const standing of this.standings.values()) {
      const holder = this.holderOf(standing, leaving);
      if (holder !== undefined)
        standing.conflict = { kind: "unique", other: holder.row, constraint: holder.uniqueKey };
    }
    return { parked: this.parking.rows(writes), steps, settled, conflicts: this.conflicts(), leaving };
  }

  /** Of a colliding row: who has its unique value and keeps it. Known when all else is decided. */
  private holderOf(
    { candidate, change, conflict, taken }: Standing,
    leaving: ReadonlySet<RowId>,
  ): Holder | undefined {
    if (change !== "collision" || conflict === undefined || !this.isTaken(candidate, taken)) return undefined;
    return candidate.holders.find(({ row }) => {
      const id = rowId(row.table, row.key);
      const other = this.onTarget.get(id);
      const freed = other !== undefined && accepted(other) && other.change === "update";
      return !leaving.has(id) && !freed;
    });
  }

  /** Leaves colliding rows that no fresh id would bring and that are told to stay. True where there are any. */
  private leaveTaken(): boolean {
    const leaving = stillLeaving(this.leaving, this.standings.values());
    const staying = [...this.standings.values()].filter(
      (one) =>
        one.taken?.side === "target" &&
        (one.taken.exact || !this.merges(one.candidate)) &&
        this.holderOf(one, leaving) !== undefined,
    );
    for (const one of staying) {
      one.change = "left";
      one.conflict = undefined;
    }
    // What was held with them is asked once more.
    if (staying.length > 0) for (const one of this.standings.values()) one.held = false;
    return staying.length > 0;
  }

  private merges(candidate: Candidate): boolean {
    return (
      candidate.base === undefined &&
      this.options.merge?.has(candidate.table) === true &&
      matchOf(candidate) !== undefined
    );
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

export const decide = (candidates: readonly Candidate[], options: DecideOptions): Decision =>
  new Deliberation(candidates, options).decide();
