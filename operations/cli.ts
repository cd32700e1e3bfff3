import { Command, CommanderError } from "commander";
import { config } from "zod";
import { version } from "../package.json";
import { run } from "./command";
import { commands } from "./commands";
import { exitCodes } from "./fault";

// A command checks a few things once or twice, for which it does not pay to compile the checks first.
config({ jitless: true });

/** Options that may stand before the command. */
const shared: ReadonlySet<string> = new Set(["--json", "--quiet"]);

/**
 * Builds the command line, without running it.
 *
 * @param words what was given: where they name a command, only that one is loaded; without any, all are
 */
export function buildProgram(words: readonly string[] = []): Command {
  const program = new Command("standby")
    .description("Keeps a warm standby ready, fails over to it, and brings every order home.")
    .version(version, "--version", "print the version")
    .option("--json", "print one JSON document on stdout and nothing else there")
    .option("--quiet", "print only warnings beside the result")
    .showHelpAfterError("(--help lists the options)")
    .exitOverride();
  const named = commands.get(words.find((word) => !shared.has(word)) ?? "");
  for (const load of named === undefined ? commands.values() : [named]) load()(program, run);
  for (const command of program.commands) shareOptions(command);
  return program;
}

/** Options that every command takes, those of a group (`images push`) included. */
function shareOptions(command: Command): void {
  command
    .option("--json", "print one JSON document on stdout and nothing else there")
    .option("--quiet", "print only warnings beside the result")
    .exitOverride();
  for (const below of command.commands) shareOptions(below);
}

/** The entry of `npx standby`. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads the output may have seen enough (`| head`).
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await buildProgram(argv.slice(2)).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    else throw error;
  }
}
