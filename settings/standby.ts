import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { hostName, ipv4, leaf, number, optionalLeaf, whole } from "./leaf";
import { unraisedMailLimits } from "./mail-service";
import { parseSettings, type RawSettings, type SettingsShape } from "./parse";
import { shared } from "./shared";

export type DatabaseEngine = "sqlserver" | "postgres";
export type Size = "warm" | "surge";

const count = (example: string) =>
  leaf(number(0, 100_000_000), { allowed: "a number from 0 to 100000000 an hour", example });
const hours = (fallback: number) =>
  leaf(
    number(0.25, 720),
    { allowed: "a number of hours from 0.25 to 720", example: String(fallback) },
    fallback,
  );
const uuid = (allowed: string) =>
  leaf(z.guid(), { allowed: `${allowed}, a UUID`, example: "11111111-2222-4333-8444-555555555555" });
const secretText = (minimum: number) =>
  leaf(z.string().min(minimum), {
    allowed: `a secret of at least ${String(minimum)} characters`,
    example: "",
    secret: true,
  }).transform((text) => pulumi.secret(text));

const sendLimits = z
  .strictObject({
    perMinute: leaf(
      whole(1, 1_000_000),
      { allowed: "a whole number of mails from 1", example: String(unraisedMailLimits.perMinute) },
      unraisedMailLimits.perMinute,
    ),
    perHour: leaf(
      whole(1, 10_000_000),
      { allowed: "a whole number of mails from 1", example: String(unraisedMailLimits.perHour) },
      unraisedMailLimits.perHour,
    ),
    /** Id of the granted support request: the evidence for limits above Azure's own. */
    ticket: optionalLeaf(z.string().regex(/^\d{6,20}$/), {
      allowed: "the number of the support request that raised the limits",
      example: "2610010040000123",
    }),
  })
  .superRefine((limits, context) => {
    for (const span of ["perMinute", "perHour"] as const)
      if (limits[span] > unraisedMailLimits[span] && limits.ticket === undefined)
        context.addIssue({
          code: "custom",
          path: ["ticket"],
          message: "evidence",
          params: {
            value: undefined,
            allowed: `the number of the granted support request, since ${span} is ${String(limits[span])} and Azure's own limit is ${String(unraisedMailLimits[span])}`,
            example: "2610010040000123",
          },
        });
  })
  .readonly();

const smtpApplication = z
  .strictObject({
    tenantId: uuid("the Entra tenant"),
    /** The application's client id. */
    applicationId: uuid("the Entra application's client id"),
    /** The service principal's object id: what roles are given to. */
    objectId: uuid("the object id of the application's service principal"),
    secret: secretText(8),
  })
  .readonly();

const standbySchema = z
  .strictObject({
    ...shared,
    location: leaf(
      z.string().regex(/^[a-z0-9]+$/),
      { allowed: "an Azure region's short name", example: "westeurope" },
      "westeurope",
    ),
    size: leaf<Size>(z.enum(["warm", "surge"]), { allowed: "warm or surge", example: "warm" }, "warm"),
    databaseEngine: leaf<DatabaseEngine>(
      z.enum(["sqlserver", "postgres"]),
      { allowed: "sqlserver or postgres", example: "postgres" },
      "postgres",
    ),
    primaryHost: leaf(hostName, {
      allowed: "the primary's host name, in lower case and without a trailing dot",
      example: "shared.host.example",
    }),
    alertEmail: leaf(z.email(), { allowed: "an e-mail address", example: "owner@blanklabel.example" }),
    alertPhone: optionalLeaf(z.string().regex(/^\+\d{1,3} \d{4,14}$/), {
      allowed: "a country code and a number, with one space between them",
      example: "+1 5550100200",
    }),

    visitorsPerHour: count("10000"),
    ordersPerHour: count("300"),
    mailsPerHour: count("600"),
    /** How long stale DNS may still send visitors to the primary after a cutover. */
    tailHours: hours(24),
    /** The oldest a sync may be at a cutover: a nightly one, and the time it takes. */
    syncAgeHours: hours(26),
    /** Factor on the forecast's rows. */
    safety: leaf(number(1, 100), { allowed: "a factor from 1 to 100", example: "2" }, 2),
    /** Rows an hour of the busiest table; derived from the forecast where it is not set. */
    rowsPerHour: optionalLeaf(number(1, 1_000_000_000), {
      allowed: "a number of rows from 1 to 1000000000 an hour",
      example: "10000",
    }),

    mailSendLimits: sendLimits.prefault({}),
    /** Host that takes mail sent to `mail.<domain>`. Azure's support asks for its MX record before it raises limits. */
    mailExchange: optionalLeaf(hostName, {
      allowed: "the host name of a mail server that takes mail for mail.<domain>",
      example: "mx.mailhost.example",
    }),
    smtpApplication: smtpApplication.prefault({}),
    sessionSecret: secretText(32),

    appPackage: leaf(z.url({ protocol: /^https$/ }), {
      allowed: "the https address of the app's zip package",
      example: "https://downloads.blanklabel.example/shop-1.0.0.zip",
    }),
    appRuntime: leaf(
      z.string().regex(/^[A-Z]+\|[\w.-]+$/),
      {
        allowed: "a Linux runtime of App Service, as `az webapp list-runtimes` prints it with |",
        example: "NODE|20-lts",
      },
      "NODE|20-lts",
    ),
    appStart: leaf(z.string().min(1).max(500), {
      allowed: "the command that starts the app from its package's folder",
      example: "node server.js",
    }),
    /** Addresses from which the database may be reached beside the app. None: no public access at all. */
    operatorAddresses: z
      .array(
        leaf(
          // 0.0.0.0 would admit every Azure tenant.
          ipv4.refine((address) => address !== "0.0.0.0"),
          { allowed: "one IPv4 address, not 0.0.0.0", example: "203.0.113.20" },
        ),
      )
      .readonly()
      .default([]),
    /** Entra object ids that may upload images, and what they are: Azure refuses an id of another kind. */
    operatorObjectIds: z.array(uuid("an Entra object id")).readonly().default([]),
    operatorKind: leaf<"User" | "Group" | "ServicePrincipal">(
      z.enum(["User", "Group", "ServicePrincipal"]),
      { allowed: "User, Group or ServicePrincipal", example: "User" },
      "User",
    ),
    /** An image that must load from outside, by its path below the image host. */
    watchedImage: leaf(
      z.string().regex(/^\/[\w./-]+$/),
      { allowed: "the path of an image, starting with /", example: "/logo.svg" },
      "/logo.svg",
    ),
  })
  .readonly();

/** The settings of stack `standby`, checked and with their defaults; secrets are secret outputs. */
export type StandbySettings = z.output<typeof standbySchema>;

export const standbyKeys = Object.keys(standbySchema.unwrap().shape);
export const standbySecretKeys = ["smtpApplication", "sessionSecret"] as const;

/**
 * @param inClear secret keys that are stored in clear text
 * @throws SettingsError naming every fault at once
 */
export function parseStandby(
  stack: string,
  raw: RawSettings,
  elsewhere: readonly string[],
  inClear: readonly string[] = [],
): StandbySettings {
  const shape: SettingsShape<StandbySettings> = {
    schema: standbySchema,
    structured: ["mailSendLimits", "smtpApplication", "operatorAddresses", "operatorObjectIds"],
    elsewhere,
  };
  return parseSettings(shape, stack, raw, inClear);
}
