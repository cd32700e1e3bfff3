import { SettingsError } from "../../settings/settings-error";
import { parseStandby, type StandbySettings } from "../../settings/standby";
import { standbyExample } from "./examples";

/** The example with a few settings changed; `activeSite` is the other stack's. */
export const parseExample = (changes: Record<string, unknown>): StandbySettings =>
  parseStandby("standby", { ...standbyExample, ...changes }, ["activeSite"]);

/** What is said of settings that are refused. @throws Error where they are not */
export function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  throw new Error("nothing was refused");
}

export const administrator = {
  objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
  name: "database-administrators",
  kind: "Group",
} as const;
