import path from "node:path";
import { startAcmeServer } from "../acme";
import { Secret, type ConfigValue } from "../engine/settings";
import type { Scope } from "../processes/cleanup";
import * as shop from "../shop-of-the-story";
import type { Stage } from "../stage";
import type { Choice, LifeChoice, StandingChoice } from "./configurations";

export type Config = Readonly<Record<string, ConfigValue | undefined>>;

/** An address for a primary that has no name (RFC 5737). */
const primaryAddress = "203.0.113.10";
const primaryStack = "organization/warm-standby/primary";

/** The secret that sessions are signed with: in no state, output or log. */
export const sessionSecret = "a secret of this rehearsal's own, 32 or more";

/** What a standby keeps for life, the story's own config included; the issuer of its certificate is made ready. */
export async function lifeConfig(
  scope: Scope,
  stage: Stage,
  { engine, certificate, ownPrimary }: LifeChoice,
): Promise<Config> {
  return {
    ...shop.standbyConfig(ofRun(stage)),
    ...byStack(ownPrimary),
    databaseEngine: engine,
    certificate: await certificateFrom[certificate](scope, stage),
  };
}

const ofRun = ({ cloud }: Stage): shop.RunSecrets => ({
  smtpApplication: cloud.smtpApplication,
  operatorObjectId: cloud.operatorObjectId,
  sessionSecret,
});

type Prepare = (scope: Scope, stage: Stage) => Promise<ConfigValue>;

/** Makes ready whoever issues the certificate of the names at the edge. */
const certificateFrom: Readonly<Record<Choice["certificate"], Prepare>> = {
  managed: () => Promise.resolve({ kind: "managed" }),
  keyVault: async (_scope, { cloud }) => {
    const subscription = cloud.operatorEnvironment["AZURE_SUBSCRIPTION_ID"] ?? "";
    const vaultSecretId =
      `/subscriptions/${subscription}/resourceGroups/certificates` +
      "/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop";
    const names = [shop.publicHost, shop.zone, shop.standbyName, shop.imageHost];
    const { chain, key } = await cloud.control.call("issueCertificate", { names, keyType: "rsa" });
    await cloud.control.call("giveCertificate", { vaultSecretId, chain, key });
    return { kind: "keyVault", vaultSecretId };
  },
  acme: async (scope, { cloud, run }) => {
    const { directory } = await startAcmeServer(scope, {
      cloud,
      folder: path.join(run.path, "acme"),
      say: () => undefined,
      record: (name, pid) => run.record(name, pid),
    });
    const cloudflareToken = new Secret(cloud.operatorEnvironment["CLOUDFLARE_API_TOKEN"] ?? "");
    return { kind: "acme", directory, cloudflareToken };
  },
};

/** What a standby changes in place; a key that does not go with the choice is taken away. */
export function standingConfig(stage: Stage, { shop: doors, mail }: StandingChoice): Config {
  const { mailSender, smtpApplication } = shop.standbyConfig(ofRun(stage));
  return {
    shopOpen: doors === "open",
    ...(mail === "smtp"
      ? { mailSender, smtpApplication }
      : { mailSender: "identity", smtpApplication: undefined }),
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

/** A primary of our own is known by its stack instead of its name. */
const byStack = (ownPrimary: boolean): Config =>
  ownPrimary ? { primaryHost: undefined, primaryStack } : { primaryStack: undefined };

/** What the choices of DNS and primary set in `prod`; keys that they leave out are taken away. */
export function prodConfig({ primary, dns }: Pick<Choice, "primary" | "dns">): Config {
  return {
    ...shop.prodConfig,
    activeSite: "primary",
    proxied: dns === "proxied" ? "true" : undefined,
    primaryAddress: primary === "address" ? primaryAddress : undefined,
    ...byStack(primary === "appService"),
  };
}
