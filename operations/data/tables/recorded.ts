/** How tables were treated when the base was recorded: kept beside it, so that every later run agrees with it. */
import { z } from "zod";
import type { TableName } from "../model";
import { rulesOf, type TableRules } from "./file";

export interface Recorded {
  readonly rules: TableRules;
  /** Columns that the base's digests leave out, by table. */
  readonly uncounted: ReadonlyMap<TableName, readonly string[]>;
  readonly leftOut: readonly TableName[];
}

const shape = z.object({
  rules: z.unknown(),
  uncounted: z.record(z.string(), z.array(z.string())),
  leftOut: z.array(z.string()),
});

export const recordedText = ({ rules, uncounted, leftOut }: Recorded): string =>
  JSON.stringify({ rules, uncounted: Object.fromEntries(uncounted), leftOut });

export function recordedOf(text: string): Recorded {
  const { rules, uncounted, leftOut } = shape.parse(JSON.parse(text));
  return { rules: rulesOf(rules), uncounted: new Map(Object.entries(uncounted)), leftOut };
}
