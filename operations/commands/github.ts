import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { usage } from "../fault";
import { GitHub, githubSettings } from "../github/api";
import { finishedRun, pullRequestOf, upsertComment, type FinishedRun } from "../github/comment";
import { upsertIssue } from "../github/issue";
import { findingsBody, reviewBody } from "../github/words";
import { linksFrom } from "../review/links";
import { marker } from "../review/markdown";

const commentOptions = z.object({ review: z.string() });
const issueOptions = z.object({
  key: z.string().regex(/^[a-z-]+$/, "it is made of small letters and hyphens"),
  title: z.string().min(1).max(200),
  outcome: z.enum(["success", "failure", "cancelled", "skipped"], "it is a step's outcome"),
  log: z.string(),
  advice: z.string().max(1000).default(""),
});

export const addGitHub: AddCommand = (program, run) => {
  const github = program
    .command("github")
    .description("What the workflows of the template tell people, where they look.")
    .addHelpText("after", "\nExample:\n  $ standby github comment --review review.json");
  github
    .command("comment")
    .description("Shows the review of a finished run in its pull request: one comment, changed in place.")
    .requiredOption("--review <file>", "what `standby review --json` printed; need not be there")
    .addHelpText(
      "after",
      "\nExample, in a workflow on workflow_run:\n  $ standby github comment --review review.json\n\n" +
        "Reads GITHUB_REPOSITORY, GITHUB_EVENT_PATH and GH_TOKEN. Exit code 3: GitHub was not reached, or refused.",
    )
    .action(
      run(async (io, given) => {
        const { review: file } = parseOptions(commentOptions, given);
        const api = new GitHub(githubSettings(process.env));
        const finished = readRun(process.env["GITHUB_EVENT_PATH"] ?? "");
        const number = await pullRequestOf(api, finished);
        if (number === undefined) {
          io.say("no open pull request is at this commit any more: nothing to tell");
          io.result({ comment: "nothing", pullRequest: null }, () => "nothing to tell");
          return undefined;
        }
        const comment = await upsertComment(
          api,
          number,
          marker,
          reviewBody(file, finished.html_url, process.env),
        );
        io.result({ comment, pullRequest: number }, () => `comment ${comment} in #${String(number)}`);
        return undefined;
      }),
    );
  github
    .command("issue")
    .description("Keeps one issue open while something fails, and closes it once it passes again.")
    .requiredOption("--key <name>", "names it for good: by this its issue is found")
    .requiredOption("--title <text>", "the issue's title")
    .requiredOption("--outcome <outcome>", "of the step: success, failure, cancelled or skipped")
    .requiredOption("--log <file>", "what the step printed; need not be there")
    .option("--advice <text>", "what to do about it")
    .addHelpText(
      "after",
      "\nExample:\n  $ standby github issue --key drift --title 'The stacks have drifted' --outcome failure --log drift.log",
    )
    .action(
      run(async (io, given) => {
        const { key, title, outcome, log, advice } = parseOptions(issueOptions, given);
        if (outcome === "cancelled" || outcome === "skipped") {
          io.result({ issue: "nothing" }, () => `${outcome}: that tells nothing`);
          return undefined;
        }
        const issue = await upsertIssue(new GitHub(githubSettings(process.env)), {
          key,
          title,
          failing: outcome === "failure",
          body: findingsBody(log, advice, process.env),
          log: linksFrom(process.env).log,
        });
        io.result({ issue }, () => `issue ${issue}`);
        return undefined;
      }),
    );
};

function readRun(file: string): FinishedRun {
  if (!existsSync(file))
    throw usage(`GITHUB_EVENT_PATH is "${file}"; wanted: the event's file, as GitHub Actions set it`);
  const event = finishedRun.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (event.success) return event.data.workflow_run;
  throw usage("GITHUB_EVENT_PATH holds no workflow_run event; run this in a workflow on workflow_run");
}
