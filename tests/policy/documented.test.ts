import { readFileSync } from "node:fs";
import path from "node:path";
import { rules } from "../../policy/rules";

const page = readFileSync(path.join(__dirname, "../../docs/policies.md"), "utf8");
const sections = page.split(/^## /m).slice(1);

test("each rule has its section, in the pack's order, and no section is of no rule", () => {
  expect(sections.map((section) => section.split("\n")[0])).toEqual(rules.map(({ name }) => name));
});

test.each(rules)("the section of $name tells its parameters", ({ name, configSchema }) => {
  const section = sections.find((one) => one.startsWith(`${name}\n`)) ?? "";
  for (const parameter of Object.keys(configSchema?.properties ?? {}))
    expect(section).toContain(`\`${parameter}\``);
});
