import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { checkNoteFile, type CheckNote } from "../../settings/check-note";
import type { Deployment, DeploymentSettings } from "../deployment";
import type { CheckResult } from "./check";

/** The files in the notes folder (`.standby` beside Pulumi.yaml). None holds a secret. */
const files = {
  check: checkNoteFile,
  log: "log.jsonl",
  names: "names.json",
  tried: "tried.json",
} as const;

export function writeCheckNote(
  settings: DeploymentSettings,
  result: CheckResult,
  target: CheckNote["target"],
  now: Date,
): CheckNote {
  const note: CheckNote = {
    at: now.toISOString(),
    target,
    ready: result.ready,
    failing: result.checks
      .filter(({ status }) => status === "fail" || status === "unknown")
      .map(({ id }) => id),
  };
  write(settings, files.check, note);
  return note;
}

/** The names that a flip needs when neither Pulumi nor its state can be had. */
export interface KnownNames {
  readonly domain: string;
  readonly zoneId: string;
  /** The record's name: www.<zone>. */
  readonly name: string;
  readonly primary: string;
  readonly standby: string;
}

const knownNames = z.object({
  domain: z.string(),
  zoneId: z.string(),
  name: z.string(),
  primary: z.string(),
  standby: z.string(),
});

/** Kept at each check, so that the day on which the state is out of reach finds them. */
export function writeKnownNames(settings: DeploymentSettings, { prod, standby }: Deployment): void {
  const names: KnownNames = {
    domain: prod.config.domain,
    zoneId: prod.outputs.record.zoneId,
    name: prod.outputs.record.name,
    primary: prod.outputs.targets.primary,
    standby: standby.outputs.standbyHost,
  };
  write(settings, files.names, names);
}

export function readKnownNames(settings: DeploymentSettings): KnownNames | undefined {
  return read(settings, files.names, knownNames);
}

/** What only `check --deep` tries. */
export type Tried = "mail" | "alert";

const triedNote = z.object({ at: z.iso.datetime(), found: z.string() });
const triedNotes = z.object({ mail: triedNote.optional(), alert: triedNote.optional() });

/** Notes that something was tried with success, and when. */
export function writeTried(settings: DeploymentSettings, what: Tried, found: string, now: Date): void {
  const before = read(settings, files.tried, triedNotes) ?? {};
  write(settings, files.tried, { ...before, [what]: { at: now.toISOString(), found } });
}

export const readTried = (
  settings: DeploymentSettings,
  what: Tried,
): z.output<typeof triedNote> | undefined => read(settings, files.tried, triedNotes)?.[what];

/** Adds a line to the log of cutovers. Only ever added to. */
export function log(settings: DeploymentSettings, entry: Readonly<Record<string, unknown>>, now: Date): void {
  mkdirSync(settings.notes, { recursive: true });
  appendFileSync(
    path.join(settings.notes, files.log),
    `${JSON.stringify({ at: now.toISOString(), ...entry })}\n`,
  );
}

function write(settings: DeploymentSettings, file: string, content: unknown): void {
  mkdirSync(settings.notes, { recursive: true });
  const whole = path.join(settings.notes, file);
  // Renamed into place: a reader sees the old note or the new one, never half of one.
  const next = `${whole}.${process.pid}.next`;
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(next, whole);
}

function read<S extends z.ZodType>(
  settings: DeploymentSettings,
  file: string,
  schema: S,
): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path.join(settings.notes, file), "utf8"))).data;
  } catch {
    return undefined;
  }
}
