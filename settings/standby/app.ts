import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { leaf, secretLeaf } from "../leaf";

/** The shop's app: what runs, and what it shares with the primary. */
export const appSettings = {
  sessionSecret: secretLeaf(32, {
    why: "The primary's own: what sessions and cookies are signed with, so that a cutover logs nobody out.",
  }).transform((text) => pulumi.secret(text)),
  appPackage: leaf(z.url({ protocol: /^https$/ }), {
    allowed: "the https address of the app's zip package",
    example: "https://downloads.blanklabel.example/shop-1.0.0.zip",
    why: "The same package as runs on the primary.",
  }),
  appRuntime: leaf(
    z.string().regex(/^[A-Z]+\|[\w.-]+$/),
    {
      allowed: "a Linux runtime of App Service, as `az webapp list-runtimes` prints it with |",
      example: "NODE|20-lts",
      why: "What the package runs on.",
    },
    "NODE|20-lts",
  ),
  appStart: leaf(z.string().min(1).max(500), {
    allowed: "the command that starts the app from its package's folder",
    example: "node server.js",
    why: "How the package is started.",
  }),
};
