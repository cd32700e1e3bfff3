import { z } from "zod";
import { author, byBot, type GitHub } from "./api";

const comment = z.object({
  id: z.number(),
  body: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  user: author,
});

/**
 * Leaves exactly one comment of its kind: the one that begins with the marker is changed, else a new one is made.
 *
 * @param number of the pull request or issue
 * @param marker the first line of `body`
 */
export async function upsertComment(
  github: GitHub,
  number: number,
  marker: string,
  body: string,
): Promise<"made" | "changed" | "kept"> {
  const comments = await github.list(`/issues/${String(number)}/comments`, comment);
  const ours = comments.find((each) => byBot(each) && each.body.startsWith(marker));
  if (ours === undefined) {
    await github.call("POST", `/issues/${String(number)}/comments`, z.unknown(), { body });
    return "made";
  }
  // GitHub takes line ends as it likes.
  if (ours.body.replaceAll("\r\n", "\n").trim() === body.trim()) return "kept";
  await github.call("PATCH", `/issues/comments/${String(ours.id)}`, z.unknown(), { body });
  return "changed";
}

/** Whose run it was: what a `workflow_run` event says of the run before it, which nobody outside can forge. */
export const finishedRun = z.object({
  workflow_run: z.object({
    event: z.string(),
    head_sha: z.string().regex(/^[0-9a-f]{40}$/),
    head_branch: z.string().min(1),
    head_repository: z.object({ owner: z.object({ login: z.string().regex(/^[\w-]+(\[bot\])?$/) }) }),
    html_url: z.url({ protocol: /^https$/ }),
  }),
});
export type FinishedRun = z.output<typeof finishedRun>["workflow_run"];

const pull = z.object({ number: z.number(), head: z.object({ sha: z.string() }) });

/**
 * The open pull request that a run was of. The event does not name those of forks, and what a run leaves behind may say
 * anything; so it is looked up by branch, and by the commit that it still is at.
 */
export async function pullRequestOf(github: GitHub, run: FinishedRun): Promise<number | undefined> {
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const found = await github.list(`/pulls?state=open&head=${head}`, pull);
  return found.find((each) => each.head.sha === run.head_sha)?.number;
}
