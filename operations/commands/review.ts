import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { deploymentSettings } from "../deployment";
import type { Io } from "../io";
import { usage } from "../fault";
import { linksFrom } from "../review/links";
import { reviewMarkdown } from "../review/markdown";
import { readPreview } from "../review/preview";
import { exitCodeOf, review } from "../review/review";
import {
  hasCredentials,
  policyFlags,
  previewInCloud,
  previewsIn,
  reviewedStacks,
  type Made,
} from "../review/run";
import { reviewText } from "../review/text";

const options = z.object({
  preview: z.array(z.string()).default([]),
  withoutPolicies: z.boolean().default(false),
  cloud: z.enum(["real", "local"], "it is real or local").optional(),
  policyConfig: z.string().optional(),
  markdown: z.string().optional(),
});
type Options = z.output<typeof options>;

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

/** Much to load, where there are no credentials alone: the local cloud. */
const rehearsal = () => module.require("../../rehearsal/review") as typeof import("../../rehearsal/review");

export const addReview: AddCommand = (program, run) => {
  program
    .command("review")
    .description(
      "Previews both stacks against the policies, and judges the change: what it breaks, loses and costs.",
    )
    .option(
      "--cloud <where>",
      "real, or local: a cloud on this machine (default: real where credentials are set)",
    )
    .option("--policy-config <file>", "config of the policies, as --policy-pack-config takes it")
    .option("--preview <stack=file>", "a preview's own JSON, made elsewhere; once a stack", collect)
    .option("--without-policies", "take previews that tell nothing of policies")
    .option("--markdown <file>", "write the comment of a pull request there")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npm run review\n  $ standby review --json --markdown review.md\n" +
        "  $ PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --policy-pack policy --stack prod > prod.json\n" +
        "  $ standby review --preview prod=prod.json\n\n" +
        "Exit codes: 0 nothing stands against it; 1 a rule is broken, or the change is not safe; 3 a preview failed.",
    )
    .action(
      run(async (io, given) => {
        const chosen = parseOptions(options, given);
        const { previews, where } = await made(chosen, io);
        const result = review(previews, where);
        if (chosen.markdown !== undefined) {
          const file = path.resolve(chosen.markdown);
          await mkdir(path.dirname(file), { recursive: true });
          await writeFile(file, reviewMarkdown(result, linksFrom(process.env)));
        }
        io.result(result, () => reviewText(result));
        return exitCodeOf(result);
      }),
    );
};

async function made({ preview, withoutPolicies, cloud, policyConfig }: Options, io: Io): Promise<Made> {
  if (preview.length > 0) {
    if (cloud !== undefined)
      throw usage("--cloud: previews made elsewhere are not made again; give one or the other");
    return { previews: previewsIn(preview, withoutPolicies), where: "files" };
  }
  const settings = deploymentSettings();
  const stacks = await reviewedStacks(settings);
  const flags = policyFlags(settings, policyConfig);
  if ((cloud ?? (hasCredentials(process.env) ? "real" : "local")) === "real")
    return { previews: await previewInCloud(settings, stacks, flags, io), where: "cloud" };
  if (cloud === undefined)
    io.say(
      "no credentials of Cloudflare and Azure are set (CLOUDFLARE_API_TOKEN, ARM_*): previewing on a local cloud",
    );
  const say = (line: string): void => io.say(line);
  const texts = await rehearsal().previewLocally({ settings, stacks, flags, say });
  return {
    previews: stacks.map(({ short }, index) => readPreview(short, texts[index] ?? "")),
    where: "local",
  };
}
