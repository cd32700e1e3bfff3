import { z } from "zod";
import { author, byBot, type GitHub } from "./api";

const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  user: author,
  pull_request: z.unknown().optional(),
});

/** Something that is looked at again and again, and may fail. */
export interface Watched {
  /** Names it for good, in letters and hyphens: by this its issue is found. */
  readonly key: string;
  readonly title: string;
  readonly failing: boolean;
  /** Markdown: what is wrong and what to do. */
  readonly body: string;
  /** Address of the run's log, for the words at the end. */
  readonly log: string | undefined;
}

export const issueMarker = (key: string): string => `<!-- standby watches: ${key} -->`;

/** Keeps one open issue while it fails, with the latest findings, and closes it once it passes. */
export async function upsertIssue(
  github: GitHub,
  { key, title, failing, body, log }: Watched,
): Promise<"opened" | "changed" | "closed" | "nothing"> {
  const marker = issueMarker(key);
  const open = await github.list("/issues?state=open", issue);
  const ours = open.find(
    (each) => each.pull_request === undefined && byBot(each) && each.body.startsWith(marker),
  );
  const whole = `${marker}\n\n${body}`;
  if (failing) {
    if (ours === undefined) {
      await github.call("POST", "/issues", z.unknown(), { title, body: whole });
      return "opened";
    }
    await github.call("PATCH", `/issues/${String(ours.number)}`, z.unknown(), { title, body: whole });
    return "changed";
  }
  if (ours === undefined) return "nothing";
  const words = `It passes again${log === undefined ? "" : `: [log](${log})`}.`;
  await github.call("POST", `/issues/${String(ours.number)}/comments`, z.unknown(), { body: words });
  const closed = { state: "closed", state_reason: "completed" };
  await github.call("PATCH", `/issues/${String(ours.number)}`, z.unknown(), closed);
  return "closed";
}
