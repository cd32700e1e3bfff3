import type { Deployment } from "../../deployment";
import type { Emit } from "../emit";
import type { JobSettings } from "../settings";

/** What a task of the job works with. */
export interface TaskContext {
  readonly deployment: Deployment;
  readonly settings: JobSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
  /** One line for who reads the log. */
  readonly say: (line: string) => void;
  /** Ends what can be ended when the job is told to end. */
  readonly signal: AbortSignal;
}
