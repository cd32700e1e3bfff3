import type { AddCommand } from "../command";
import { deploymentSettings } from "../deployment";
import { switchShop } from "../pause";

const command =
  (name: "pause" | "resume", description: string, done: string): AddCommand =>
  (program, run) => {
    program
      .command(name)
      .description(description)
      .addHelpText(
        "after",
        `\nExample:\n  $ standby ${name} --json\n\n` +
          "Changes one property of one route at Front Door, and shopOpen in the standby stack's file. Exit codes: 0 seen\n" +
          "at the edge; 1 not allowed; 3 Azure or the edge failed, safe to run again.",
      )
      .action(
        run(async (io) => {
          const switched = await switchShop(deploymentSettings(), name === "resume", io);
          io.result(switched, () => `${done}, seen at the edge after ${switched.secondsUntilSeen} s`);
          return undefined;
        }),
      );
  };

export const addPause = command(
  "pause",
  "Closes the shop with a 503 page from the edge; the app and its database are not touched.",
  "the shop is closed",
);

export const addResume = command("resume", "Opens the shop again after `standby pause`.", "the shop is open");
