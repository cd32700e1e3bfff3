import type { SyncedTable } from "../engine";

/** One sync, the first or a later one, inside the target's transaction. */
export interface SyncRun {
  /** @throws Fault (1) when the target is not in the state a sync may write to. */
  check(): Promise<void>;
  foresee(): Promise<readonly SyncedTable[]>;
  /** A mirror is what the source is, so the target's own triggers rest while it is written. */
  write(): Promise<readonly SyncedTable[]>;
}

/** Since a moment of `performance.now()`, to hundredths. */
export const seconds = (since: number): number => Math.round((performance.now() - since) / 10) / 100;
