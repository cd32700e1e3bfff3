import { z } from "zod";
import { outside, refusal } from "../fault";

/** What `pulumi preview --json` plans, as far as it is judged here. */
const previewSchema = z.object({
  steps: z
    .array(z.object({ op: z.string(), urn: z.string() }))
    .nullish()
    .transform((steps) => steps ?? []),
});

/** The type of the cutover record, as it stands in a URN. */
const recordType = "cloudflare:index/dnsRecord:DnsRecord";
/** Steps that change nothing outside the state. */
const idle = new Set([
  "same",
  "read",
  "refresh",
  "read-discard",
  "discard-replaced",
  "remove-pending-replace",
]);

export interface Step {
  readonly op: string;
  readonly type: string;
  readonly name: string;
}

/** The steps of a preview that would change something. @throws Fault (3) where it is not Pulumi's JSON. */
export function plannedChanges(previewJson: string): readonly Step[] {
  let parsed: z.output<typeof previewSchema>;
  try {
    parsed = previewSchema.parse(JSON.parse(previewJson));
  } catch (error) {
    throw outside("pulumi printed its plan in a form this version does not know", { cause: error });
  }
  return parsed.steps.filter(({ op }) => !idle.has(op)).map(({ op, urn }) => ({ op, ...fromUrn(urn) }));
}

/**
 * Whether a plan is the flip: one record changed in place, or nothing to change.
 *
 * @throws Fault (1) where it is anything else: other changes must not ride along with a cutover.
 */
export function judgePlan(changes: readonly Step[], stack: string): "flip" | "nothing" {
  if (changes.length === 0) return "nothing";
  const [first, ...others] = changes;
  if (others.length === 0 && first?.op === "update" && first.type === recordType) return "flip";
  const list = changes.map(({ op, type, name }) => `  ${op} ${type} ${name}`).join("\n");
  throw refusal(
    `a cutover changes one DNS record in place and nothing else, but \`pulumi preview --stack ${stack}\` plans:\n${list}\n` +
      `bring the other changes up first (\`pulumi up --stack ${stack}\`), then cut over`,
  );
}

/** `urn:pulumi:stack::project::parent$type::name` taken apart. */
function fromUrn(urn: string): { type: string; name: string } {
  const parts = urn.split("::");
  return { type: (parts[2] ?? "").split("$").at(-1) ?? "", name: parts.slice(3).join("::") };
}

const eventSchema = z.looseObject({
  resOutputsEvent: z.object({ metadata: z.object({ op: z.string(), urn: z.string() }) }).optional(),
});

/** How many records `pulumi up --json` says it has changed. */
export function recordsChanged(eventLines: string): number {
  let changed = 0;
  for (const line of eventLines.split("\n").filter((text) => text.startsWith("{"))) {
    let event;
    try {
      event = eventSchema.safeParse(JSON.parse(line)).data?.resOutputsEvent;
    } catch {
      // Providers' own output can stand between the events.
      continue;
    }
    if (
      event !== undefined &&
      !idle.has(event.metadata.op) &&
      fromUrn(event.metadata.urn).type === recordType
    )
      changed += 1;
  }
  return changed;
}

/** What went wrong in an `up --json`, in the engine's words. */
export function upErrors(eventLines: string): string {
  const diagnostic = z.looseObject({
    diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
  });
  const errors: string[] = [];
  for (const line of eventLines.split("\n").filter((text) => text.startsWith("{")))
    try {
      const event = diagnostic.safeParse(JSON.parse(line)).data?.diagnosticEvent;
      if (event?.severity === "error") errors.push(event.message.trim());
    } catch {
      continue;
    }
  return errors.join("; ");
}
