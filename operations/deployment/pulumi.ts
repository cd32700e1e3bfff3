import { spawn } from "node:child_process";
import { outside, usage } from "../fault";
import { projectName } from "./project";
import type { DeploymentSettings, StackSettings } from "./settings";

/** How a run of the Pulumi CLI ended. */
export interface Ended {
  /** Its exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the Pulumi CLI that is under way. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Asks it to stop at the next safe point, as one Ctrl-C does. */
  readonly cancel: () => void;
}

/**
 * Starts the Pulumi CLI on PATH in the project's folder, on one stack. It runs in a process group of its own: a
 * Ctrl-C in the terminal reaches only us, and we decide whether a change under way is cut short.
 *
 * @param env variables beside our own.
 * @throws Fault (2) where the folder holds no project; `ended` rejects with a Fault (2) where there is no CLI.
 */
export function startPulumi(
  settings: DeploymentSettings,
  stack: StackSettings,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  projectName(settings);
  const child = spawn("pulumi", [...args, "--stack", stack.name, "--non-interactive", "--color", "never"], {
    cwd: settings.project,
    env: {
      ...process.env,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A plan is read as one document, whatever the shell around us prefers.
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? usage(
              "the Pulumi CLI is not on PATH; install it (https://www.pulumi.com/docs/install/) or add its folder to PATH",
              { cause: error },
            )
          : outside(`the Pulumi CLI could not be started: ${error.message}`, { cause: error }),
      ),
    );
    child.once("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
  return { ended, cancel: () => child.pid !== undefined && child.kill("SIGINT") };
}

/** The flags that lead a command which reads or writes config to the stack's file. */
export const configFileFlags = (stack: StackSettings): readonly string[] =>
  stack.configFile === undefined ? [] : ["--config-file", stack.configFile];

/**
 * Runs the Pulumi CLI to its end and hands back its stdout.
 *
 * @param doing what the run is for, as the message of a failure says it: "read the outputs".
 * @throws Fault (2) where there is no such stack or its passphrase is wrong, Fault (3) where it fails otherwise.
 */
export async function runPulumi(
  settings: DeploymentSettings,
  stack: StackSettings,
  args: readonly string[],
  doing: string,
): Promise<string> {
  const ended = await startPulumi(settings, stack, args).ended;
  if (ended.code !== 0) throw pulumiFault(stack, doing, ended);
  return ended.stdout;
}

/** The fault for a run that failed: what went wrong in Pulumi's words and what mends it. */
export function pulumiFault(stack: StackSettings, doing: string, ended: Ended): Error {
  const said = lastErrorLines(ended);
  const prefix = `could not ${doing} of the stack ${stack.name}`;
  if (/no stack named/.test(said))
    return usage(
      `${prefix}: there is no such stack here; \`pulumi stack ls\` lists them, ` +
        `and PROD_STACK or STANDBY_STACK names another`,
    );
  if (/incorrect passphrase|passphrase must be set/.test(said))
    return usage(`${prefix}: ${said}; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE`);
  if (/PULUMI_ACCESS_TOKEN|pulumi login/.test(said))
    return usage(`${prefix}: ${said}; run \`pulumi login\` or set PULUMI_BACKEND_URL`);
  if (/currently locked/.test(said))
    return outside(`${prefix}: another update holds it; wait for it, or run \`pulumi cancel\` if it is dead`);
  return outside(`${prefix}: pulumi ended with ${String(ended.code ?? "a signal")}: ${said}`);
}

/** What Pulumi complained of, in one line: diagnostics carry `error:`, everything else is context. */
function lastErrorLines({ stderr, stdout }: Ended): string {
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("error:")).map((line) => line.slice(6).trim());
  const chosen = errors.length > 0 ? errors : lines.filter((line) => line !== "").slice(-3);
  return chosen.join("; ").slice(0, 600) || "it said nothing";
}
