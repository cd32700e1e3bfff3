import { z } from "zod";

/** How the engine marks a secret in what it prints (sdk/go/common/resource, `SigKey` and `SecretSig`). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const state = z.object({ outputs: z.record(z.string(), z.unknown()).optional() });

const metadata = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  diffs: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
  new: state.nullish(),
});

const step = z.object({ metadata, planning: z.boolean().optional() });

/**
 * One of the events that `pulumi … --json` prints, one a line (sdk/go/common/apitype/events.go, `EngineEvent`); exactly
 * one of its optional parts is there. Parts that are not named here are dropped.
 */
export const engineEvent = z.object({
  sequence: z.number(),
  /** Seconds since the epoch. */
  timestamp: z.number(),
  diagnosticEvent: z
    .object({
      urn: z.string().optional(),
      prefix: z.string().optional(),
      message: z.string(),
      severity: z.string(),
    })
    .optional(),
  resourcePreEvent: step.optional(),
  resOutputsEvent: step.optional(),
  resOpFailedEvent: z.object({ metadata }).optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      policyPackName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  summaryEvent: z
    .object({
      durationSeconds: z.number(),
      resourceChanges: z.record(z.string(), z.number()).nullish(),
      result: z.string().optional(),
    })
    .optional(),
});
export type EngineEvent = z.infer<typeof engineEvent>;

/** What the engine does, or would do, with one resource. */
export interface Step {
  /** `create`, `update`, `delete`, `replace`, `create-replacement`, `delete-replaced`, `refresh`, `read`, … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The inputs that differ, as property paths; empty for a create or delete. */
  readonly changed: readonly string[];
}

export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory" | "remediate" | "disabled";
  /** Of the resource; missing where the whole stack is meant. */
  readonly urn: string | undefined;
  readonly message: string;
}

/** All that one run of the engine said that matters afterwards. */
export interface Run {
  /** Resources by operation, the unchanged ones (`same`) included. */
  readonly changes: Readonly<Record<string, number>>;
  /** Every resource that did not stay the same, in the engine's order. */
  readonly steps: readonly Step[];
  readonly violations: readonly Violation[];
  /** The stack's outputs; `[secret]` in place of secrets. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Error messages, as shown to a person. */
  readonly errors: readonly string[];
  readonly succeeded: boolean;
}

const quiet = new Set(["same", "read", "discard"]);
const level = z.enum(["advisory", "mandatory", "remediate", "disabled"]);
// Terminal colours (ECMA-48), which programs put into their traces.

const colours = /\u001b\[[0-9;]*m/g;

/** Gathers a run from its events as they come. */
export class RunReader {
  private changes: Readonly<Record<string, number>> = {};
  private outputs: Readonly<Record<string, unknown>> = {};
  private readonly steps = new Map<string, Step>();
  private readonly violations: Violation[] = [];
  private readonly errors: string[] = [];
  private succeeded = false;

  add(event: EngineEvent): void {
    const { diagnosticEvent: diagnostic, policyEvent: policy, summaryEvent: summary } = event;
    if (event.resourcePreEvent !== undefined) this.addStep(event.resourcePreEvent.metadata);
    const outcome = event.resOutputsEvent?.metadata;
    if (outcome?.type === "pulumi:pulumi:Stack") this.outputs = hideSecrets(outcome.new?.outputs ?? {});
    // What a program prints on stderr before it fails, its trace for one, comes as "info#err".
    if (diagnostic !== undefined && ["error", "info#err"].includes(diagnostic.severity)) {
      const message = diagnostic.message.replaceAll(colours, "").trimEnd();
      if (message !== "") this.errors.push(message);
    }
    if (policy !== undefined)
      this.violations.push({
        policy: policy.policyName,
        level: level.catch("mandatory").parse(policy.enforcementLevel),
        urn: policy.resourceUrn,
        message: policy.message.replaceAll(colours, "").trim(),
      });
    if (summary !== undefined) {
      this.changes = summary.resourceChanges ?? {};
      this.succeeded = summary.result === undefined || summary.result === "succeeded";
    }
  }

  result(): Run {
    const { changes, outputs, violations, errors, succeeded } = this;
    return { changes, outputs, violations, errors, succeeded, steps: [...this.steps.values()] };
  }

  private addStep({ op, urn, type, diffs, detailedDiff }: z.infer<typeof metadata>): void {
    if (quiet.has(op)) return;
    const changed = Object.keys(detailedDiff ?? {});
    this.steps.set(`${op} ${urn}`, {
      op,
      urn,
      type,
      name: urn.slice(urn.lastIndexOf("::") + 2),
      changed: changed.length > 0 ? changed : (diffs ?? []),
    });
  }
}

function hideSecrets(outputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, hideSecret(value)]));
}

function hideSecret(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecret);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value));
  return fields[signatureKey] === secretSignature ? "[secret]" : hideSecrets(fields);
}
