import { z } from "zod";
import type { AddCommand } from "../command";
import { operations, type Take } from "../data/engine";
import { reconcileJson } from "../data/json";
import { addDatabases, addTables, openDatabases, parseOptions, tablesOf, wholeNumber } from "../data/options";
import { reconcileText } from "../data/text";
import { exitCodes, usage } from "../fault";

const schema = z.object({
  dryRun: z.literal(true).optional(),
  insertsOnly: z.literal(true).optional(),
  batch: wholeNumber.optional(),
  remap: z.array(z.string()).optional(),
  merge: z.array(z.string()).optional(),
  take: z.array(z.string()).optional(),
});

/** `--take source public.orders:701` comes as two words, and again as two more. @throws Fault (2) on anything else */
function takesOf(words: readonly string[]): readonly Take[] {
  const takes: Take[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [side, row] = [words[at], words[at + 1]];
    if (side !== "source" && side !== "target")
      throw usage(
        `--take ${side ?? ""}: a conflict is settled for source or target; give --take source TABLE or ` +
          "--take target TABLE:KEY",
      );
    if (row === undefined)
      throw usage(
        `--take ${side}: name what is settled so, as TABLE or TABLE:KEY, such as public.orders:701`,
      );
    takes.push({ side, row });
  }
  return takes;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const addReconcile: AddCommand = (program, run) => {
  const command = program
    .command("reconcile")
    .description(
      "brings late rows from one side to the other: three-way, each on its right parent or not at all",
    );
  addTables(addDatabases(command, "the side that has late rows", "the side that took over"))
    .option("--dry-run", "print exactly what a run would do, write nothing")
    .option("--inserts-only", "bring new rows only; leave changed and deleted ones")
    .option("--batch <rows>", "commit so many rows at a time (default: everything in one transaction)")
    .option(
      "--remap <table>",
      "give late rows whose id is taken a fresh one, and rewrite every reference to them",
      collect,
    )
    .option(
      "--merge <table>",
      "take late rows whose unique value is taken for the rows that have it",
      collect,
    )
    .option(
      "--take <side table...>",
      "settle conflicts for source or target: of a table, or of one row as TABLE:KEY",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  standby reconcile --from primary --to standby --dry-run\n" +
        "  standby reconcile --from primary --to standby --remap public.customers --take target public.orders:701",
    )
    .action(
      run(async (io, options) => {
        const {
          dryRun = false,
          insertsOnly = false,
          batch,
          remap,
          merge,
          take,
        } = parseOptions(schema, options);
        if (batch === 0) throw usage("--batch 0: give how many rows are committed at a time, 1 or more");
        const tables = tablesOf(options);
        const request = { dryRun, insertsOnly, remap, merge, take: takesOf(take ?? []), batch, tables };
        const { from, to } = await openDatabases(options);
        const result = await operations.reconcile(from, to, request, (line, last) => io.progress(line, last));
        for (const warning of result.warnings) io.warn(`warning: ${warning}`);
        io.result(reconcileJson(result), () => reconcileText(result));
        return result.conflicts.length > 0 ? exitCodes.no : exitCodes.done;
      }),
    );
};
