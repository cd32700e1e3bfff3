import { z } from "zod";

// What the operator's commands print with --json, as far as the drill reads it.

export const identitiesDocument = z.object({
  identities: z.array(z.looseObject({ table: z.string(), column: z.string(), status: z.string() })),
  applied: z.boolean(),
});

/** A number, as a string where it exceeds a double. */
const id = z.union([z.number(), z.string()]);

const tables = z.array(
  z.object({
    table: z.string(),
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    unchanged: z.number(),
  }),
);

export const syncDocument = z.object({
  tables,
  base: z.looseObject({ rows: z.number() }),
  identities: identitiesDocument.shape.identities,
});
export type SyncDocument = z.infer<typeof syncDocument>;

export const reconcileDocument = z.object({
  inserted: z.number(),
  updated: z.number(),
  deleted: z.number(),
  unchanged: z.number(),
  conflicts: z.array(
    z.looseObject({
      table: z.string(),
      key: z.unknown(),
      kind: z.string(),
      held: z.array(z.object({ table: z.string(), key: z.unknown() })).optional(),
    }),
  ),
  headroom: z.array(z.object({ table: z.string(), column: z.string(), used: id, left: id })),
  verified: z.boolean(),
  dryRun: z.boolean(),
  seconds: z.number(),
});
export type ReconcileDocument = z.infer<typeof reconcileDocument>;

export const checkDocument = z.object({
  ready: z.boolean(),
  checks: z.array(
    z.object({
      id: z.string(),
      status: z.enum(["pass", "warn", "fail", "unknown"]),
      found: z.string(),
      wanted: z.string(),
      fix: z.string(),
    }),
  ),
});
export type CheckDocument = z.infer<typeof checkDocument>;

export const imagesDocument = z.object({ uploaded: z.number(), unchanged: z.number(), bytes: z.number() });
