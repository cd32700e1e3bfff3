import type { ConfigValue } from "../engine/settings";
import * as shop from "../shop-of-the-story";
import type { Stage } from "../stage";
import type { Choice } from "./configurations";

export type Config = Readonly<Record<string, ConfigValue | undefined>>;

/** An address for a primary that has no name (RFC 5737). */
const primaryAddress = "203.0.113.10";

/** What the standby's own choices set, beside the story's config. */
export function standbyConfig(
  { cloud }: Stage,
  { engine }: Pick<Choice, "engine" | "certificate" | "shop">,
): Config {
  const run = {
    smtpApplication: cloud.smtpApplication,
    operatorObjectId: cloud.operatorObjectId,
    sessionSecret: "a secret of this rehearsal's own, 32 or more",
  };
  return {
    ...shop.standbyConfig(run),
    databaseEngine: engine,
  };
}

/** What the choices of DNS and primary set in `prod`; keys that they leave out are taken away. */
export function prodConfig({ primary, dns }: Pick<Choice, "primary" | "dns">): Config {
  return {
    ...shop.prodConfig,
    activeSite: "primary",
    proxied: dns === "proxied" ? "true" : undefined,
    primaryAddress: primary === "address" ? primaryAddress : undefined,
  };
}
