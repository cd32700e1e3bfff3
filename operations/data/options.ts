/** Options that several data commands share. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { parseDatabase, type Connection } from "../connection";
import { usage } from "../fault";
import type { GivenRules } from "./engine";
import { offsetPolicy, type OffsetRule } from "./policy";
import { parseTableRules } from "./tables/file";

const count = (most: number): z.ZodType<number> =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.number().max(most));
const decimal = z
  .string()
  .regex(/^\d+(?:\.\d+)?$/, "must be a number such as 2 or 1.5")
  .transform(Number);

export const databaseOptions = z.object({ from: z.string(), to: z.string() });
export const wholeNumber = count(Number.MAX_SAFE_INTEGER);

const offsetOptions = z.object({
  offset: wholeNumber.optional(),
  rowsPerHour: decimal.optional(),
  tailHours: decimal.optional(),
  syncAgeHours: decimal.optional(),
  safety: decimal.optional(),
});

/** Parses options with a schema. @throws Fault (2) naming every option that is wrong, its value and what is allowed. */
export function parseOptions<T>(schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const given = z.record(z.string(), z.unknown()).catch({}).parse(options);
  throw usage(
    parsed.error.issues
      .map((issue) => {
        const name = String(issue.path[0] ?? "");
        return `${flag(name)} ${given[name] === undefined ? "is missing" : JSON.stringify(given[name])}: ${issue.message}`;
      })
      .join("\n"),
  );
}

const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const addDatabases = (command: Command, from: string, to: string): Command =>
  command
    .requiredOption(
      "--from <database>",
      `${from}: primary, standby, env:NAME, postgres://…, sqlserver://… or mysql://…`,
    )
    .requiredOption("--to <database>", `${to}: likewise`);

export const addOffsets = (command: Command): Command =>
  command
    .option("--offset <ids>", "leave this many ids free above the primary's highest")
    .option("--rows-per-hour <rows>", "forecast: new rows an hour in the busiest table")
    .option("--tail-hours <hours>", "forecast: how long stale DNS may send visitors to the primary")
    .option("--sync-age-hours <hours>", "forecast: the longest time from a sync to the cutover")
    .option("--safety <factor>", "forecast: a factor of at least 1 on top");

/** The offset given by options; undefined when none is. @throws Fault (2) when only a part of the forecast is given. */
export function offsetRuleOf(options: unknown): OffsetRule | undefined {
  const { offset, ...forecast } = parseOptions(offsetOptions, options);
  const given = Object.values(forecast).filter((value) => value !== undefined).length;
  if (offset !== undefined) {
    if (given > 0)
      throw usage("--offset: a fixed offset leaves no room for a forecast; give one or the other");
    return { kind: "fixed", ids: BigInt(offset) };
  }
  if (given === 0) return undefined;
  return { kind: "forecast", policy: parseOptions(offsetPolicy, forecast) };
}

const tablesOptions = z.object({ tables: z.string().min(1, "name a file").optional() });

/** The file that is taken where it is there and no other is named. */
export const tablesFile = "standby.tables.yaml";

export const addTables = (command: Command): Command =>
  command.option(
    "--tables <file>",
    `what is to be known of tables (default: ${tablesFile} where there is one)`,
  );

/** What the file says; undefined without one. @throws Fault (2) naming everything that is wrong in it */
export function tablesOf(options: unknown): GivenRules | undefined {
  const { tables: given } = parseOptions(tablesOptions, options);
  const file = given ?? tablesFile;
  if (!existsSync(file)) {
    if (given === undefined) return undefined;
    throw usage(`--tables ${file}: there is no such file; docs/tables.md shows what it may hold`);
  }
  return { rules: parseTableRules(readFileSync(file, "utf8"), file), file };
}

/** Both databases of a command, by their options. */
export async function openDatabases(options: unknown): Promise<{ from: Connection; to: Connection }> {
  const { from, to } = parseOptions(databaseOptions, options);
  const resolve = (site: "primary" | "standby"): Promise<string> => {
    // Loaded only where a stack is to be asked: it takes longer than all other modules here together.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import of its own waits for nothing
    const { databaseUrl } = require("../deployment") as typeof import("../deployment");
    return databaseUrl(site);
  };
  return { from: await parseDatabase("--from", from, resolve), to: await parseDatabase("--to", to, resolve) };
}
