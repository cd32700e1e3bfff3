import { fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { outside } from "../../operations/fault";
import type { Scope } from "./cleanup";
import { signalChild } from "./end";
import { started } from "./started";

/** A process of the rehearsal, started by {@link startChild}. */
export interface Child<Ready> {
  readonly name: string;
  readonly pid: number;
  /** What the child said once it was ready: its ports, as a rule. */
  readonly ready: Ready;
  /** Settles when the process is gone: its exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it said of why it could not go on, where it did. */
  failure(): string | undefined;
  /** Asks it to stop, then makes it. Settles when it is gone; safe to call twice. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** Names the process in messages and its log file. */
  readonly name: string;
  /** Absolute path of a TypeScript module that calls `runAsChild`. */
  readonly module: string;
  /** Given to the child's `runAsChild` callback; sent over IPC, so that no secret shows in argv. */
  readonly settings: unknown;
  /** The child's whole environment; nothing is inherited beside it. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder for `<name>.log`, which gets the child's stdout and stderr. */
  readonly logs: string;
  /** Milliseconds to wait for it to be ready (default 30,000). */
  readonly readyWithin?: number;
  /** Gives the start up when aborted, and ends the process. */
  readonly signal?: AbortSignal;
  /** Told of the process as soon as it exists, so that it can be found and ended when its parent no longer can. */
  readonly record?: (name: string, pid: number) => Promise<void>;
}

type FromChild = { kind: "ready"; ready: unknown } | { kind: "failed"; message: string };
export type ToChild = { kind: "start"; settings: unknown };

const stopWithin = 5_000;

/**
 * Starts a module in a process of its own. The two are tied by an IPC channel: when this process ends in any way,
 * the child sees the channel close and stops too, so that a `kill -9` leaves nothing running.
 *
 * @throws Error when the child ends or fails before it is ready; the message names its log
 * @throws the signal's reason when that is aborted before it is ready
 */
export async function startChild<Ready>(options: ChildOptions): Promise<Child<Ready>> {
  options.signal?.throwIfAborted();
  const log = path.join(options.logs, `${options.name}.log`);
  const process = fork(options.module, [], {
    execArgv: ["--require", require.resolve("tsx/cjs")],
    env: options.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: false,
  });
  const output = createWriteStream(log, { flags: "a" });
  process.stdout?.pipe(output, { end: false });
  process.stderr?.pipe(output, { end: false });
  const ended = new Promise<number | null>((resolve) => process.once("close", (code) => resolve(code)));
  void ended.then(() => output.end());

  const stop = async (): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    if (process.pid === undefined) return;
    signalChild(process, "SIGTERM");
    const last = setTimeout(() => signalChild(process, "SIGKILL"), stopWithin);
    await ended;
    clearTimeout(last);
  };

  let failure: string | undefined;
  const becameReady = new Promise<Ready>((resolve, reject) => {
    const late = setTimeout(() => fail("was not ready in time"), options.readyWithin ?? 30_000);
    const fail = (why: string): void => {
      clearTimeout(late);
      reject(outside(`the process "${options.name}" ${why}; its log is ${log}`));
    };
    options.signal?.addEventListener("abort", () => fail("was no longer wanted"), { once: true });
    const notStarted = (error: Error): void => fail(`could not be started: ${error.message}`);
    process.once("error", notStarted);
    started(process).catch(notStarted);
    process.once("exit", (code, signal) => fail(`ended (${String(code ?? signal)}) before it was ready`));
    process.on("message", (message: FromChild) => {
      clearTimeout(late);
      // The child is ours and speaks this one shape.
      if (message.kind === "ready") resolve(message.ready as Ready);
      else {
        failure = message.message;
        fail(`failed to start: ${failure}`);
      }
    });
    if (process.pid !== undefined)
      process.send({ kind: "start", settings: options.settings } satisfies ToChild);
  });
  const recorded = process.pid === undefined ? undefined : options.record?.(options.name, process.pid);
  const [ready] = await Promise.all([becameReady, recorded]).catch(async (error: unknown) => {
    await stop();
    options.signal?.throwIfAborted();
    throw error;
  });
  return { name: options.name, pid: process.pid ?? 0, ready, ended, failure: () => failure, stop };
}

/** Ties a child to a scope: it is stopped at the scope's end, and ends the scope should it end by itself. */
export function tieToScope(
  scope: Scope,
  child: Pick<Child<unknown>, "name" | "ended" | "failure" | "stop">,
): void {
  let wanted = true;
  scope.onEnd(child.name, () => {
    wanted = false;
    return child.stop();
  });
  void child.ended.then((code) => {
    if (!wanted) return;
    const how =
      child.failure() ?? (code === null ? "it was killed" : `it ended with exit code ${String(code)}`);
    scope.fail(outside(`the process "${child.name}" ended while it was needed: ${how}; safe to run again`));
  });
}
