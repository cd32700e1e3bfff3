/** What a decision is told, and what it says. */
import type { Key, RowId, RowRef, TableName } from "./model";
import type { Parked } from "./parking";
import type { Settled } from "./settled";
import type { ConflictKind } from "./standing";
import type { Operation, Step, StepKind } from "./steps";
import type { Taken } from "./taken";

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
  /** By the target's key: what the source has deleted, but for what the target was said to keep. */
  readonly leaving: ReadonlySet<RowId>;
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
  /** Tables in which a colliding row gets a fresh id. */
  readonly remap?: ReadonlySet<TableName>;
  /** Tables in which a new row whose unique value is taken is to be that row, whatever the table is settled by. */
  readonly merge?: ReadonlySet<TableName>;
}
