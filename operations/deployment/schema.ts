import { z } from "zod";
import { databaseSettings } from "../../settings/standby/database";
import { placeSettings } from "../../settings/standby/place";
import { sizeSettings } from "../../settings/standby/size";
import { acmeSettingsSchema } from "../certificate/acme-settings";

/** The two sites that the public name can point at. */
export const sites = ["primary", "standby"] as const;
export type Site = (typeof sites)[number];

export const hostName = z
  .string()
  .regex(/^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)+$/i, "a host name");

// The backend hands config values out as strings, whatever their declared type.
const configNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);
const configBoolean = z.union([
  z.boolean(),
  z.enum(["true", "false"]).transform((value) => value === "true"),
]);

/** What operations need of the prod stack's config. Keys of other owners pass unread. */
export const prodConfigSchema = z.object({
  domain: hostName,
  zoneId: z.string().min(1),
  activeSite: z.enum(sites).default("primary"),
  primaryHost: hostName.optional(),
  primaryAddress: z.string().optional(),
  /** The stack that made the primary, where it is one of this project. */
  primaryStack: z.string().optional(),
  ttl: configNumber.default(60),
  proxied: configBoolean.default(false),
  /** The primary's database, for `--from primary`. */
  primaryDatabaseUrl: z.string().min(1).optional(),
});

/** What the prod stack says: the cutover record as it was last written, and what it can point at. */
export const prodOutputsSchema = z.object({
  activeSite: z.enum(sites),
  record: z.object({
    zoneId: z.string(),
    id: z.string(),
    name: hostName,
    type: z.string(),
    content: hostName,
    ttl: z.number(),
  }),
  targets: z.object({ primary: hostName, standby: hostName.optional() }),
});

const databaseUrl = z
  .string()
  .regex(/^(postgres|postgresql|sqlserver|mysql):\/\//, "a postgres://, sqlserver:// or mysql:// URL");

/** What the stack of a primary of this project says of itself, as far as operations need it. */
export const primaryOutputsSchema = z.object({ databaseUrl });

const mailLimits = z.object({ perMinute: z.number(), perHour: z.number() });

/** What operations need of the standby stack's config. */
export const standbyConfigSchema = z.object({
  shopOpen: configBoolean.default(true),
  ...placeSettings,
  ...sizeSettings,
  databaseEngine: databaseSettings.databaseEngine,
  databaseSku: databaseSettings.databaseSku,
  mailSendLimits: mailLimits.extend({ ticket: z.string().min(1).optional() }).optional(),
  mailsPerHour: configNumber.optional(),
  alertEmail: z.string().min(1).optional(),
  alertPhone: z.string().optional(),
  dayOfEvent: z.iso.date().optional(),
  smtpApplication: z
    .object({ tenantId: z.string(), applicationId: z.string(), secret: z.string() })
    .optional(),
  /** Calls from outside, where they were entered at their providers. */
  webhooks: z.array(z.object({ name: z.string(), url: z.url() })).default([]),
});

const armId = z.string().regex(/^\/subscriptions\/[^/]+\//, "an ARM id that begins with /subscriptions/");
/** Where the certificate at the edge is from, and what renews it. */
export const certificateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("managed") }),
  z.object({ kind: z.literal("keyVault"), vaultSecretId: z.string() }),
  acmeSettingsSchema.extend({ kind: z.literal("acme"), renewBeforeDays: z.number() }),
]);

/** What the standby stack says of itself. */
export const standbyOutputsSchema = z.object({
  /** The CNAME target: the edge's own host name. */
  standbyHost: hostName,
  /** www.<zone>, which the edge serves even before DNS points there. */
  publicHost: hostName,
  /** standby.<zone>, always the standby. */
  standbyName: hostName,
  imageHost: hostName,
  databaseUrl,
  imageStorage: z.object({ account: z.string(), container: z.string() }),
  fileStorage: z.object({ account: z.string(), packages: z.string(), uploads: z.string() }),
  frontDoor: z.object({
    resourceGroup: z.string(),
    profile: z.string(),
    /** Names the subscription, too. */
    profileId: armId,
    customDomains: z.array(z.string()),
    hostNames: z.array(z.string()),
  }),
  /** ARM ids: the shop's route, and the origin groups that it leads to while the shop is open and while it is closed. */
  shopSwitch: z.object({ route: z.string(), open: z.string(), closed: z.string() }),
  certificate: certificateSchema.default({ kind: "managed" }),
  /** Where a site says which version it runs, and which one was deployed: by its own name, and a package's hash. */
  app: z.object({
    versionPath: z.string().startsWith("/"),
    version: z.string().optional(),
    hash: z.string().optional(),
  }),
  webApp: z.object({ resourceGroup: z.string(), name: z.string(), host: hostName }),
  mail: z.object({
    resourceGroup: z.string(),
    emailService: z.string(),
    domain: hostName,
    sender: z.string(),
    senderKind: z.enum(["identity", "smtp"]),
    communicationService: z.string(),
    /** `https://` and the host of the service's own API. */
    endpoint: z.url({ protocol: /^https$/ }),
    limits: mailLimits,
    /** The user name for SMTP AUTH, where the stack exports it. */
    smtpUsername: z.string().optional(),
  }),
  alerts: z.object({ actionGroup: armId }),
  offsets: z.object({
    rowsPerHour: z.number(),
    tailHours: z.number(),
    syncAgeHours: z.number(),
    safety: z.number(),
  }),
  forecast: z.looseObject({
    visitorsPerHour: z.number(),
    ordersPerHour: z.number(),
    mailsPerHour: z.number(),
  }),
});

export type ProdConfig = z.output<typeof prodConfigSchema>;
export type ProdOutputs = z.output<typeof prodOutputsSchema>;
export type StandbyConfig = z.output<typeof standbyConfigSchema>;
export type StandbyOutputs = z.output<typeof standbyOutputsSchema>;
