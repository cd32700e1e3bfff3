import { z } from "zod";
import { command } from "../control/client";
import type { ControlAddress } from "../control/server";
import { phases, type Phase } from "./settings";

const statusSchema = z.object({
  phase: z.enum(phases),
  coming: z.boolean(),
  visits: z.number(),
  people: z.number(),
  atOnce: z.number(),
  left: z.number(),
  requests: z.number(),
  failed: z.number(),
  images: z.number(),
  imagesFromEdge: z.number(),
  imagesFailed: z.number(),
  ordersOnPrimary: z.number(),
  ordersOnStandby: z.number(),
});
export type VisitorsStatus = z.infer<typeof statusSchema>;

/** Visits take this long at the most: every step with all its retries, on a shop that never answers. */
const drainWithin = 120_000;

/** The visitors as their parent sees them. */
export class Visitors {
  constructor(private readonly address: ControlAddress) {}

  /**
   * Starts a part of the day; visitors come from then on.
   *
   * @param rate visits a second, where it is not the settings'
   */
  async enter(phase: Phase, rate?: number): Promise<void> {
    await command(this.address, "phase", { phase, rate }, z.null());
  }

  /** Nobody new comes; those who are there go on. */
  async pause(): Promise<void> {
    await command(this.address, "pause", undefined, z.null());
  }

  async resume(): Promise<void> {
    await command(this.address, "resume", undefined, z.null());
  }

  /**
   * Has the sloppy resolvers look the shop's name up now, and hold that from now on: called right before a flip, the
   * tail takes all their hours. Entering the surge does it too.
   */
  async renewSloppyResolvers(): Promise<void> {
    await command(this.address, "renew", undefined, z.null());
  }

  /** Settles when nobody new comes and everybody has left. */
  async drain(): Promise<void> {
    await command(this.address, "drain", undefined, z.null(), drainWithin);
  }

  status(): Promise<VisitorsStatus> {
    return command(this.address, "status", undefined, statusSchema);
  }
}
