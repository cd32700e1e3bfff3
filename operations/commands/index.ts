/* eslint-disable @typescript-eslint/no-require-imports -- `import()` of a TypeScript file needs a loader for ES modules */
import type { AddCommand } from "../command";

/**
 * Every command of the line by its name, in the order in which `--help` lists them. Each comes with what it needs only
 * when it is asked for: a reconcile waits for no cloud's SDK.
 */
export const commands: ReadonlyMap<string, () => AddCommand> = new Map([
  ["adopt", () => (require("./adopt") as typeof import("./adopt")).addAdopt],
  ["identities", () => (require("./identities") as typeof import("./identities")).addIdentities],
  ["sync", () => (require("./sync") as typeof import("./sync")).addSync],
  ["reconcile", () => (require("./reconcile") as typeof import("./reconcile")).addReconcile],
  ["check", () => (require("./check") as typeof import("./check")).addCheck],
  ["cutover", () => (require("./cutover") as typeof import("./cutover")).addCutover],
  ["pause", () => (require("./pause") as typeof import("./pause")).addPause],
  ["resume", () => (require("./pause") as typeof import("./pause")).addResume],
  ["watch", () => (require("./watch") as typeof import("./watch")).addWatch],
  ["images", () => (require("./images") as typeof import("./images")).addImages],
  ["mail", () => (require("./mail") as typeof import("./mail")).addMail],
  ["review", () => (require("./review") as typeof import("./review")).addReview],
  ["runbook", () => (require("./runbook") as typeof import("./runbook")).addRunbook],
  ["cost", () => (require("./cost") as typeof import("./cost")).addCost],
  ["certificate", () => (require("./certificate") as typeof import("./certificate")).addCertificate],
  ["uploads", () => (require("./uploads") as typeof import("./uploads")).addUploads],
  ["github", () => (require("./github") as typeof import("./github")).addGitHub],
  ["drill", () => (require("./drill") as typeof import("./drill")).addDrill],
]);
