import { Secret, type ConfigValue } from "../engine/settings";
import * as shop from "../shop-of-the-story";
import type { Stage } from "../stage";
import type { Choice } from "./configurations";

export type Config = Readonly<Record<string, ConfigValue | undefined>>;

/** An address for a primary that has no name (RFC 5737). */
const primaryAddress = "203.0.113.10";
const primaryStack = "organization/warm-standby/primary";
const sessionSecret = "a secret of this rehearsal's own, 32 or more";

/** What the standby's own choices set, beside the story's config. */
export function standbyConfig(
  { cloud }: Stage,
  { engine, primary }: Pick<Choice, "engine" | "certificate" | "primary" | "shop">,
): Config {
  const run = {
    smtpApplication: cloud.smtpApplication,
    operatorObjectId: cloud.operatorObjectId,
    sessionSecret,
  };
  return {
    ...shop.standbyConfig(run),
    ...byStack(primary),
    databaseEngine: engine,
  };
}

/** What a primary of our own sets: the smallest that the shop runs on, sending mail by itself. */
export function primaryConfig({ cloud }: Stage, { engine }: Pick<Choice, "engine">): Config {
  return {
    domain: shop.zone,
    zoneId: shop.zoneId,
    location: "northeurope",
    databaseEngine: engine,
    sessionSecret: new Secret(sessionSecret),
    appPackage: shop.appPackage,
    appStart: "node server.js",
    appSettings: {
      MAIL_FROM: shop.mailFrom,
      SMTP_HOST: "smtp.azurecomm.net",
      SMTP_PORT: "587",
      SMTP_USERNAME: shop.mailFrom,
    },
    appSecrets: { SMTP_PASSWORD: new Secret(cloud.smtpApplication.secret) },
    operatorAddresses: [shop.operatorAddress],
    operatorObjectIds: [cloud.operatorObjectId],
  };
}

const byStack = (primary: Choice["primary"]): Config =>
  primary === "appService" ? { primaryHost: undefined, primaryStack } : {};

/** What the choices of DNS and primary set in `prod`; keys that they leave out are taken away. */
export function prodConfig({ primary, dns }: Pick<Choice, "primary" | "dns">): Config {
  return {
    ...shop.prodConfig,
    activeSite: "primary",
    proxied: dns === "proxied" ? "true" : undefined,
    primaryAddress: primary === "address" ? primaryAddress : undefined,
    ...byStack(primary),
  };
}
