import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GitHub, githubSettings } from "../../../operations/github/api";
import { pullRequestOf, upsertComment } from "../../../operations/github/comment";
import { issueMarker, upsertIssue } from "../../../operations/github/issue";
import { findingsBody, reviewBody } from "../../../operations/github/words";
import { marker } from "../../../operations/review/markdown";
import { reviewSchema } from "../../../operations/review/schema";
import { commentOf, reviews } from "../review/comments";
import { playGitHub, repository, token, type Played } from "./server";

let played: Played;
let github: GitHub;
beforeEach(async () => {
  played = await playGitHub();
  github = new GitHub({ url: played.url, repository, token });
});
afterEach(() => played.close());

const comment = (text: string): string => `${marker}\n\n${text}`;
const bodies = (): readonly string[] => played.comments.map(({ body }) => body);

test("one comment is made, then changed in place, and left alone where nothing is new", async () => {
  expect(await upsertComment(github, 7, marker, comment("first"))).toBe("made");
  expect(await upsertComment(github, 7, marker, comment("second"))).toBe("changed");
  expect(await upsertComment(github, 7, marker, comment("second"))).toBe("kept");
  expect(bodies()).toEqual([comment("second")]);
});

test("nobody else's comment is changed, whatever it begins with, and ours is found behind many", async () => {
  const other = { id: 1, number: 1, title: "", state: "open", issue: 7 };
  played.comments.push({ ...other, body: comment("planted"), user: { type: "User" } });
  for (let id = 1000; id < 1150; id++)
    played.comments.push({ ...other, id, body: "talk", user: { type: id % 2 === 0 ? "User" : "Bot" } });
  expect(await upsertComment(github, 7, marker, comment("ours"))).toBe("made");
  expect(await upsertComment(github, 7, marker, comment("ours, newer"))).toBe("changed");
  expect(bodies().filter((body) => body !== "talk")).toEqual([comment("planted"), comment("ours, newer")]);
});

const run = {
  event: "pull_request",
  head_sha: "a".repeat(40),
  head_branch: "feature/x",
  head_repository: { owner: { login: "someone" } },
  html_url: "https://github.com/blank-label/shop/actions/runs/42",
};

test("a run's pull request is the one at its very commit, a fork's too", async () => {
  const head = { label: "someone:feature/x", sha: run.head_sha };
  played.pulls.push({ number: 3, head: { ...head, sha: "b".repeat(40) } }, { number: 4, head });
  played.pulls.push({ number: 5, head: { ...head, label: "other:feature/x" } });
  expect(await pullRequestOf(github, run)).toBe(4);
  expect(await pullRequestOf(github, { ...run, head_sha: "c".repeat(40) })).toBeUndefined();
});

const drift = { key: "drift", title: "The stacks have drifted", body: "what", log: undefined };

test("one issue is opened, kept up to date while it fails, and closed once it passes", async () => {
  expect(await upsertIssue(github, { ...drift, failing: false })).toBe("nothing");
  expect(await upsertIssue(github, { ...drift, failing: true })).toBe("opened");
  expect(await upsertIssue(github, { ...drift, failing: true, body: "what, a day later" })).toBe("changed");
  expect(await upsertIssue(github, { ...drift, key: "certificate", failing: true })).toBe("opened");
  expect(await upsertIssue(github, { ...drift, failing: false, log: "https://log.example" })).toBe("closed");
  expect(played.issues.map(({ body, state }) => [body, state])).toEqual([
    [`${issueMarker("drift")}\n\nwhat, a day later`, "closed"],
    [`${issueMarker("certificate")}\n\nwhat`, "open"],
  ]);
  expect(bodies()).toEqual(["It passes again: [log](https://log.example)."]);
  // The next time it fails is another story.
  expect(await upsertIssue(github, { ...drift, failing: true })).toBe("opened");
  expect(played.issues).toHaveLength(3);
});

test("an issue that a person wrote, or a pull request, is none of ours", async () => {
  const like = { body: `${issueMarker("drift")}\n\nmine`, title: "x", state: "open" };
  played.issues.push({ ...like, id: 1, number: 1, user: { type: "User" } });
  played.issues.push({ ...like, id: 2, number: 2, user: { type: "Bot" }, pull_request: {} });
  expect(await upsertIssue(github, { ...drift, failing: false })).toBe("nothing");
  expect(await upsertIssue(github, { ...drift, failing: true })).toBe("opened");
});

test("a refusal names the call, GitHub's reason and the permission, and never the token", async () => {
  played.refusal = { status: 403, message: "Resource not accessible by integration" };
  const refused = upsertComment(github, 7, marker, comment("x"));
  await expect(refused).rejects.toMatchObject({
    exitCode: 3,
    message:
      "GitHub answered 403 to GET /repos/blank-label/shop/issues/7/comments: Resource not accessible by integration; does " +
      "the job's token have the permission (pull-requests: write, or issues: write)?",
  });
  await played.close();
  await expect(upsertComment(github, 7, marker, "x")).rejects.toMatchObject({
    exitCode: 3,
    message: expect.not.stringContaining(token) as string,
  });
  played = await playGitHub();
});

test.each([
  [{ GH_TOKEN: "t" }, "GITHUB_REPOSITORY"],
  [{ GITHUB_REPOSITORY: "a/b/c", GH_TOKEN: "t" }, "GITHUB_REPOSITORY"],
  [{ GITHUB_REPOSITORY: repository }, "GH_TOKEN"],
])("%j is refused by name", (env, variable) => {
  expect(() => githubSettings(env)).toThrow(variable);
});

test("what a run leaves is read as a review, and as nothing else", () => {
  const made = reviews["violation"]?.();
  expect(reviewSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  for (const wrong of [{}, { ...made, verdict: "fine" }, { ...made, stacks: [{}] }, { ...made, summary: 1 }])
    expect(reviewSchema.safeParse(wrong).success).toBe(false);
  const [stack] = made?.stacks ?? [];
  expect(reviewSchema.safeParse({ ...made, stacks: [{ ...stack, stack: "a`|b" }] }).success).toBe(false);
});

describe("the commands of the workflows", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "standby-github-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };

  const env = () => ({
    PATH: process.env["PATH"],
    GITHUB_API_URL: played.url,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: "43",
    GITHUB_EVENT_PATH: path.join(folder, "event.json"),
    GH_TOKEN: token,
  });

  async function standby(...args: readonly string[]): Promise<unknown> {
    const bin = path.join(__dirname, "../../../bin/standby.js");
    const child = spawn(process.execPath, [bin, "github", ...args, "--json"], { cwd: folder, env: env() });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  }

  test("comment: the review of a finished run, rendered of its data, whatever became of the run", async () => {
    file("event.json", JSON.stringify({ workflow_run: run }));
    played.pulls.push({ number: 4, head: { label: "someone:feature/x", sha: run.head_sha } });
    const review = file("review.json", JSON.stringify(reviews["violation"]?.()));
    expect(await standby("comment", "--review", review)).toEqual({ comment: "made", pullRequest: 4 });
    expect(bodies()).toEqual([commentOf("violation")]);
    expect(played.comments[0]?.issue).toBe(4);
    const missing = reviewBody(path.join(folder, "none.json"), run.html_url, env());
    expect(missing).toContain(
      `## ⚠️ Standby review: not made\n\nThe run ended before the stacks were previewed`,
    );
    for (const left of ["<!-- @everyone -->", '{"verdict":"pass","summary":"@everyone"}', "[]"]) {
      const other = reviewBody(file("review.json", left), run.html_url, env());
      expect(other).toContain("What the run left is no review");
      expect(other).not.toContain("@everyone");
    }
  }, 240_000);

  test("issue: what a step printed, so that nothing of it is more than text", async () => {
    const log = file("drift.log", "a\n```\n@someone look\n~ www: content\n");
    const args = ["--key", "drift", "--title", "The stacks have drifted", "--log", log, "--advice", "Look."];
    expect(await standby("issue", ...args, "--outcome", "failure")).toEqual({ issue: "opened" });
    expect(played.issues.map(({ title, body }) => [title, body])).toEqual([
      [
        "The stacks have drifted",
        `${issueMarker("drift")}\n\nLook.\n\n\`\`\`\`text\na\n\`\`\`\n@someone look\n~ www: content\n\`\`\`\`\n\n` +
          "[The run's log](https://github.com/blank-label/shop/actions/runs/43).",
      ],
    ]);
    expect(findingsBody(path.join(folder, "none.log"), "", {})).toBe("It left no output.");
  }, 240_000);
});
