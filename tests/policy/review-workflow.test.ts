import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      if: z.string().optional(),
      permissions: z.record(z.string(), z.string()).optional(),
      env: z.record(z.string(), z.string()).optional(),
      steps: z.array(step),
    }),
  ),
});

const root = path.join(__dirname, "../..");
const { on, permissions, jobs } = workflow.parse(
  parse(readFileSync(path.join(root, ".github/workflows/review.yml"), "utf8")),
);

test("runs on pull requests alone, never with a fork's code beside secrets", () => {
  expect(Object.keys(on)).toEqual(["pull_request"]);
  for (const [name, job] of Object.entries(jobs)) {
    if (!JSON.stringify(job).includes("secrets.")) continue;
    expect([name, job.if]).toEqual([
      "preview",
      expect.stringContaining("github.event.pull_request.head.repo.full_name == github.repository"),
    ]);
  }
});

test("may do no more than it must", () => {
  expect(permissions).toEqual({ contents: "read" });
  expect(Object.entries(jobs).map(([name, job]) => [name, job.permissions])).toEqual([
    ["code", undefined],
    ["rehearsal", undefined],
    ["preview", { contents: "read", "id-token": "write", "pull-requests": "write" }],
  ]);
});

test("takes actions by commit, and leaves no token in the checkout", () => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  for (const checkout of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
    expect(checkout.with).toMatchObject({ "persist-credentials": false });
});

test("no text of a pull request gets into a script", () => {
  for (const { run } of Object.values(jobs).flatMap((job) => job.steps))
    expect(run ?? "").not.toContain("${{");
});

test("holds both stacks to the policies of this repository", () => {
  const preview = jobs["preview"]?.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"));
  expect(preview?.with).toMatchObject({ command: "preview", policyPacks: "policy" });
});
