import { spawn } from "node:child_process";
import path from "node:path";
import type { z } from "zod";
import { outside } from "../../operations/fault";

const entry = path.join(__dirname, "..", "..", "bin", "standby.js");

/** What a command of the operator's printed and how it ended. */
export interface Ran<Document> {
  readonly exitCode: number;
  readonly document: Document;
  /** What it told a person, on stderr. */
  readonly said: string;
}

/** The person at the keyboard: runs the real `standby` commands, in the environment that the rehearsal gives. */
export class Operator {
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs `standby ARGS --json` and reads its document.
   *
   * @param acceptable exit codes that are an answer (1 is "no", not a fault of the command)
   * @throws Fault (outside) with the command's own words when it ends otherwise
   */
  async standby<Document>(
    args: readonly string[],
    schema: z.ZodType<Document>,
    acceptable: readonly number[] = [0],
  ): Promise<Ran<Document>> {
    const child = spawn(process.execPath, [entry, ...args, "--json"], {
      cwd: this.folder,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
      signal: this.signal,
      killSignal: "SIGINT",
    });
    let printed = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? -1));
    });
    if (!acceptable.includes(exitCode)) {
      throw outside(`standby ${args.join(" ")} ended with exit code ${String(exitCode)}:\n${said}${printed}`);
    }
    return { exitCode, document: schema.parse(JSON.parse(printed)), said };
  }
}
