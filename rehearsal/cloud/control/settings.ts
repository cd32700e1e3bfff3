import { z } from "zod";

/** An application registered in Microsoft Entra, as the cloud's directory knows it. */
const applicationSchema = z.object({
  tenantId: z.string(),
  applicationId: z.string(),
  /** Object id of its service principal: what role assignments name. */
  objectId: z.string(),
  secret: z.string(),
});

/** Within the cloud's folder: PEM of all authorities that the rehearsal's processes trust. */
export const authorityFile = "authority.pem";

/** What the local cloud is made for; random values are chosen by `startCloud` for each run. */
export const cloudSettingsSchema = z.object({
  /** A folder of the run's own; sockets, tables and data lie below it. */
  folder: z.string(),
  zone: z.object({ id: z.string(), name: z.string() }),
  subscription: z.string(),
  /** The operator's own service principal: what the program and the operations sign in with. */
  operator: applicationSchema,
  /** The address that the operator is seen from; a database's firewall has to admit it. */
  operatorAddress: z.string(),
  /** The application that the shop signs in with at the SMTP server. */
  smtpApplication: applicationSchema,
  cloudflareToken: z.string(),
  /** Bearer token of the control API. */
  controlToken: z.string(),
  /** What can be downloaded over https: the URL of each file, and its absolute path on this machine. */
  downloads: z.record(z.string(), z.string()),
  /** How long a minute of the mail limits lasts. */
  millisecondsPerMailMinute: z.number().positive(),
  clock: z.object({ startedAt: z.number(), speed: z.number().positive() }),
});

export type CloudSettings = z.infer<typeof cloudSettingsSchema>;
export type Application = z.infer<typeof applicationSchema>;

/** What the child process says once it serves. */
export const cloudReadySchema = z.object({
  pluginFolder: z.string(),
  routes: z.string(),
  nameServerPort: z.number(),
  authority: z.string(),
  controlPort: z.number(),
});

export type CloudReady = z.infer<typeof cloudReadySchema>;
