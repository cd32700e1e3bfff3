import { z } from "zod";
import type { ControlAddress } from "../control/server";

const certificate = z.object({
  /** PEM: the leaf, then the authority. */
  chain: z.string().min(1),
  /** PEM, PKCS #8. */
  key: z.string().min(1),
});
const url = z.url({ protocol: /^https?$/ });

/** What the shared host is started with. */
export const primarySettingsSchema = z.object({
  /** An existing folder for the database, its log and the pictures. */
  folder: z.string().min(1),
  /** Must be valid for the shop's public names, the shared host's own name and `databaseHost`. */
  certificate,
  /** The name in the database's URL; the caller routes its port 5432 to `databasePort`. */
  databaseHost: z.string().min(1),
  publicUrl: url,
  /** Where pages reference pictures at first; the shared host serves its own copies at `<publicUrl>/images`. */
  imageBaseUrl: url,
  sessionSecret: z.string().min(16),
  mailFrom: z.string().min(1),
  /** Customers who were there before the story begins. */
  history: z.number().int().min(0).max(100_000).default(400),
  /** What a cheap plan gives: so many requests at once, so many waiting, each held up by the busy neighbours. */
  limits: z
    .object({
      inFlight: z.number().int().min(1),
      queued: z.number().int().min(0),
      patienceMilliseconds: z.number().int().min(1),
      overheadMilliseconds: z.number().min(0),
      /** A picture is read from a slow disk, by the same few workers. */
      imageMilliseconds: z.number().min(0),
    })
    .default({
      inFlight: 4,
      queued: 24,
      patienceMilliseconds: 4_000,
      overheadMilliseconds: 30,
      imageMilliseconds: 90,
    }),
});
/** As a caller writes them: what has a default may be left out. */
export type PrimarySettings = z.input<typeof primarySettingsSchema>;
export type ParsedPrimarySettings = z.output<typeof primarySettingsSchema>;

/** What the parent learns once the shared host runs. Holds secrets: it travels over IPC only. */
export interface PrimaryReady {
  /** TLS, for the shop's public names. */
  readonly port: number;
  readonly databasePort: number;
  /** The database's owner, for `standby sync`; its host is `databaseHost`, port 5432. */
  readonly databaseUrl: string;
  readonly control: ControlAddress;
}
