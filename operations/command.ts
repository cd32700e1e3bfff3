import type { Command } from "commander";
import { exitCodes, Fault, withoutMachineFaults, type ExitCode } from "./fault";
import { Io } from "./io";

/** What a command's action returns: its exit code, 0 where it returns nothing. */
export type Outcome = ExitCode | undefined;

/** The root options that every command shares. */
interface SharedOptions {
  json?: true;
  quiet?: true;
}

/**
 * Wraps a command's action. It gets where to print, its options as given (untrusted: it parses them with a schema)
 * and its arguments; what it throws is turned into a message and an exit code here, in one place.
 */
export type Run = (
  action: (io: Io, options: unknown, args: readonly string[]) => Promise<Outcome>,
) => (...commanderArguments: unknown[]) => Promise<void>;

/** A command of the line: adds itself to the program. */
export type AddCommand = (program: Command, run: Run) => void;

/** The one {@link Run}. */
export const run: Run =
  (action) =>
  async (...received) => {
    const command = received.at(-1) as Command;
    const shared = command.optsWithGlobals<SharedOptions>();
    const io = new Io(shared.json === true, shared.quiet === true);
    try {
      process.exitCode = (await action(io, command.opts(), command.args)) ?? exitCodes.done;
    } catch (error) {
      process.exitCode = report(io, error);
    }
  };

function report(io: Io, thrown: unknown): ExitCode {
  const error = withoutMachineFaults(thrown);
  if (error instanceof Fault) {
    io.warn(`standby: ${error.message}`);
    return error.exitCode;
  }
  // A defect of ours: the trace is what mends it.
  io.warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.outside;
}
