import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { ServerAccount } from "./account";
import { serverEnvironment } from "./run";

/** A running `postgres` process. */
export interface Postmaster {
  /** Fast shutdown, then by force. Settles when it is gone and its folder has been removed. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  /** Path of the `postgres` program. */
  readonly program: string;
  readonly data: string;
  /** The folder around the data, removed with it. */
  readonly home: string;
  readonly port: number;
  readonly account: ServerAccount | undefined;
  /** File that gets the server's log. */
  readonly log: string;
  /** Called, with the end of its log, should the server end once it runs without having been told to. */
  readonly onLost?: ((why: Error) => void) | undefined;
}

/**
 * Runs the server, and ends it when the other end of stdin is closed, which also happens when the process that holds
 * it is killed: a `kill -9` of the rehearsal leaves neither server nor data behind.
 */
const guardScript = `
exec 3<&0 </dev/null
"$1" -D "$2" -p "$3" 3<&- &
server=$!
(
  read -r _
  tries=0
  while kill -0 "$server"; do
    case $tries in 0) kill -INT "$server";; 50) kill -QUIT "$server";; 100) kill -KILL "$server";; esac
    tries=$((tries + 1))
    sleep 0.1
  done
) <&3 >/dev/null 2>&1 &
guard=$!
wait "$server"
code=$?
kill "$guard" 2>/dev/null
cd /
# Of the folder itself only the content may be ours to remove.
rm -rf "$4" 2>/dev/null
exit "$code"
`;

const readyLine = "database system is ready to accept connections";
const portTakenLine = /could not bind|Address already in use/;
const startWithin = 30_000;
/** Characters of the log that are kept for the message of a failed start. */
const tailLength = 4_000;

/** The port was taken by someone else between choosing it and binding it. */
export class PortTaken extends Error {}

/**
 * Starts a server on a prepared data folder and waits until it takes connections.
 *
 * @throws PortTaken when another process has the port; the server's folder is gone then, as after any failed start.
 * @throws Error with the end of the server's log when it does not start.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const child = spawn(
    "/bin/sh",
    ["-c", guardScript, "postgres-guard", options.program, options.data, String(options.port), options.home],
    {
      ...options.account,
      cwd: options.data,
      env: serverEnvironment,
      stdio: ["pipe", "ignore", "pipe"],
      // A process group of its own: Ctrl-C in the terminal must not stop the server before its clients.
      detached: true,
    },
  );
  const log = createWriteStream(options.log, { flags: "a" });
  let tail = "";
  let onOutput = (): void => undefined;
  child.stderr.on("data", (chunk: Buffer) => {
    log.write(chunk);
    tail = (tail + chunk.toString()).slice(-tailLength);
    onOutput();
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => log.end(() => resolve()));
  });
  let wanted = true;
  const stop = async (): Promise<void> => {
    wanted = false;
    child.stdin.end();
    await ended;
  };

  let late: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        const message = `PostgreSQL ${why}; its log is ${options.log} and ends with:\n${tail.trim()}`;
        reject(portTakenLine.test(tail) ? new PortTaken(message) : new Error(message));
      };
      late = setTimeout(() => fail("was not ready in time"), startWithin);
      child.once("error", (error) => fail(`could not be started: ${error.message}`));
      child.once("close", (code) => fail(`ended (${String(code)}) before it was ready`));
      onOutput = () => {
        if (tail.includes(readyLine)) resolve();
      };
    });
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(late);
    onOutput = () => undefined;
  }
  void ended.then(() => {
    if (wanted)
      options.onLost?.(new Error(`PostgreSQL ended by itself; the end of its log:\n${tail.trim()}`));
  });
  return { stop };
}
