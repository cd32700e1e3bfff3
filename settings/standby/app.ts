import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { flag, leaf, optionalLeaf, secretLeaf } from "../leaf";

const packageShape = z
  .string()
  .max(2000)
  .regex(/^https:\/\/[^\s/@]+\/\S+$|^[\w./-]+\.zip$/);
const packageAllowed =
  "the https address of the app's zip package, or the path of a .zip from the project's folder";
const imageShape = z
  .string()
  .max(500)
  .regex(/^([\w.-]+(:\d+)?\/)?[a-z0-9._/-]+(:[\w.-]{1,128}|@sha256:[0-9a-f]{64})$/);
const imageAllowed = "an image with its tag or digest, as in registry.azurecr.io/shop:1.0.0";

/** Letters, digits and underscores: what Linux takes as the name of a variable. */
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);

/** The shop's app: what runs, and what it shares with the primary. */
export const appSettings = {
  sessionSecret: secretLeaf(32, {
    why:
      "The primary's own: what sessions and cookies are signed with, so that a cutover logs nobody out. ASP.NET signs " +
      "with more than one text: put the machineKey's keys, or what protects ASP.NET Core's key ring, into `appSecrets`, " +
      "and let both sites keep the ring in the database, which is copied.",
  }).transform((text) => pulumi.secret(text)),
  appPackage: optionalLeaf(packageShape, {
    allowed: packageAllowed,
    example: "https://downloads.blanklabel.example/shop-1.0.0.zip",
    why: "The same package as runs on the primary; it is kept in storage of the standby's own. This, or appContainer.",
  }),
  appContainer: optionalLeaf(imageShape, {
    allowed: imageAllowed,
    example: "registry.azurecr.io/shop:1.0.0",
    why: "The same image as runs on the primary. This, or appPackage. From *.azurecr.io it is pulled by the app's identity.",
  }),
  appRegistryId: optionalLeaf(
    z
      .string()
      .regex(
        /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerRegistry\/registries\/[a-zA-Z0-9]+$/,
      ),
    {
      allowed: "the ARM id of the container registry that appContainer is in",
      example:
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/shop/providers/Microsoft.ContainerRegistry/registries/registry",
      why: "Gives the app's identity the role AcrPull there; without it, give it yourself.",
    },
  ),
  appRuntime: leaf(
    z.string().regex(/^[A-Z]+\|[\w.-]+$/),
    {
      allowed: "a Linux runtime of App Service, as `az webapp list-runtimes` prints it with |",
      example: "NODE|20-lts",
      why: "What the package runs on; appContainer brings its own.",
    },
    "NODE|20-lts",
  ),
  appStart: optionalLeaf(z.string().min(1).max(500), {
    allowed: "the command that starts the app from its package's folder",
    example: "node server.js",
    why: "How the package is started; a container has its own command unless this is set.",
  }),
  appSettings: z
    .record(
      z.string(),
      leaf(z.string().max(4000), {
        allowed: "a text of up to 4000 characters",
        example: "true",
        why: "Further variables of the app, by name; nothing secret.",
      }),
    )
    .readonly()
    .default({}),
  appSecrets: z
    .record(
      z.string(),
      secretLeaf(1, {
        why: "Further variables of the app, by name, that lie in the vault: keys of payment providers, ASP.NET's machineKey.",
      }),
    )
    .default({})
    .transform((all) =>
      Object.fromEntries(Object.entries(all).map(([name, text]) => [name, pulumi.secret(text)])),
    ),
  appSlot: leaf(
    flag,
    {
      allowed: "true or false",
      example: "true",
      why: "A slot `next` beside the app, stopped until `appNext` is set: what comes next is warmed there before the swap.",
    },
    true,
  ),
  appNext: optionalLeaf(z.union([packageShape, imageShape]), {
    allowed: `${packageAllowed}; with appContainer, ${imageAllowed}`,
    example: "https://downloads.blanklabel.example/shop-1.1.0.zip",
    why: "What the slot runs, to be looked at and then swapped in; afterwards it becomes appPackage or appContainer.",
  }),
  versionPath: leaf(
    z.string().regex(/^\/[\w./-]*$/),
    {
      allowed: "a path, starting with /",
      example: "/version",
      why: "Where both sites answer which version they run: one line of text, or JSON with `version`.",
    },
    "/version",
  ),
  webhooks: z
    .array(
      z.strictObject({
        name: leaf(z.string().min(1).max(60), {
          allowed: "a name of up to 60 characters",
          example: "payments",
          why: "Who calls the shop: a payment provider, a shipper.",
        }),
        url: leaf(z.url({ protocol: /^https?$/ }), {
          allowed: "the address that was entered at the provider",
          example: "https://www.blanklabel.example/webhooks/payments",
          why: "Where it calls; `check` says which ones would go on to the old site.",
        }),
      }),
    )
    .readonly()
    .default([]),
};

/** Variables that the program itself gives to the app. */
export const ownVariables: readonly string[] = [
  "APPLICATIONINSIGHTS_CONNECTION_STRING",
  "AZURE_CLIENT_ID",
  "DATABASE_URL",
  "IMAGE_BASE_URL",
  "MAIL_FROM",
  "PUBLIC_URL",
  "SESSION_SECRET",
  "SITE",
  "UPLOADS_CONTAINER",
  "UPLOADS_URL",
];
const ownPrefixes = /^(WEBSITES?_(?!PORT$)|SMTP_|MAIL_|IDENTITY_|DOCKER_)/i;

/** Whether a further variable may have this name. */
export const isFreeVariable = (name: string): boolean =>
  variable.safeParse(name).success && !ownVariables.includes(name) && !ownPrefixes.test(name);

const mailVariables = /^(MAIL|SMTP)_/i;

/** The same on the primary, whose mail is its own affair: MAIL_FROM and the variables of SMTP are given there. */
export const isFreeOnPrimary = (name: string): boolean =>
  isFreeVariable(name) || (variable.safeParse(name).success && mailVariables.test(name));
