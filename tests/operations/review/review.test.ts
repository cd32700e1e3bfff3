import { readFileSync } from "node:fs";
import path from "node:path";
import { exitCodeOf, review } from "../../../operations/review/review";
import { readPreview } from "../../../operations/review/preview";
import { monthlyBill } from "../../../settings/cost";
import { forecast } from "../../../rehearsal/shop-of-the-story";
import { commentOf, reviews } from "./comments";
import { recorded } from "./recorded";

test.each(Object.keys(reviews))("the comment of %s is as its file has it", (name) => {
  expect(commentOf(name)).toBe(readFileSync(path.join(__dirname, `${name}.md`), "utf8"));
});

test("a change that keeps every rule passes, and tells what it costs", () => {
  const passed = reviews["pass"]?.();
  expect(passed).toMatchObject({
    verdict: "pass",
    where: "cloud",
    cost: { before: 255.49, after: 386.89, currency: "USD" },
    stacks: [
      { stack: "prod", verdict: "pass", flip: null, counts: { same: 2, update: 0 } },
      {
        stack: "standby",
        verdict: "pass",
        counts: { same: 132, create: 0, update: 3, replace: 0, delete: 0 },
        violations: [],
        dangers: [],
        errors: [],
        complete: true,
        policies: "run",
      },
    ],
  });
  expect(passed === undefined ? undefined : exitCodeOf(passed)).toBe(0);
});

test("the bill of what is previewed is the one that is made out from the settings", () => {
  const settings = { ...forecast, databaseEngine: "postgres" as const };
  expect(reviews["pass"]?.().cost.before).toBe(monthlyBill(settings, "warm").monthly);
});

test("a flip is one record changed in place", () => {
  const flip = reviews["flip"]?.();
  expect(flip?.verdict).toBe("pass");
  expect(flip?.stacks[0]).toMatchObject({
    flip: { from: "shared.host.example", to: expect.stringMatching(/\.azurefd\.net$/) as string },
    counts: { create: 0, update: 1, replace: 0, delete: 0 },
    changes: [{ fate: "update", name: "www", properties: ["content"] }],
  });
});

test("violations come with what mends them and where to read on", () => {
  const found = reviews["violation"]?.();
  expect(found === undefined ? undefined : exitCodeOf(found)).toBe(1);
  expect(found?.verdict).toBe("violation");
  expect(found?.stacks[1]?.violations[0]).toEqual({
    rule: "identity-offsets",
    level: "mandatory",
    resource: "offsets",
    message:
      "No two rows get one id. In the story the order ids were moved up and the user ids forgotten: two customers " +
      "shared an id, and orders hung on the wrong one.\ntailHours of offsets is 3; wanted: at least 16 hours, the tail " +
      "that was measured in the story.",
    fix: "pulumi config set tailHours 24.",
    docs: "docs/policies.md#identity-offsets",
  });
  expect(found?.stacks[1]?.violations).toHaveLength(33);
});

test("what the engine refuses for its protection is no failure of the engine, but not safe", () => {
  const found = reviews["unsafe"]?.();
  expect(found === undefined ? undefined : exitCodeOf(found)).toBe(1);
  expect(found?.stacks[1]).toMatchObject({ verdict: "unsafe", errors: [], complete: false });
  expect(found?.cost).toMatchObject({ before: null, after: null });
});

test("a preview that failed is no verdict, and says why", () => {
  const found = reviews["error"]?.();
  expect(found === undefined ? undefined : exitCodeOf(found)).toBe(3);
  expect(found?.stacks[1]?.errors).toEqual([
    expect.stringContaining("warm-standby:domain is 'Not A Domain'"),
  ]);
});

test("a definite no counts more than a failed preview beside it", () => {
  const { verdict, summary } = review(
    ["violation", "refused"].map((name) => readPreview(name, recorded(`standby-${name}`))),
    "files",
  );
  expect(verdict).toBe("violation");
  expect(summary).toContain("the preview of refused failed, so more may be wrong");
});

test("no secret is in what the engine prints, nor in a review of it", () => {
  const secrets = ["a secret of this rehearsal's own", "PRIVATE KEY", "4dabf18193072939515e22adb298388d"];
  for (const [name, make] of Object.entries(reviews))
    for (const secret of secrets) {
      expect(JSON.stringify(make())).not.toContain(secret);
      expect(commentOf(name)).not.toContain(secret);
    }
});
