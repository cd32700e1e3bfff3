import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { endTrees, signal as send, waitUntilGone } from "../processes/end";
import { identify } from "../processes/identity";
import { started } from "../processes/started";

export interface CommandOptions {
  readonly args: readonly string[];
  /** The command's whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to its stdin, which is closed then; secrets go this way, since everyone can read a command line. */
  readonly input?: string;
  /** Ends the command when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is ended. */
  readonly within?: number;
  /** Milliseconds it gets after a SIGINT to end by itself, before it is made to (default 0: it is not asked). */
  readonly patience?: number;
  /** Gets each line as it comes; stdout is then not kept. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Told of the process as soon as it exists. */
  readonly record?: ((name: string, pid: number) => Promise<void>) | undefined;
}

export interface CommandResult {
  /** Its exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of it. */
  readonly stderr: string;
  readonly timedOut: boolean;
}

const linesKept = 200;

/**
 * Runs a command to its end, in a process group of its own, so that a Ctrl-C meant for this process reaches it only by
 * way of `signal`.
 *
 * @throws Error when it cannot be started; the signal's reason when that was aborted, once the command is gone
 */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  await started(child).catch((cause: unknown) => {
    throw new Error(`${command} cannot be run: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const out: string[] = [];
  const err: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    if (options.onLine === undefined) out.push(line);
    else options.onLine(line, "stdout");
  });
  createInterface(child.stderr).on("line", (line) => {
    err.push(line);
    if (err.length > linesKept) err.shift();
    options.onLine?.(line, "stderr");
  });

  const identity = child.pid === undefined ? undefined : identify(child.pid);
  let timedOut = false;
  let ending: Promise<unknown> | undefined;
  const end = (): void => {
    if (identity === undefined) return;
    ending ??= (async () => {
      if (options.patience !== undefined) {
        send(identity, "SIGINT");
        if (await waitUntilGone([identity], options.patience)) return;
      }
      await endTrees([identity], 2_000);
    })();
  };
  const timer = setTimeout(
    () => {
      timedOut = true;
      end();
    },
    options.within ?? 24 * 3_600_000,
  );
  options.signal?.addEventListener("abort", end, { once: true });
  // A command that ends without reading its input is no failure of ours.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  try {
    if (child.pid !== undefined) await options.record?.(path.basename(command), child.pid);
    const code = await closed;
    await ending;
    options.signal?.throwIfAborted();
    return { code, stdout: out.join("\n"), stderr: err.join("\n"), timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", end);
  }
}

/** The first executable of that name in the folders of a PATH. */
export async function findOnPath(name: string, searchPath: string | undefined): Promise<string | undefined> {
  for (const folder of (searchPath ?? "").split(path.delimiter)) {
    if (folder === "") continue;
    const file = path.resolve(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The last lines that say something, on one line, for a message. */
export function lastWords(text: string, lines = 3): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-lines)
    .join("; ");
}
