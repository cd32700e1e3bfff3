import { z } from "zod";
import { recordTypes } from "./cloudflare/zone";

const nothing = z.object({});
const counts = z.object({ requests: z.number(), fromCache: z.number(), failed: z.number() });
const edge = z.record(z.string(), counts);
const limits = z.object({ perMinute: z.number().positive(), perHour: z.number().positive() });
const mail = z.object({ limits, accepted: z.number(), deferred: z.number(), rejected: z.number() });
const database = z.object({ host: z.string(), port: z.number() });

/** A record in the form of the cloud's own name server. */
const record = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(recordTypes),
  content: z.string(),
  ttl: z.number().int().min(0),
  priority: z.number().int().optional(),
});

/** The calls of the control API: what each takes and gives. */
export const calls = {
  /** Everything that is declared and realised now. */
  snapshot: {
    input: nothing,
    output: z.object({
      resources: z.array(z.object({ id: z.string(), type: z.string() })),
      records: z.array(record),
      databases: z.array(database),
      apps: z.record(z.string(), z.number()),
      certificates: z.array(
        z.object({ hostName: z.string(), state: z.string(), expires: z.string().nullable() }),
      ),
      mail,
      edge,
    }),
  },
  /** Settles once the web apps run as they are declared. */
  settled: { input: nothing, output: nothing },
  /** What a support ticket would bring: the subscription's limits for custom domains. */
  setMailLimits: { input: limits, output: nothing },
  /** As `az provider unregister` and `register` do. */
  setRegistration: { input: z.object({ namespace: z.string(), registered: z.boolean() }), output: nothing },
  /** A limit of the subscription: vCores of a family of flexible servers, or 0 for a size of Azure SQL to withhold it. */
  setQuota: { input: z.object({ name: z.string(), limit: z.number().int().min(0) }), output: nothing },
  /** As 45 days before a certificate's end with the name pointing elsewhere. */
  demandRevalidation: { input: z.object({ hostName: z.string() }), output: nothing },
  edgeCounts: { input: nothing, output: edge },
  mailCounts: { input: nothing, output: mail },
  deliveredMail: {
    input: nothing,
    output: z.array(
      z.object({
        from: z.string(),
        to: z.array(z.string()),
        subject: z.string(),
        headers: z.record(z.string(), z.string()),
        at: z.number(),
      }),
    ),
  },
  databases: { input: nothing, output: z.array(database) },
  blobCount: {
    input: z.object({ account: z.string(), container: z.string() }),
    output: z.object({ blobs: z.number() }),
  },
  /** What was done to the cloud, from the entry with that number on. */
  log: {
    input: z.object({ from: z.number().int().min(0).default(0) }),
    output: z.array(
      z.object({ at: z.number(), operation: z.string(), subject: z.string(), detail: z.string() }),
    ),
  },
  /** Makes each change slower, the next calls throttled, and changes at the edge seen later. */
  setPace: {
    input: z.object({
      slowMilliseconds: z.number().min(0).default(0),
      throttleNext: z.number().int().min(0).default(0),
      edgeMilliseconds: z.number().min(0).default(0),
    }),
    output: nothing,
  },
  /** A host outside of the clouds, such as the primary: served from a local port. */
  addHost: {
    input: z.object({ host: z.string(), port: z.number(), localPort: z.number() }),
    output: nothing,
  },
  removeHost: { input: z.object({ host: z.string(), port: z.number() }), output: nothing },
  /** A record that is nobody's at Cloudflare, such as the primary's own. */
  putRecord: { input: record, output: nothing },
  removeRecord: { input: z.object({ id: z.string() }), output: nothing },
  /** A certificate of the rehearsal's authority, for a server that is not in the clouds. PEM. */
  issueCertificate: {
    input: z.object({ names: z.array(z.string()).min(1), keyType: z.enum(["ec", "rsa"]).default("ec") }),
    output: z.object({ chain: z.string(), key: z.string(), expires: z.string() }),
  },
  /** A certificate (PEM) in a vault of the subscription's that no stack has made; the vault is there from then on. */
  giveCertificate: {
    input: z.object({ vaultSecretId: z.string(), chain: z.string(), key: z.string() }),
    output: nothing,
  },
  /** Puts an authority (PEM) on Microsoft's list, and among those that every process of the rehearsal trusts. */
  trustAuthority: { input: z.object({ root: z.string() }), output: nothing },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.infer<(typeof calls)[Name]["input"]>;
export type CallArguments<Name extends CallName> = z.input<(typeof calls)[Name]["input"]>;
export type CallOutput<Name extends CallName> = z.infer<(typeof calls)[Name]["output"]>;
