import path from "node:path";
import type { z } from "zod";
import { outside } from "../../operations/fault";
import { runCommand } from "../engine/command";

const entry = path.join(__dirname, "..", "..", "bin", "standby.js");

/** Milliseconds that an interrupted command gets to leave things in order. */
const patience = 3_000;

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
    const { code, stdout, stderr } = await runCommand(process.execPath, {
      args: [entry, ...args, "--json"],
      cwd: this.folder,
      env: this.environment,
      signal: this.signal,
      patience,
    });
    if (code === null || !acceptable.includes(code)) {
      const how = code === null ? "was killed" : `ended with exit code ${String(code)}`;
      throw outside(`standby ${args.join(" ")} ${how}:\n${stderr}${stdout}`);
    }
    return { exitCode: code, document: schema.parse(JSON.parse(stdout)), said: stderr };
  }
}
