import { z } from "zod";
import type { AddCommand } from "../command";
import { operations } from "../data/engine";
import { reconcileJson } from "../data/json";
import { addDatabases, openDatabases, parseOptions, wholeNumber } from "../data/options";
import { reconcileText } from "../data/text";
import { exitCodes, usage } from "../fault";

const schema = z.object({
  dryRun: z.literal(true).optional(),
  insertsOnly: z.literal(true).optional(),
  batch: wholeNumber.optional(),
});

export const addReconcile: AddCommand = (program, run) => {
  const command = program
    .command("reconcile")
    .description(
      "brings late rows from one side to the other: three-way, each on its right parent or not at all",
    );
  addDatabases(command, "the side that has late rows", "the side that took over")
    .option("--dry-run", "print exactly what a run would do, write nothing")
    .option("--inserts-only", "bring new rows only; leave changed and deleted ones")
    .option("--batch <rows>", "commit in batches (not there yet)")
    .addHelpText("after", "\nExample:\n  standby reconcile --from primary --to standby --dry-run")
    .action(
      run(async (io, options) => {
        const { dryRun = false, insertsOnly = false, batch } = parseOptions(schema, options);
        if (batch !== undefined)
          throw usage(
            `--batch ${batch}: not there yet; leave it out, and everything is written in one transaction`,
          );
        const { from, to } = await openDatabases(options);
        const result = await operations.reconcile(from, to, { dryRun, insertsOnly }, (line, last) =>
          io.progress(line, last),
        );
        for (const warning of result.warnings) io.warn(`warning: ${warning}`);
        io.result(reconcileJson(result), () => reconcileText(result));
        return result.conflicts.length > 0 ? exitCodes.no : exitCodes.done;
      }),
    );
};
