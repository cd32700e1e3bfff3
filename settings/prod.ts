import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { flag, hostName, ipv4, leaf, optionalLeaf, whole } from "./leaf";
import { parseSettings, setCommand, type RawSettings, type SettingsShape } from "./parse";
import { shared } from "./shared";

export type Site = "primary" | "standby";

const prodSchema = z
  .strictObject({
    ...shared,
    /** The flip: whose name `www` points at. */
    activeSite: leaf<Site>(
      z.enum(["primary", "standby"]),
      { allowed: "primary or standby", example: "primary" },
      "primary",
    ),
    /** FQDN by which the primary is reached: the CNAME target of `www` until cutover. */
    primaryHost: leaf(hostName, {
      allowed: "the primary's host name, in lower case and without a trailing dot",
      example: "shared.host.example",
    }),
    /** For a host that is known only by its address: `origin.<domain>` is made for it and becomes the target. */
    primaryAddress: optionalLeaf(ipv4, { allowed: "an IPv4 address", example: "203.0.113.10" }),
    /** `organization/project/stack` of the standby; until it is set this stack knows of none. */
    standbyStack: optionalLeaf(z.string().regex(/^[^/\s]+\/[^/\s]+\/[^/\s]+$/), {
      allowed: "organization/project/stack",
      example: "organization/warm-standby/standby",
    }),
    /** Seconds a resolver may keep the cutover record. Not below what every Cloudflare plan takes. */
    ttl: leaf(whole(60, 86400), { allowed: "a whole number of seconds from 60 to 86400", example: "60" }, 60),
    /** URL of the primary's database, for the operations that read it; this program does not. */
    primaryDatabaseUrl: optionalLeaf(z.string().regex(/^[a-z]+:\/\/.+/), {
      allowed: "the URL of the primary's database",
      example: "",
      secret: true,
    }).transform((url) => (url === undefined ? undefined : pulumi.secret(url))),
    /** Traffic through Cloudflare's proxy: no tail, but its certificate and its terms. */
    proxied: leaf(flag, { allowed: "true or false", example: "false" }, false),
  })
  .readonly();

/** The settings of stack `prod`, checked and with their defaults. */
export type ProdSettings = z.output<typeof prodSchema>;

export const prodSecretKeys = ["primaryDatabaseUrl"] as const;
export const prodKeys = Object.keys(prodSchema.unwrap().shape);

function standbyNeedsAStack(raw: RawSettings, stack: string): string | undefined {
  if (raw["activeSite"] !== "standby" || raw["standbyStack"] !== undefined) return undefined;
  return `warm-standby:activeSite is 'standby', but no standby is configured; allowed: primary, until standbyStack is set. Fix: ${setCommand(["standbyStack"], stack, "organization/warm-standby/standby")}`;
}

/** @throws SettingsError naming every fault at once */
export function parseProd(
  stack: string,
  raw: RawSettings,
  elsewhere: readonly string[],
  inClear: readonly string[] = [],
): ProdSettings {
  const shape: SettingsShape<ProdSettings> = {
    schema: prodSchema,
    structured: [],
    elsewhere,
    together: [standbyNeedsAStack],
  };
  return parseSettings(shape, stack, raw, inClear);
}
