import { readFileSync } from "node:fs";
import { primaryKeys, primarySchema } from "../../settings/primary";
import { prodSchema } from "../../settings/prod";
import { renderSettings, settingsPage } from "../../settings/page";
import { leavesOf } from "../../settings/schema";
import { standbyKeys, standbySchema } from "../../settings/standby";

test("the page of settings says what the schemas do; `npm run docs:settings` writes it anew", () => {
  expect(readFileSync(settingsPage, "utf8")).toBe(renderSettings());
});

test("every key has leaves that say what it is for", () => {
  const leaves = [standbySchema, prodSchema, primarySchema].flatMap((schema) => leavesOf(schema));
  expect(new Set(leavesOf(standbySchema).map(({ path }) => path[0]))).toEqual(new Set(standbyKeys));
  expect(new Set(leavesOf(primarySchema).map(({ path }) => path[0]))).toEqual(new Set(primaryKeys));
  for (const { about } of leaves) expect(about.why).toMatch(/\w.*\.$/);
});
