import { z } from "zod";
import type { AddCommand } from "../command";
import { check } from "../check";
import { checkTable, takesColour } from "../check/table";
import { deploymentSettings, readDeployment, sites } from "../deployment";
import { addTables, parseOptions, tablesOf } from "../data/options";
import { exitCodes } from "../fault";

const options = z.object({
  for: z.enum(sites, "it is primary or standby").default("standby"),
  deep: z.boolean().default(false),
});

export const addCheck: AddCommand = (program, run) => {
  const command = program.command("check");
  addTables(command)
    .description("Looks whether the standby is ready to take over, and says what to do where it is not.")
    .option("--for <site>", "which site is to take over: standby or primary (default: standby)")
    .option("--deep", "also send one real message and one test notification, and note that they went out")
    .addHelpText(
      "after",
      "\nExamples:\n  $ standby check --json\n  $ standby check --deep\n\nExit code 1: not ready.",
    )
    .action(
      run(async (io, given) => {
        const { for: target, deep } = parseOptions(options, given);
        const tables = tablesOf(given);
        const deployment = await readDeployment(deploymentSettings());
        io.say("looking at the sites, DNS, certificates, images, mail and databases");
        const result = await check(deployment, target, process.env, undefined, deep, tables);
        io.result(result, () =>
          checkTable(result, `the ${target} can take over`, takesColour(process.stdout)),
        );
        return result.ready ? exitCodes.done : exitCodes.no;
      }),
    );
};
