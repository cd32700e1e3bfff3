import { z } from "zod";

/** What an offset is sized from. Rates are rows an hour in the busiest table; times are hours. */
export const offsetPolicy = z.object({
  rowsPerHour: z.number().positive().max(1e12),
  /** How long stale DNS may still send visitors to the old site. */
  tailHours: z.number().min(0).max(8760),
  /** The longest time allowed between a sync and the cutover. */
  syncAgeHours: z.number().min(0).max(8760),
  /** A factor of at least 1 on the forecast. */
  safety: z.number().min(1).max(1000),
});
export type OffsetPolicy = Readonly<z.infer<typeof offsetPolicy>>;

/** How far identities are moved: a fixed number of ids, or sized from a forecast. */
export type OffsetRule =
  | { readonly kind: "fixed"; readonly ids: bigint }
  | { readonly kind: "forecast"; readonly policy: OffsetPolicy };
