/** How tables were treated when the base was recorded: kept beside it, so that every later run agrees with it. */
import { z } from "zod";
import type { TableName } from "../model";
import { rulesOf, type TableRules } from "./file";

export interface Recorded {
  readonly rules: TableRules;
  /** Columns that the base's digests leave out, by table. */
  readonly uncounted: ReadonlyMap<TableName, readonly string[]>;
  readonly leftOut: readonly TableName[];
  /** The offset that was given as a number of ids. */
  readonly offset?: bigint;
}

const shape = z.object({
  rules: z.unknown(),
  uncounted: z.record(z.string(), z.array(z.string())),
  leftOut: z.array(z.string()),
  offset: z.string().optional(),
});

export const recordedText = ({ rules, uncounted, leftOut, offset }: Recorded): string =>
  JSON.stringify({ rules, uncounted: Object.fromEntries(uncounted), leftOut, offset: offset?.toString() });

export function recordedOf(text: string): Recorded {
  const { rules, uncounted, leftOut, offset } = shape.parse(JSON.parse(text));
  return {
    rules: rulesOf(rules),
    uncounted: new Map(Object.entries(uncounted)),
    leftOut,
    ...(offset !== undefined && { offset: BigInt(offset) }),
  };
}
