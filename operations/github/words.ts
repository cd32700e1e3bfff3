import { existsSync, readFileSync } from "node:fs";
import { block } from "../review/escape";
import { linksFrom } from "../review/links";
import { marker, reviewMarkdown } from "../review/markdown";
import { reviewSchema } from "../review/schema";

/**
 * The comment on a finished run: rendered here, of data that the pull request's own run left.
 *
 * @param file what `standby review --json` printed; need not be there
 * @param log address of the run
 */
export function reviewBody(file: string, log: string, env: NodeJS.ProcessEnv): string {
  if (!existsSync(file))
    return noReview(
      `The run ended before the stacks were previewed: types, lint or tests failed, or it was cancelled. [Its log](${log}) says which.`,
    );
  const review = reviewSchema.safeParse(jsonIn(file));
  return review.success
    ? reviewMarkdown(review.data, { ...linksFrom(env), log })
    : noReview(
        `What the run left is no review that the default branch knows how to read; the pull request may change its form. [Its log](${log}) has it.`,
      );
}

const noReview = (why: string): string => `${marker}\n\n## ⚠️ Standby review: not made\n\n${why}\n`;

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** What an issue says of a step that failed: what to do, and the end of what was printed. */
export function findingsBody(log: string, advice: string, env: NodeJS.ProcessEnv): string {
  const said = existsSync(log) ? readFileSync(log, "utf8") : "";
  const { log: address } = linksFrom(env);
  return [
    advice,
    said.trim() === "" ? "It left no output." : block(ending(said)),
    ...(address === undefined ? [] : [`[The run's log](${address}).`]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The end of an output, which tells what failed. */
const ending = (text: string): string => text.trimEnd().split("\n").slice(-60).join("\n").slice(-8000);
