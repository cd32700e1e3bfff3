import type { CheckNote } from "../../settings/check-note";
import { forceVariable, shortestReason } from "../../settings/cutover-names";

type Site = "primary" | "standby";

/** What Cloudflare holds at the public name now. */
export interface HeldRecord {
  readonly type: string;
  readonly content: string;
}

/** What the last `pulumi up` of this stack wrote. */
export interface WrittenRecord {
  readonly site: Site;
  readonly content: string;
}

/** One quick look at what is to be shown. `unseen`: no answer in time, which says nothing either way. */
export interface Probed {
  readonly finding: "fine" | "wrong" | "unseen";
  readonly words: string;
}

/** Where the gate looks; none of these rejects. */
export interface GateLooks {
  /** Undefined where there is no record; "unseen" where Cloudflare could not be asked. */
  held(): Promise<HeldRecord | "unseen" | undefined>;
  /** Undefined before the first `up`. */
  written(): Promise<WrittenRecord | undefined>;
  /** The last `standby check` on this machine. */
  note(): CheckNote | undefined;
  probes(site: Site, target: string): Promise<readonly Probed[]>;
  now(): Date;
}

export interface GateQuestion {
  readonly stack: string;
  readonly publicName: string;
  readonly activeSite: Site;
  /** Where `activeSite` leads. */
  readonly target: string;
  /** What the other site is led to by; undefined while no standby is configured. */
  readonly otherTarget: string | undefined;
}

/** Shut: what to tell, first line first. */
export interface GateAnswer {
  readonly open: boolean;
  readonly lines: readonly string[];
  /** What could not be looked at, though the gate is open. */
  readonly warnings: readonly string[];
}

/** How old a check may be that a change rests on. */
export const longestMinutes = 60;

const open: GateAnswer = { open: true, lines: [], warnings: [] };
const shut = (lines: readonly string[]): GateAnswer => ({ open: false, lines, warnings: [] });
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * Whether this `up` may write the cutover record. It judges only a change of `activeSite`, and a record that somebody
 * has moved outside Pulumi; any other `up`, on either site, is let through.
 */
export async function judgeChange(question: GateQuestion, looks: GateLooks): Promise<GateAnswer> {
  const { activeSite, target } = question;
  const [held, written] = await Promise.all([looks.held(), looks.written()]);
  if (held !== undefined && held !== "unseen") {
    if (held.type !== "CNAME" && written === undefined) return notAdopted(question, held);
    if (same(held.content, target)) return open;
    if (written === undefined || !same(held.content, written.content))
      return movedOutside(question, held, written);
  }
  if (written === undefined || written.site === activeSite) return open;
  return judgeReadiness(question, looks);
}

function notAdopted({ publicName, stack }: GateQuestion, { type, content }: HeldRecord): GateAnswer {
  return shut([
    `${publicName} is ${type} ${content} at Cloudflare, and the stack ${stack} does not hold it yet. ` +
      "Fix: run `standby adopt`, which moves it without a gap and brings it under Pulumi",
  ]);
}

function movedOutside(
  { publicName, activeSite, target, otherTarget, stack }: GateQuestion,
  held: HeldRecord,
  written: WrittenRecord | undefined,
): GateAnswer {
  const other = activeSite === "primary" ? "standby" : "primary";
  const fix =
    otherTarget !== undefined && same(held.content, otherTarget)
      ? `if that is to stay, pulumi config set activeSite ${other} --stack ${stack}`
      : "find out who moved it, and lead it back or correct primaryHost";
  return shut([
    `${publicName} leads to ${held.content}: neither what activeSite says (${activeSite}: ${target}) nor what the last ` +
      `pulumi up wrote (${written?.content ?? "nothing yet"}), so it was moved outside Pulumi. Fix: ${fix}`,
  ]);
}

async function judgeReadiness(question: GateQuestion, looks: GateLooks): Promise<GateAnswer> {
  const { activeSite, target } = question;
  const checkCommand = activeSite === "standby" ? "standby check" : "standby check --for primary";
  const note = looks.note();
  const minutes = note === undefined ? Infinity : (looks.now().getTime() - Date.parse(note.at)) / 60_000;
  const counts = note?.target === activeSite && minutes <= longestMinutes;
  const probed = await looks.probes(activeSite, target);
  const wrong = probed.filter(({ finding }) => finding === "wrong").map(({ words }) => words);
  const unseen = probed.filter(({ finding }) => finding === "unseen").map(({ words }) => words);
  if (counts && !note.ready)
    wrong.unshift(`${checkCommand} said no at ${note.at}: ${note.failing.join(", ")}`);
  if (wrong.length > 0)
    return shut([
      `activeSite is changed to ${activeSite}, and the ${activeSite} is not ready:`,
      ...wrong.map((words) => `  ${words}`),
      `Fix: mend it and run \`${checkCommand}\` again`,
    ]);
  if (!counts)
    return shut([
      `activeSite is changed to ${activeSite}, and nobody has looked whether the ${activeSite} is ready:`,
      `  no result of \`${checkCommand}\` from the last ${String(longestMinutes)} minutes`,
      ...unseen.map((words) => `  ${words}`),
      `Fix: run \`${checkCommand}\``,
    ]);
  return { open: true, lines: [], warnings: unseen };
}

/** What to do with an answer: go on, warn and go on, or stop. */
export type Passage =
  | { readonly kind: "on"; readonly warnings: readonly string[] }
  | { readonly kind: "stop"; readonly message: string };

/**
 * A preview is never stopped: a plan that would be refused can be seen and talked about.
 * @param reason what {@link forceVariable} holds
 */
export function passage(
  answer: GateAnswer,
  stack: string,
  reason: string | undefined,
  dryRun: boolean,
): Passage {
  if (answer.open) return { kind: "on", warnings: answer.warnings };
  const said = answer.lines.join("\n");
  const given = reason?.trim() ?? "";
  if (given.length >= shortestReason)
    return { kind: "on", warnings: [`${said}\nGoing on all the same, for the reason given: ${given}`] };
  const wayOut =
    given === ""
      ? `or go on once: ${forceVariable}="REASON" pulumi up --stack ${stack}`
      : `${forceVariable} is '${given}'; allowed: the reason in a few words (at least ${String(shortestReason)} letters)`;
  const message = `${said}; ${wayOut}`;
  return dryRun
    ? { kind: "on", warnings: [`pulumi up will refuse this: ${message}`] }
    : { kind: "stop", message };
}
