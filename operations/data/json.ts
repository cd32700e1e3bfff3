/** The JSON documents of the command line, as its contract spells them. */
import type {
  IdentitiesResult,
  ReconcileResult,
  ShownConflict,
  ShownMove,
  ShownTreatment,
  SyncResult,
} from "./engine";
import type { IdentityPlan } from "./identities";
import type { Key } from "./model";

export type JsonKey = string | number | readonly (string | number)[];

/** Ids beyond what a double holds are strings. */
const number = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
    ? Number(value)
    : value.toString();

/** Whole numbers of at most 32 bits, as engines spell their types. */
const small = /^(?:tinyint|smallint|mediumint|integer|int)(?: unsigned)?$/;

/** A number for types that fit a double, a string otherwise; a list of them for a key of several columns. */
export function jsonKey(key: Key, types: readonly string[]): JsonKey {
  const parts = key.map((part, at) => (small.test(types[at] ?? "") ? Number(part) : part));
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : parts;
}

const identityJson = (plan: IdentityPlan): object => ({
  table: plan.table,
  column: plan.column,
  kind: plan.kind,
  maxFrom: number(plan.maxFrom),
  maxTo: number(plan.maxTo),
  generatorFrom: number(plan.generatorFrom),
  seed: number(plan.seed),
  offset: number(plan.offset),
  used: number(plan.used),
  headroom: number(plan.headroom),
  typeMax: number(plan.typeMax),
  status: plan.status,
});

const treatmentJson = ({ leftOut, references, numbers }: ShownTreatment): object => ({
  leftOut: leftOut.map(({ table, why }) => ({ table, why })),
  references: references.map(({ from, to, status, evidence }) => ({ from, to, status, evidence })),
  numbers,
});

export const identitiesJson = (result: IdentitiesResult): object => ({
  identities: result.identities.map(identityJson),
  applied: result.applied,
  ...treatmentJson(result),
  warnings: result.warnings,
});

export const syncJson = (result: SyncResult): object => ({
  tables: result.tables,
  base: { at: result.base.at ?? null, rows: result.base.rows },
  identities: result.identities.map(identityJson),
  ...treatmentJson(result),
  warnings: result.warnings,
});

const conflictJson = (conflict: ShownConflict): object => ({
  table: conflict.table,
  key: jsonKey(conflict.key, conflict.keyTypes),
  kind: conflict.kind,
  ...(conflict.constraint !== undefined && { constraint: conflict.constraint }),
  ...(conflict.reason !== undefined && { reason: conflict.reason }),
  columns: conflict.columns,
  source: conflict.source ?? null,
  target: conflict.target ?? null,
  held: conflict.held.map((row) => ({ table: row.table, key: jsonKey(row.key, row.keyTypes) })),
});

/** `to` is null in a dry run of a remap: the id is drawn by the run. */
const moveJson = (move: ShownMove) => ({
  table: move.table,
  from: jsonKey(move.from, move.keyTypes),
  to: move.to === undefined ? null : jsonKey(move.to, move.keyTypes),
});

export const reconcileJson = (result: ReconcileResult): object => ({
  inserted: result.inserted,
  updated: result.updated,
  deleted: result.deleted,
  unchanged: result.unchanged,
  remapped: result.remapped.map(moveJson),
  merged: result.merged.map((one) => ({ ...moveJson(one), by: one.by })),
  left: result.left.map(({ table, key, keyTypes, on }) => ({ table, key: jsonKey(key, keyTypes), on })),
  conflicts: result.conflicts.map(conflictJson),
  headroom: result.headroom.map((one) => ({
    table: one.table,
    column: one.column,
    used: number(one.used),
    left: number(one.left),
  })),
  compared: result.compared,
  verified: result.verified,
  dryRun: result.dryRun,
  seconds: result.seconds,
  ...treatmentJson(result),
});
