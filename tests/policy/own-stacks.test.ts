import { isDeepStrictEqual } from "node:util";
import { prod } from "../../stacks/prod";
import { primary } from "../../stacks/primary";
import { standby } from "../../stacks/standby";
import { parsePrimary } from "../../settings/primary";
import { parseProd } from "../../settings/prod";
import { parseStandby } from "../../settings/standby";
import { rules } from "../../policy/rules";
import { primaryExample, prodExample, standbyExample } from "../settings/examples";
import { declaredBy } from "./declared-by";
import { good, judge, type Declared } from "./judge";

const vault =
  "/subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certs/providers/Microsoft.KeyVault/vaults/shop-certs";
const primaryStack = "organization/warm-standby/primary";
const standbyStack = "organization/warm-standby/standby";

const ofStandby = (changes: object) =>
  declaredBy("standby", () =>
    standby(parseStandby("standby", { ...standbyExample, mailSendLimits, ...changes }, [])),
  );
const ofPrimary = (changes: object) =>
  declaredBy("primary", () => primary(parsePrimary("primary", { ...primaryExample, ...changes }, [])));
const ofProd = (changes: object) =>
  declaredBy("prod", () => prod(parseProd("prod", { ...prodExample, ...changes }, [])));

/** What support granted: without it the forecast's mails are refused, as they should be. */
const mailSendLimits = { perMinute: "60", perHour: "1000", ticket: "2610010040000123" };

/** The template's own configurations: each of its choices at least once. */
const configurations: Readonly<Record<string, () => Promise<readonly Declared[]>>> = {
  "standby, as it comes": () => ofStandby({}),
  "standby, for its day": () =>
    ofStandby({ size: "surge", databaseEngine: "sqlserver", alertPhone: "+1 5550100200" }),
  "standby, closed, with a named operator": () =>
    ofStandby({ databaseEngine: "mysql", shopOpen: "false", operatorAddresses: ["203.0.113.7"] }),
  "standby, a certificate by ACME, mail by identity": () =>
    ofStandby({
      certificate: { kind: "acme", cloudflareToken: "edits-the-zone-of-the-shop" },
      operatorObjectIds: ["11111111-2222-4333-8444-555555555555"],
      mailSender: undefined,
      smtpApplication: undefined,
    }),
  "standby, a certificate of one's own, a primary of this project": () =>
    ofStandby({
      certificate: { kind: "keyVault", vaultSecretId: `${vault}/secrets/shop` },
      primaryHost: undefined,
      primaryStack,
    }),
  "primary, open": () => ofPrimary({}),
  "primary, closed, with its certificate": () =>
    ofPrimary({ databaseEngine: "sqlserver", shopOpen: "false", managedCertificate: "true" }),
  "primary, MySQL": () => ofPrimary({ databaseEngine: "mysql" }),
  "prod, before any standby": () => ofProd({}),
  "prod, proxied, with a standby": () => ofProd({ standbyStack, proxied: "true" }),
  "prod, on the standby, a primary of this project": () =>
    ofProd({ standbyStack, primaryHost: undefined, primaryStack, activeSite: "standby" }),
  "prod, a primary known by its address": () => ofProd({ primaryAddress: "203.0.113.10" }),
};

test.each(Object.keys(configurations))("every rule takes the stack %s", async (name) => {
  const declared = (await configurations[name]?.()) ?? [];
  expect(declared.length).toBeGreaterThan(1);
  const judged = rules.map((rule) => [rule.name, judge(rule, declared)]);
  expect(judged.filter(([, found]) => !isDeepStrictEqual(found, good))).toEqual([]);
});
