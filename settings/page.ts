// `npm run docs:settings`: writes docs/settings.md from the schemas, so that the page and the program cannot differ.
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { primarySchema } from "./primary";
import { prodSchema } from "./prod";
import { leavesOf, type Leaf } from "./schema";
import { standbySchema } from "./standby";

export const settingsPage = path.join(__dirname, "..", "docs", "settings.md");

const cell = (text: string): string => text.replaceAll("|", "\\|");

function defaultOf({ about, path: [key, ...below] }: Leaf): string {
  if (about.fallback === undefined) {
    // A list is empty, and an object is left out, where nothing is said of it.
    if (below.length === 1 && ["[]", "NAME"].includes(below[0] ?? "")) return "none";
    return below.length === 0 ? "required" : `required in \`${key ?? ""}\``;
  }
  if (about.fallback === null) return "–";
  return `\`${typeof about.fallback === "string" ? about.fallback : JSON.stringify(about.fallback)}\``;
}

function row(leaf: Leaf): string {
  const { why, allowed, unit, secret } = leaf.about;
  const key = leaf.path.join(".").replaceAll(".[]", "[]");
  const kind = secret === true ? "secret" : (unit ?? "");
  return `| \`${key}\` | ${defaultOf(leaf)} | ${kind} | ${cell(why)} Allowed: ${cell(allowed)}. |`;
}

function table(title: string, schema: z.core.$ZodType): string {
  return [
    `## ${title}`,
    "",
    "| key | default | unit | what for |",
    "| --- | --- | --- | --- |",
    ...leavesOf(schema).map(row),
  ].join("\n");
}

/** The page of settings, in Markdown. */
export const renderSettings = (): string =>
  [
    "# Settings",
    "",
    "Every key is set with `pulumi config set KEY VALUE --stack STACK` (`--path` for one with a dot or `[]`, `--secret`",
    "for a secret), and checked before anything is planned, all faults at once. Written by `npm run docs:settings`.",
    "",
    table("Stack `prod`", prodSchema),
    "",
    table("Stack `standby`", standbySchema),
    "",
    table("Stack `primary`", primarySchema),
    "",
  ].join("\n");

if (require.main === module) writeFileSync(settingsPage, renderSettings());
