import { z } from "zod";
import type { AddCommand } from "../command";
import { operations } from "../data/engine";
import { syncJson } from "../data/json";
import {
  addDatabases,
  addOffsets,
  addTables,
  offsetRuleOf,
  openDatabases,
  parseOptions,
  tablesOf,
  wholeNumber,
} from "../data/options";
import { syncText } from "../data/text";

const schema = z.object({ dryRun: z.literal(true).optional(), maxDeletes: wholeNumber.optional() });

export const addSync: AddCommand = (program, run) => {
  const command = program
    .command("sync")
    .description(
      "makes the standby's data equal to the primary's, records what both share, sets the identities",
    );
  addTables(addOffsets(addDatabases(command, "the primary", "the standby")))
    .option("--dry-run", "look and decide as a run would, write nothing")
    .option(
      "--max-deletes <rows>",
      "refuse to delete more rows (default: a tenth of the base, at least 1000)",
    )
    .addHelpText("after", "\nExample:\n  standby sync --from primary --to standby")
    .action(
      run(async (io, options) => {
        const { dryRun = false, maxDeletes } = parseOptions(schema, options);
        const rule = offsetRuleOf(options);
        const tables = tablesOf(options);
        const { from, to } = await openDatabases(options);
        const result = await operations.sync(from, to, { rule, dryRun, maxDeletes, tables }, (line, last) =>
          io.progress(line, last),
        );
        for (const warning of result.warnings) io.warn(`warning: ${warning}`);
        io.result(syncJson(result), () => syncText(result, dryRun));
        return undefined;
      }),
    );
};
