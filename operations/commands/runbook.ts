import type { AddCommand } from "../command";
import { deploymentSettings, plainConfig, readStandby, type DeploymentSettings } from "../deployment";
import { Fault } from "../fault";
import type { Io } from "../io";
import { runbookNames } from "../runbook/names";
import { runbook } from "../runbook/runbook";

export const addRunbook: AddCommand = (program, run) => {
  program
    .command("runbook")
    .description("Prints the steps of the day with this project's own names, in Markdown.")
    .addHelpText(
      "after",
      "\nExample:\n  $ standby runbook > runbook.md\n\nWorks before anything is up: what only Azure can name is then left open.",
    )
    .action(
      run(async (io) => {
        const settings = deploymentSettings();
        const standby = await plainConfig(settings, settings.standby);
        const prod = await orNothing(io, "the prod stack's config", plainConfig(settings, settings.prod));
        const outputs = await orNothing(io, "the standby's outputs", standbyOutputs(settings));
        const text = runbook(runbookNames(settings, { prod, standby }, outputs));
        io.result({ markdown: text }, () => text);
        return undefined;
      }),
    );
};

const standbyOutputs = async (settings: DeploymentSettings) => (await readStandby(settings)).outputs;

/** What the runbook can do without: a stack that is not up, a machine without the Pulumi CLI. */
async function orNothing<T>(io: Io, what: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    io.say(`without ${what}: ${error.message.split("\n")[0] ?? ""}`);
    return undefined;
  }
}
