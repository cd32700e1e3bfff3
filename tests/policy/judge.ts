import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { sectionOf, type Rule } from "../../policy/rule";

export { unknownText } from "../../policy/unknown";

/** A resource of a stack under judgement. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs?: object;
  /** As the stack shows them at the end; the inputs where they are left out. */
  readonly outputs?: object;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect?: boolean;
  /** Names of the resources that an input is made from. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
}

export interface Judgement {
  /** Violations, each with the name of its resource where it has one. */
  readonly wrong: readonly (readonly [resource: string | undefined, message: string])[];
  /** The advisory about what is not known; undefined where everything is. */
  readonly open: string | undefined;
}

const urnOf = (name: string): string => `urn:pulumi:test::warm-standby::any::${name}`;

/**
 * Runs a rule as the policy server does: every resource's inputs first, then the whole stack.
 * @param config what the pack's config says of the rule
 */
export function judge(rule: Rule, declared: readonly Declared[], config: object = {}): Judgement {
  const { validateResource, validateStack } = rule;
  if (typeof validateResource !== "function") throw new Error(`${rule.name} looks at no resource`);
  // The SDK lets each caller say what type its config has.
  const getConfig: StackValidationArgs["getConfig"] = () => config as never;
  const context = {
    stackTags: new Map<string, string>(),
    getConfig,
    notApplicable: (): never => {
      throw new Error("no rule says so");
    },
    isType: () => false,
    asType: () => undefined,
  };
  const opts = {
    protect: false,
    ignoreChanges: [],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
  };
  const resources = declared.map(
    ({ type, name, inputs = {}, outputs = inputs, protect = false }): PolicyResource => ({
      type,
      name,
      urn: urnOf(name),
      props: proxied(outputs),
      opts: { ...opts, protect },
      dependencies: [],
      propertyDependencies: {},
      isType: context.isType,
      asType: context.asType,
    }),
  );
  declared.forEach(({ from = {} }, index) => {
    for (const [input, names] of Object.entries(from)) {
      const on = resources.filter(({ name }) => names.includes(name));
      const own = resources[index];
      if (own === undefined) continue;
      own.propertyDependencies[input] = on;
      own.dependencies.push(...on);
    }
  });

  for (const { type, name, inputs = {} } of declared)
    void validateResource({ ...context, type, name, urn: urnOf(name), props: proxied(inputs), opts }, () => {
      throw new Error("a rule judges nothing before it has seen the whole stack");
    });
  const wrong: [string | undefined, string][] = [];
  try {
    void validateStack({ ...context, resources }, (message, urn) =>
      wrong.push([resources.find((resource) => resource.urn === urn)?.name, unlinked(rule.name, message)]),
    );
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("cannot be judged")) throw error;
    return { wrong, open: error.message };
  }
  return { wrong, open: undefined };
}

/** A violation without the link that each ends with. */
function unlinked(name: string, message: string): string {
  const link = ` See ${sectionOf(name)}.`;
  if (!message.endsWith(link))
    throw new Error(`a violation of ${name} tells no one where to read on: ${message}`);
  return message.slice(0, -link.length);
}

/** The SDK's own, whose type it leaves out of its declarations. */
const { unknownCheckingProxy: proxied } = jest.requireActual<{
  unknownCheckingProxy: (properties: object) => Record<string, unknown>;
}>("@pulumi/policy");

/** Nothing wrong, nothing open. */
export const good: Judgement = { wrong: [], open: undefined };
