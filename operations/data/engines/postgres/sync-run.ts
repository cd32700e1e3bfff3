import type { SyncedTable } from "../../engine";
import type { Table } from "../../model";
import { relationOf } from "./rows";
import type { Session } from "./session";
import { name } from "./sql";

/** One sync, the first or a later one, inside the target's transaction. */
export interface SyncRun {
  /** @throws Fault (1) when the target is not in the state a sync may write to. */
  check(): Promise<void>;
  foresee(): Promise<readonly SyncedTable[]>;
  write(): Promise<readonly SyncedTable[]>;
}

/** Since a moment of `performance.now()`, to hundredths. */
export const seconds = (since: number): number => Math.round((performance.now() - since) / 10) / 100;

/** A mirror is what the source is, so the target's own triggers rest while it is written; they come back as they were. */
export async function switchTriggers(target: Session, tables: readonly Table[], on: boolean): Promise<void> {
  for (const table of tables)
    for (const trigger of table.triggers) {
      if (trigger.enabled !== "O" && trigger.enabled !== "A") continue;
      const action = !on ? "DISABLE" : trigger.enabled === "A" ? "ENABLE ALWAYS" : "ENABLE";
      await target.run(`ALTER TABLE ${relationOf(table)} ${action} TRIGGER ${name(trigger.name)}`);
    }
}
