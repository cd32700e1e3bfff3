import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { flag, ipv4, leaf, optionalLeaf, whole } from "./leaf";
import { namespace } from "./namespace";
import { parseSettings, type RawSettings, type SettingsShape } from "./parse";
import { setCommand } from "./set-command";
import { onePrimary, primaryReference, saidByPrimaryStack, stackReference } from "./primary-reference";
import { shared } from "./shared";

export type Site = "primary" | "standby";

/** Every setting of the stack, in the order in which the page of settings lists them. */
export const prodSchema = z
  .strictObject({
    ...shared,
    activeSite: leaf<Site>(
      z.enum(["primary", "standby"]),
      { allowed: "primary or standby", example: "primary", why: "The flip: whose name `www` points at." },
      "primary",
    ),
    ...primaryReference,
    primaryAddress: optionalLeaf(z.union([ipv4, z.ipv6()]), {
      allowed: "an IPv4 or IPv6 address",
      example: "203.0.113.10",
      why: "For a host that is known only by its address: `origin.<domain>` is made for it and becomes the target.",
    }),
    standbyStack: optionalLeaf(stackReference, {
      allowed: "organization/project/stack",
      example: "organization/warm-standby/standby",
      why: "The standby's stack; until it is set this stack knows of none.",
    }),
    ttl: leaf(
      whole(60, 86400),
      {
        allowed: "a whole number of seconds from 60 to 86400",
        example: "60",
        unit: "seconds",
        why: "How long a resolver may keep the cutover record. Not below what every Cloudflare plan takes.",
      },
      60,
    ),
    primaryDatabaseUrl: optionalLeaf(z.string().regex(/^[a-z]+:\/\/.+/), {
      allowed: "the URL of the primary's database",
      example: "",
      secret: true,
      why: "For the operations that read it; this program does not.",
    }).transform((url) => (url === undefined ? undefined : pulumi.secret(url))),
    proxied: leaf(
      flag,
      {
        allowed: "true or false",
        example: "false",
        why: "Traffic through Cloudflare's proxy: a flip is seen within seconds, without a tail; but by Cloudflare's certificate and terms, and Front Door never renews a managed certificate by itself, since no CNAME leads there.",
      },
      false,
    ),
  })
  .readonly();

/** The settings of stack `prod`, checked and with their defaults. */
export type ProdSettings = z.output<typeof prodSchema>;

export const prodKeys = Object.keys(prodSchema.unwrap().shape);

function standbyNeedsAStack(raw: RawSettings, stack: string): string | undefined {
  if (raw["activeSite"] !== "standby" || raw["standbyStack"] !== undefined) return undefined;
  return `${namespace()}activeSite is 'standby', but no standby is configured; allowed: primary, until standbyStack is set. Fix: ${setCommand(["standbyStack"], stack, "organization/warm-standby/standby")}`;
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
    elsewhere,
    together: [
      onePrimary,
      saidByPrimaryStack("primaryAddress"),
      saidByPrimaryStack("primaryDatabaseUrl"),
      standbyNeedsAStack,
    ],
  };
  return parseSettings(shape, stack, raw, inClear);
}
