import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const permissions = z.record(z.string(), z.string());
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.union([z.string(), z.looseObject({ group: z.string() })]),
  jobs: z.record(
    z.string(),
    z.object({
      if: z.string().optional(),
      permissions: permissions.optional(),
      "timeout-minutes": z.number(),
      steps: z.array(step),
    }),
  ),
});

const root = path.join(__dirname, "../../..");
const read = (name: string) =>
  workflow.parse(parse(readFileSync(path.join(root, ".github/workflows", `${name}.yml`), "utf8")));
const names = ["review", "review-comment", "nightly"] as const;
const all = names.map((name) => ({ name, ...read(name) }));
const steps = all.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
const writes = (granted: z.output<typeof permissions> = {}): readonly string[] =>
  Object.keys(granted).filter((scope) => granted[scope] === "write");

test("run when they should, and never with a fork's code beside the repository's rights", () => {
  expect(all.map(({ name, on }) => [name, Object.keys(on)])).toEqual([
    ["review", ["pull_request"]],
    ["review-comment", ["workflow_run"]],
    ["nightly", ["schedule", "workflow_dispatch"]],
  ]);
});

test("may do no more than they must; what runs a pull request's code may write nothing", () => {
  for (const { permissions: granted } of all) expect(granted).toEqual({ contents: "read" });
  expect(
    all.flatMap(({ name, jobs }) =>
      Object.entries(jobs).map(([job, one]) => [name, job, writes(one.permissions)]),
    ),
  ).toEqual([
    ["review", "code", []],
    ["review", "rehearsal", []],
    ["review", "real", ["id-token"]],
    ["review", "local", []],
    ["review-comment", "comment", ["pull-requests"]],
    ["nightly", "drift", ["id-token", "issues"]],
    ["nightly", "certificate", ["id-token", "issues"]],
  ]);
});

test("no secrets for forks", () => {
  const { jobs } = read("review");
  const withSecrets = Object.entries(jobs).filter(([, job]) => JSON.stringify(job).includes("secrets."));
  expect(withSecrets.map(([name]) => name)).toEqual(["real"]);
  expect(jobs["real"]?.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
  // Every pull request gets one of the two.
  const [real = "", local = ""] = [jobs["real"]?.if, jobs["local"]?.if];
  const parts = (text: string, by: string): readonly string[] => text.split(by).map((part) => part.trim());
  const opposite = parts(real, "&&").map((part) =>
    part.includes("!=") ? part.replace("!=", "==") : part.replace("==", "!="),
  );
  expect(parts(local, "||")).toEqual(opposite);
});

test("what may comment takes nothing of the pull request but data", () => {
  const { jobs, on } = read("review-comment");
  const [job] = Object.values(jobs);
  expect(on["workflow_run"]).toEqual({ workflows: ["review"], types: ["completed"] });
  const checkout = job?.steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
  // No `ref`: the default branch's.
  expect(checkout?.with).toEqual({ "persist-credentials": false });
  expect(job?.steps.filter(({ run }) => run !== undefined).map(({ run }) => run)).toEqual([
    "npm ci --ignore-scripts",
    'node bin/standby.js github comment --review "$RUNNER_TEMP/review/review.json"',
  ]);
});

test("a review is handed on and an issue kept also when what was looked at failed", () => {
  for (const { name, jobs } of all)
    for (const job of Object.values(jobs))
      for (const one of job.steps)
        if (
          one.uses?.startsWith("actions/upload-artifact@") === true ||
          one.run?.includes("github issue") === true
        )
          expect([name, one.if]).toEqual([name, "always()"]);
});

test("take actions by commit, and leave no token in the checkout", () => {
  const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  for (const checkout of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
    expect(checkout.with).toMatchObject({ "persist-credentials": false });
});

test("no text of anybody's gets into a script", () => {
  for (const { run } of steps) expect(run ?? "").not.toContain("${{");
});

test("a pipe does not hide that its first part failed", () => {
  for (const { run } of steps) if (run?.includes("| tee") === true) expect(run).toMatch(/^set -o pipefail\n/);
});
