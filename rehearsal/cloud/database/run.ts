import { spawn } from "node:child_process";
import type { ServerAccount } from "./account";

/** What PostgreSQL's programs see of the environment: a fixed locale and time zone, and nothing of the caller's. */
export const serverEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

/**
 * Runs a program to its end as the server's user.
 *
 * @param input written to its stdin: the place for anything secret, since arguments can be read by others.
 * @returns what it wrote to stdout and stderr.
 * @throws Error with that output when it fails.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly account: ServerAccount | undefined; readonly cwd: string; readonly input?: string },
): Promise<string> {
  const child = spawn(program, args, {
    ...options.account,
    cwd: options.cwd,
    env: serverEnvironment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  // A program that ends without reading its input breaks the pipe; its exit code tells the story.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit));
  });
  if (code !== 0) throw new Error(`${program} failed (${String(code ?? "by a signal")}):\n${output.trim()}`);
  return output;
}
