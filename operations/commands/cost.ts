import type { AddCommand } from "../command";
import { cost } from "../cost/cost";
import { costTable } from "../cost/table";
import { deploymentSettings, plainConfig } from "../deployment";

export const addCost: AddCommand = (program, run) => {
  program
    .command("cost")
    .description("Says what both stacks cost a month at list price, at the declared size and at the other.")
    .addHelpText(
      "after",
      "\nExamples:\n  $ standby cost\n  $ standby cost --json\n\n" +
        "Reads the standby stack's file; asks no cloud, and the Pulumi CLI only where there is no file.",
    )
    .action(
      run(async (io) => {
        const settings = deploymentSettings();
        const result = cost(settings.standby, await plainConfig(settings, settings.standby));
        io.result(result, () => costTable(result));
        return undefined;
      }),
    );
};
