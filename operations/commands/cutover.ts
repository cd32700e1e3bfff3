import { z } from "zod";
import type { AddCommand } from "../command";
import { cutover } from "../cutover";
import { deploymentSettings } from "../deployment";
import { parseOptions } from "../data/options";
import { sites } from "../deployment/schema";
import { usage } from "../fault";

const options = z.object({
  yes: z.boolean().default(false),
  force: z.string().trim().min(10, "give the reason in a few words (at least 10 letters)").optional(),
  breakGlass: z.boolean().default(false),
});

export const addCutover: AddCommand = (program, run) => {
  program
    .command("cutover")
    .argument("<site>", `where the public name is to lead: ${sites.join(" or ")}`)
    .description(
      "Leads visitors to the other site: checks, changes one DNS record, waits until it is answered.",
    )
    .option("--yes", "do not ask")
    .option("--force <reason>", "cut over although the check says no; the reason is kept in the log")
    .option("--break-glass", "change the record through Cloudflare's API alone, without Pulumi or its state")
    .addHelpText(
      "after",
      "\nExamples:\n  $ standby cutover standby\n  $ standby cutover primary --yes --json\n" +
        '  $ standby cutover standby --break-glass --force "state backend is down"\n\n' +
        "Exit codes: 0 done; 1 not ready, or more than one record would change; 3 Pulumi, DNS or Cloudflare failed.",
    )
    .action(
      run(async (io, given, [site]) => {
        const target = z.enum(sites).safeParse(site);
        if (!target.success) throw usage(`SITE is "${String(site)}"; it is ${sites.join(" or ")}`);
        const chosen = parseOptions(options, given);
        const done = await cutover(deploymentSettings(), target.data, chosen, io);
        io.result(
          done,
          () =>
            `${done.site} is shown: ${done.recordsChanged} record(s) changed, answered by every name server ` +
            `after ${done.secondsToAuthoritative} s`,
        );
        return undefined;
      }),
    );
};
