import { z } from "zod";
import { command } from "../control/client";
import type { ControlAddress } from "../control/server";

const deliveredSchema = z.array(
  z.object({
    /** The order's public number. */
    order: z.string(),
    to: z.array(z.string()),
    /** Milliseconds since the epoch. */
    at: z.number(),
  }),
);
const loadSchema = z.object({
  admitted: z.number(),
  refused: z.number(),
  inFlight: z.number(),
  waiting: z.number(),
  mail: z.object({ sent: z.number(), deferred: z.number(), failed: z.number() }),
  imagesServed: z.number(),
  imagesFailed: z.number(),
});
export type PrimaryLoad = z.infer<typeof loadSchema>;

/** The shared host as its parent sees it. */
export class Primary {
  constructor(private readonly address: ControlAddress) {}

  /** Every mail that its relay took. */
  delivered(): Promise<z.infer<typeof deliveredSchema>> {
    return command(this.address, "delivered", undefined, deliveredSchema);
  }

  load(): Promise<PrimaryLoad> {
    return command(this.address, "load", undefined, loadSchema);
  }

  /** Has its pages reference pictures elsewhere from now on. */
  async setImageBaseUrl(baseUrl: string): Promise<void> {
    await command(this.address, "images", { baseUrl }, z.null());
  }
}
