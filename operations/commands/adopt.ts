import { z } from "zod";
import { adopt, type AdoptedRecords } from "../adopt";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { deploymentSettings } from "../deployment";

const options = z.object({ yes: z.boolean().default(false), import: z.boolean().default(false) });

export const addAdopt: AddCommand = (program, run) => {
  program
    .command("adopt")
    .description("Brings today's records of www and the apex under the stack prod, without a gap.")
    .option("--yes", "do not ask")
    .option("--import", "run `pulumi import` as well, in place of printing it")
    .addHelpText(
      "after",
      "\nA www that is an address becomes a CNAME to origin.<domain>, in one call of Cloudflare's API. Without --yes,\n" +
        "and where nobody can be asked, nothing is changed.\n\n" +
        "Examples:\n  $ standby adopt\n  $ standby adopt --yes --import --json\n\n" +
        "Exit codes: 0 done, or shown; 1 visitors would be led elsewhere; 3 Pulumi or Cloudflare failed.",
    )
    .action(
      run(async (io, given) => {
        const done = await adopt(deploymentSettings(), parseOptions(options, given), io);
        io.result(done, () => words(done));
        return undefined;
      }),
    );
};

function words({ dryRun, posts, imported, importCommand, undo }: AdoptedRecords): string {
  if (dryRun) return posts.length === 0 ? "nothing was imported" : "nothing was moved";
  return [
    posts.length === 0 ? "the records can stay as they are" : `moved: ${posts.length} record(s) made`,
    ...(undo === null ? [] : [`take it back (before the import): ${undo}`]),
    imported || importCommand === null
      ? "imported: pulumi up changes nothing of them but TTL and comment"
      : `next: ${importCommand}`,
  ].join("\n");
}
