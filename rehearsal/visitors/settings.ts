import { z } from "zod";
import type { ControlAddress } from "../control/server";

/** Parts of the day, by how many people come. */
export const phases = ["calm", "surge", "tail", "quiet"] as const;
export type Phase = (typeof phases)[number];

const rate = z.number().min(0).max(1_000);

/** What the visitors are started with. */
export const visitorSettingsSchema = z.object({
  seed: z.number().int(),
  clock: z.object({ startedAt: z.number(), speed: z.number().positive() }),
  /** The authoritative server on 127.0.0.1. */
  nameServerPort: z.number().int().min(1).max(65_535),
  /** The rehearsal's routing table. */
  routesFile: z.string().min(1),
  /** The rehearsal's root certificate, PEM; the only one that is trusted. */
  rootCertificate: z.string().min(1),
  /** The name that people type, such as `www.blanklabel.example`. */
  publicHost: z.string().min(1),
  /** An existing folder; the ledger is `visitors.jsonl` in it. */
  folder: z.string().min(1),
  /** Visits a second in each phase. A visit is some six requests. */
  rates: z
    .object({ calm: rate, surge: rate, tail: rate, quiet: rate })
    .default({ calm: 8, surge: 26, tail: 22, quiet: 4 }),
  resolvers: z
    .object({
      count: z.number().int().min(1).max(200).default(16),
      /** The share of resolvers that hold an answer for `holdHours` story hours, whatever its TTL says. */
      sloppyShare: z.number().min(0).max(1).default(0.25),
      holdHours: z.number().positive().default(16),
    })
    .default({ count: 16, sloppyShare: 0.25, holdHours: 16 }),
  /** Milliseconds until an answer is given up. */
  patienceMilliseconds: z.number().int().min(1).default(8_000),
  /** Visits at the same time; whoever comes beyond that does not come in. */
  atOnce: z.number().int().min(1).default(250),
});
/** As a caller writes them: what has a default may be left out. */
export type VisitorSettings = z.input<typeof visitorSettingsSchema>;
export type ParsedVisitorSettings = z.output<typeof visitorSettingsSchema>;

/** What the parent learns once the visitors can come. */
export interface VisitorsReady {
  readonly control: ControlAddress;
  readonly ledger: string;
  /** How many of the resolvers are sloppy. */
  readonly sloppyResolvers: number;
}
