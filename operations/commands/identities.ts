import { z } from "zod";
import type { AddCommand } from "../command";
import { operations } from "../data/engine";
import { identitiesJson } from "../data/json";
import {
  addDatabases,
  addOffsets,
  addTables,
  offsetRuleOf,
  openDatabases,
  parseOptions,
  tablesOf,
} from "../data/options";
import { identitiesText } from "../data/text";

const schema = z.object({ apply: z.literal(true).optional() });

export const addIdentities: AddCommand = (program, run) => {
  const command = program
    .command("identities")
    .description("plans or sets how far the standby's ids stand above the primary's, for every table");
  addTables(addOffsets(addDatabases(command, "the primary", "the standby")))
    .option("--apply", "raise them; without it they are only planned")
    .addHelpText(
      "after",
      "\nExample:\n  standby identities --from primary --to standby --offset 1500 --apply",
    )
    .action(
      run(async (io, options) => {
        const { apply = false } = parseOptions(schema, options);
        const rule = offsetRuleOf(options);
        const tables = tablesOf(options);
        const { from, to } = await openDatabases(options);
        const result = await operations.identities(from, to, { rule, apply, tables }, (line, last) =>
          io.progress(line, last),
        );
        for (const warning of result.warnings) io.warn(`warning: ${warning}`);
        io.result(identitiesJson(result), () => identitiesText(result));
        return undefined;
      }),
    );
};
