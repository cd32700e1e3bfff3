import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Cron } from "croner";
import type { Task } from "../../settings/schedules";
import { deploymentFromEnvironment, deploymentSettings, primaryDatabaseVariable } from "../deployment";
import { Fault } from "../fault";
import { emitTo } from "./emit";
import { Health } from "./health";
import { Queue } from "./queue";
import { jobSettings } from "./settings";
import { checkTask, leftToOperators } from "./tasks/check";
import type { TaskContext } from "./tasks/context";
import { renewTask } from "./tasks/renew";
import { syncTask } from "./tasks/sync";

/** App Service kills five seconds after it has asked to end; a sync that is cut short rolls back. */
const graceful = 3_000;

export interface Job {
  readonly port: number;
  /** Lets what runs come to its end for a moment, then ends. */
  stop(): Promise<void>;
}

export interface JobIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

type Run = (context: TaskContext) => Promise<void>;

/**
 * Starts the standby's own job: `sync` each night until the standby is live, `check` each hour. A run that fails is
 * told as a metric and in the log, and the job lives on.
 *
 * @throws Fault (2) where a setting or the description of the deployment is missing or wrong
 */
export async function startJob(env: NodeJS.ProcessEnv, io: JobIo): Promise<Job> {
  const settings = jobSettings(env);
  const deployment = deploymentFromEnvironment(deploymentSettings(env), env);
  const emit = emitTo(io.stdout);
  const say = (line: string): void => void io.stderr.write(`${line}\n`);
  const ending = new AbortController();
  // Every check of a run listens to it.
  setMaxListeners(0, ending.signal);
  const context: TaskContext = { deployment, settings, env, emit, say, signal: ending.signal };
  const health = await Health.serve(settings.port, settings.host);
  const queue = new Queue<Task>();

  const tasks: Partial<Record<Task, Run>> = {
    check: async (given) => {
      await checkTask(given).finally(() => health.ran());
    },
    ...((env[primaryDatabaseVariable] ?? "") === "" ? {} : { sync: syncTask }),
    ...(deployment.standby.outputs.certificate.kind === "acme" ? { renew: renewTask } : {}),
  };
  const start = (task: Task, run: Run): void => {
    if (!queue.add(task, () => carryOut(task, run, context)))
      say(`${task}: left out, the last one is not over yet`);
  };
  const crons = entriesOf(tasks).map(
    ([task, run]) => new Cron(settings.schedules[task], { timezone: "UTC" }, () => start(task, run)),
  );
  say(
    `job: ${entriesOf(tasks)
      .map(([task]) => `${task} at "${settings.schedules[task]}"`)
      .join(", ")} (UTC)`,
  );
  if (tasks.sync === undefined)
    say(
      `job: no sync, since ${primaryDatabaseVariable} is not set: set primaryDatabaseUrl in the standby's stack`,
    );
  say(
    `job: left to operators, since they need Pulumi's state, or rights that it has not: ${leftToOperators.join(", ")}`,
  );
  // Whoever has just brought it up sees within a minute how it stands.
  if (tasks.check !== undefined) start("check", tasks.check);

  return {
    port: health.port,
    stop: async () => {
      for (const cron of crons) cron.stop();
      ending.abort();
      await Promise.race([queue.idle(), sleep(graceful, undefined, { ref: false })]);
      await health.stop();
    },
  };
}

const entriesOf = (tasks: Partial<Record<Task, Run>>): [Task, Run][] =>
  Object.entries(tasks) as [Task, Run][];

/** Never throws. */
async function carryOut(task: Task, run: Run, context: TaskContext): Promise<void> {
  const { emit, say, signal } = context;
  try {
    await run(context);
    emit("failedRun", 0, { task });
  } catch (error) {
    // Told to end, it did not fail.
    if (signal.aborted) return;
    emit("failedRun", 1, { task });
    say(`${task}: failed: ${told(error)}`);
  }
}

/** A fault's own words; the trace of anything else is what mends it. */
function told(error: unknown): string {
  if (error instanceof Fault || !(error instanceof Error))
    return error instanceof Fault ? error.message : String(error);
  return error.stack ?? error.message;
}
