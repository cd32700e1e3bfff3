/** What a run has to be allowed: looked at as a whole before anything is written, so that nobody is sent back twice. */
import { outside } from "../../fault";
import type { Schema, TableName } from "../model";
import type { Database, MissingRight, Use } from "../port";

/** A database, and what its user lacks there. */
export interface Lacking {
  readonly label: string;
  readonly rights: readonly MissingRight[];
}

export const lackingOf = async (
  database: Database,
  schema: Pick<Schema, "tables" | "generators">,
  use: Use,
): Promise<Lacking> => ({
  label: database.label,
  rights: (await database.missingRights?.(schema, use)) ?? [],
});

/** Whether the tool's own tables may be out of reach, or the database as a whole. */
export const isShutOut = (lacking: readonly Lacking[]): boolean =>
  lacking.some(({ rights }) => rights.some(({ tables }) => tables.length === 0));

/**
 * @param leftOut tables that take no part, so that no right to them is needed
 * @throws Fault (3) naming every missing right with what gives it
 */
export function refuseLacking(lacking: readonly Lacking[], leftOut: ReadonlySet<TableName>): void {
  const paragraphs = lacking.flatMap(({ label, rights }) => {
    const lines = rights
      .filter(({ tables }) => tables.length === 0 || tables.some((table) => !leftOut.has(table)))
      .map(({ what, fix }) => `\n  ${what}: ${fix}`);
    return lines.length === 0
      ? []
      : [`${label} does not let its user do what this run takes:${[...new Set(lines)].join("")}`];
  });
  if (paragraphs.length === 0) return;
  throw outside(`${paragraphs.join("\n")}\nNothing was written; safe to run again`);
}
