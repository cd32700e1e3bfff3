import type { PoolConfig } from "pg";
import { z } from "zod";

/** Which of the two sites a shop runs as; rows and answers carry it. */
export type Site = "primary" | "standby";

/** How the shop reaches the SMTP server that takes its mail. */
export interface SmtpSettings {
  readonly kind: "smtp";
  readonly host: string;
  readonly port: number;
  /** `starttls`: encrypted and authenticated. `none`: a relay on the same machine, as shared hosts offer. */
  readonly security: "starttls" | "none";
  readonly username?: string;
  readonly password?: string;
}

/** Azure Communication Services' own way: https, signed in as the app's managed identity. */
export interface CommunicationSettings {
  readonly kind: "communication";
  /** `https://<service>.<data location>.communication.azure.com`. */
  readonly endpoint: string;
  /** Client id of a user-assigned identity; the app's own identity without it. */
  readonly clientId?: string;
}

/** How many requests are worked on at once, and how many may wait for how long. */
export interface AdmissionLimits {
  /** Added to each request while it holds its place: what a crowded machine takes for itself. */
  readonly overheadMilliseconds: number;
  readonly inFlight: number;
  readonly queued: number;
  readonly patienceMilliseconds: number;
}

/** What the shop runs with, however it is started. */
export interface ShopSettings {
  readonly site: Site;
  readonly database: PoolConfig;
  readonly mail: SmtpSettings | CommunicationSettings;
  readonly mailFrom: string;
  /** Sites whose unsent mail this one sends too; only for a site that is switched off for good. */
  readonly adoptMailOf: readonly Site[];
  /** Where pages reference pictures, without a trailing slash. */
  readonly imageBaseUrl: string;
  /** The public address of the shop, without a trailing slash. */
  readonly publicUrl: string;
  /** Signs session cookies; the same on both sites, so that a login holds across a cutover. */
  readonly sessionSecret: string;
  readonly limits: AdmissionLimits;
}

/** Sized for one instance of a small App Service plan. */
export const defaultLimits: AdmissionLimits = {
  inFlight: 48,
  queued: 400,
  patienceMilliseconds: 8_000,
  overheadMilliseconds: 0,
};

const present = z.string().min(1);
const site = z.enum(["primary", "standby"]);
const port = z.coerce.number().int().min(1).max(65_535);
const base = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
const sites = z
  .string()
  .transform((list) => list.split(",").filter((name) => name !== ""))
  .pipe(z.array(site));

const environmentSchema = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    COMMUNICATION_ENDPOINT: base.optional(),
    AZURE_CLIENT_ID: present.optional(),
    SMTP_HOST: present.optional(),
    SMTP_PORT: port.optional(),
    SMTP_SECURITY: z.enum(["starttls", "none"]).default("starttls"),
    SMTP_USERNAME: present.optional(),
    SMTP_PASSWORD: present.optional(),
    MAIL_FROM: present,
    MAIL_ADOPT_SITES: sites.default([]),
    IMAGE_BASE_URL: base,
    PUBLIC_URL: base,
    SESSION_SECRET: z.string().min(16),
    SITE: site,
    PORT: port,
  })
  .superRefine((given, context) => {
    if (given.COMMUNICATION_ENDPOINT !== undefined) return;
    for (const name of ["SMTP_HOST", "SMTP_PORT"] as const)
      if (given[name] === undefined)
        context.addIssue({
          code: "custom",
          path: [name],
          message: "missing; needed where COMMUNICATION_ENDPOINT is not set",
        });
    if (given.SMTP_SECURITY === "none") {
      if (!isLoopback(given.SMTP_HOST ?? ""))
        context.addIssue({
          code: "custom",
          path: ["SMTP_SECURITY"],
          message: "none is allowed for a relay on this machine only; use starttls",
        });
      return;
    }
    for (const name of ["SMTP_USERNAME", "SMTP_PASSWORD"] as const)
      if (given[name] === undefined)
        context.addIssue({ code: "custom", path: [name], message: "missing; needed with starttls" });
  });

/**
 * Reads the shop's settings from its environment.
 *
 * @throws Error that lists every missing or wrong variable by name, never by value: some of them are secrets.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): { shop: ShopSettings; port: number } {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, code, message }) => {
      const name = String(path[0]);
      const missing = environment[name] === undefined && code !== "custom";
      return `  ${name}: ${missing ? "missing" : message}`;
    });
    throw new Error(`The shop cannot start. Set these environment variables:\n${faults.join("\n")}`);
  }
  const given = parsed.data;
  return {
    port: given.PORT,
    shop: {
      site: given.SITE,
      database: databaseFromUrl(given.DATABASE_URL),
      mail: mailRoute(given),
      mailFrom: given.MAIL_FROM,
      adoptMailOf: given.MAIL_ADOPT_SITES,
      imageBaseUrl: given.IMAGE_BASE_URL,
      publicUrl: given.PUBLIC_URL,
      sessionSecret: given.SESSION_SECRET,
      limits: defaultLimits,
    },
  };
}

/** By Communication Services where its endpoint is set, else by SMTP. */
function mailRoute(given: z.output<typeof environmentSchema>): ShopSettings["mail"] {
  const { COMMUNICATION_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = given;
  if (endpoint !== undefined)
    return { kind: "communication", endpoint, ...(clientId === undefined ? {} : { clientId }) };
  return {
    kind: "smtp",
    // The schema has seen that both are there.
    host: given.SMTP_HOST ?? "",
    port: given.SMTP_PORT ?? 0,
    security: given.SMTP_SECURITY,
    ...(given.SMTP_USERNAME === undefined ? {} : { username: given.SMTP_USERNAME }),
    ...(given.SMTP_PASSWORD === undefined ? {} : { password: given.SMTP_PASSWORD }),
  };
}

/**
 * The driver's settings for a database URL. Beyond this machine the connection is encrypted and the server's
 * certificate checked, whether or not the URL asks for it.
 */
export function databaseFromUrl(url: string): PoolConfig {
  const { hostname, searchParams } = new URL(url);
  const encrypt = !isLoopback(hostname) && !searchParams.has("sslmode");
  return { connectionString: url, ...(encrypt ? { ssl: { rejectUnauthorized: true } } : {}) };
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "::1", "[::1]", "localhost"].includes(host);
}
