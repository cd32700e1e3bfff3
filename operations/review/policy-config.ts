import { readFileSync } from "node:fs";
import { z } from "zod";
import { sectionOf } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { usage } from "../fault";

/** How strictly a rule is held to, as Pulumi calls it. */
const levels = ["mandatory", "advisory", "disabled"] as const;
const level = z.enum(levels);
const entry = z.union([level, z.looseObject({ enforcementLevel: level.optional() })]);
const document = z.record(z.string(), z.unknown());

/**
 * Looks through a config of the policies before the engine does, which says of a rule that it does not know only that
 * the preview failed.
 *
 * @throws Fault (2) with everything that is wrong in it
 */
export function checkPolicyConfig(file: string): void {
  const read = document.safeParse(json(file));
  if (!read.success)
    throw usage(`${file} is no config of policies; wanted: a JSON object, such as {"place": "advisory"}`);
  const faults = Object.entries(read.data).flatMap(([name, given]) => faultsOf(name, given));
  if (faults.length > 0) throw usage([`${file} is wrong:`, ...faults].join("\n  "));
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function faultsOf(name: string, given: unknown): readonly string[] {
  const known = rules.find((rule) => rule.name === name);
  if (known === undefined && name !== "all")
    return [`"${name}" is no rule; allowed: all, ${rules.map((rule) => rule.name).join(", ")}`];
  const where = known === undefined ? "" : `; see ${sectionOf(name)}`;
  const parsed = entry.safeParse(given);
  if (!parsed.success)
    return [
      `${name} is ${JSON.stringify(given)}; allowed: ${levels.join(", ")}, or an object of parameters, with one of these as ` +
        `its enforcementLevel${where}`,
    ];
  if (known === undefined || typeof parsed.data === "string") return [];
  const parameters = Object.fromEntries(
    Object.entries(parsed.data).filter(([key]) => key !== "enforcementLevel"),
  );
  const judged = known.parameters.safeParse(parameters);
  return (judged.error?.issues ?? []).map(
    ({ path, message }) =>
      `${[name, ...path].join(".")}${path.length === 0 ? "" : ` is ${JSON.stringify(at(parameters, path))}`}: ${message}${where}`,
  );
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (here, key) => (typeof here === "object" && here !== null ? Reflect.get(here, key) : undefined),
    value,
  );
