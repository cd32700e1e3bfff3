import { shopVersion } from "./shop/version";
import { Secret, type ConfigValue } from "./engine/settings";

/** The shop of the story, under a name that can be nobody's (RFC 2606). */
export const zone = "blanklabel.example";
/** Names the zone at Cloudflare; only the rehearsal's own knows it. */
export const zoneId = "5d0f2a7c9b1e4836a0c7d9e2b4f61830";
export const publicHost = `www.${zone}`;
export const standbyName = `standby.${zone}`;
export const imageHost = `images.${zone}`;
/** The shared host, as its provider names it. */
export const primaryHost = "shared.host.example";
/** The shared host's database, as its provider names it. */
export const primaryDatabaseHost = "database.host.example";
/** Where the operator sits (RFC 5737): the one address beside the app that the database's firewall admits. */
export const operatorAddress = "203.0.113.20";
/** The package that both sites run. */
export const appPackage = `https://downloads.${zone}/shop-${shopVersion}.zip`;
export const mailFrom = `orders@mail.${zone}`;

/**
 * What the article was expected to bring, an hour. The orders are the drill's own, which squeezes a day into little
 * more than a minute, brought back to the story's hours.
 */
export const forecast = { visitorsPerHour: 5_000, ordersPerHour: 600, mailsPerHour: 1_000 } as const;

/** The limits that the quota ticket raised: enough for the forecast, and less than what a busy minute asks for. */
export const mailLimits = { perMinute: 100, perHour: 2_000, ticket: "2610010040000123" } as const;

/** Values for the stacks that are made up anew for each run. */
export interface RunSecrets {
  readonly smtpApplication: {
    readonly tenantId: string;
    readonly applicationId: string;
    readonly objectId: string;
    readonly secret: string;
  };
  readonly operatorObjectId: string;
  readonly sessionSecret: string;
}

export const prodConfig: Readonly<Record<string, ConfigValue>> = {
  domain: zone,
  zoneId,
  activeSite: "primary",
  primaryHost,
};

export const standbyConfig = (run: RunSecrets): Readonly<Record<string, ConfigValue>> => ({
  domain: zone,
  zoneId,
  location: "westeurope",
  databaseEngine: "postgres",
  primaryHost,
  alertEmail: `owner@${zone}`,
  ...forecast,
  tailHours: 24,
  syncAgeHours: 26,
  mailSendLimits: mailLimits,
  // As a shop that comes from a shared host has it; the matrix plays the default, too.
  mailSender: "smtp",
  smtpApplication: { ...run.smtpApplication, secret: new Secret(run.smtpApplication.secret) },
  sessionSecret: new Secret(run.sessionSecret),
  appPackage,
  appStart: "node server.js",
  operatorAddresses: [operatorAddress],
  operatorObjectIds: [run.operatorObjectId],
});
