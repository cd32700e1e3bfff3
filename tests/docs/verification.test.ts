import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const page = readFileSync(path.join(root, "docs/verification.md"), "utf8");

/** Folders whose files the page may name. */
const folders =
  /^(components|docs|operations|policy|rehearsal|settings|stacks|tests|\.github)\/|^(package\.json|Pulumi\.yaml)$/;
const named = [...page.matchAll(/`([^`]+)`/g)]
  .map(([, text = ""]) => text)
  .filter((text) => folders.test(text));

test("every file that the page names is there", () => {
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

/** `tests/x.test.ts` "a title", "another" */
const cited = [...page.matchAll(/`(tests\/[^`]+\.test\.ts)`((?: "[^"]+",?)*)/g)].flatMap(
  ([, file = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => [file, title] as const),
);

test("every test that the page names is there under that name", () => {
  expect(cited.length).toBeGreaterThan(30);
  const missing = cited.filter(
    ([file, title]) => !readFileSync(path.join(root, file), "utf8").includes(JSON.stringify(title)),
  );
  expect(missing).toEqual([]);
});

test("the page says plainly that nothing was tried live", () => {
  expect(page).toContain(
    "Nothing in this project has been run against a live Azure subscription or a live Cloudflare zone yet.",
  );
});
