import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { configSchemaOf } from "./parameters";
import type { ResourceType } from "./resource-types";
import { at, NotKnown, plain, shown, type Value } from "./values";

/** A resource as a rule sees it. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** What the program asks for. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** What came of it; while it is only previewed, most of that is not known. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
  /** Whether an input (named) or anything of the resource is made from the other resource. */
  readonly madeFrom: (other: Resource, input?: string) => boolean;
}

/** The resources of one stack. */
export interface Stack {
  /** Every one, components and the stack itself included. */
  readonly all: readonly Resource[];
  /** Those of some types, in the order in which they were declared. */
  of(...types: readonly ResourceType[]): readonly Resource[];
}

/** Where a rule puts what it finds. */
export interface Verdict {
  /** Something is wrong with a resource, or with the stack where there is none to name. */
  wrong(resource: Resource | undefined, message: string): void;
  /** Something cannot be judged before it exists. */
  open(resource: Resource, path: string, value: NotKnown): void;
  /**
   * Judges one input: wrong where `good` says no, open where it is not known.
   *
   * @param wanted completes "… is X; wanted: "
   * @param fix completes "Fix: "
   * @returns whether it is known and good
   */
  check(
    resource: Resource,
    path: string,
    good: (value: Exclude<Value, NotKnown>) => boolean,
    wanted: string,
    fix: string,
  ): boolean;
}

export type Rule = ResourceValidationPolicy &
  StackValidationPolicy & {
    /** What the pack's config may say of it. */
    readonly parameters: z.ZodObject;
  };

/** Where a rule is explained: a section of the page for each, headed by its name. */
export const sectionOf = (name: string): string => `docs/policies.md#${name}`;

const none = z.strictObject({});

/**
 * A rule over a whole stack. The SDK shows inputs one resource at a time and the whole stack only with outputs, which
 * on Azure lack much of what was asked for; so inputs are noted as they pass and judged at the end, all together.
 *
 * A value that is not known during a preview never counts as good: what is wrong is reported all the same, and the
 * rest as an advisory that names every property still open.
 *
 * @param description what part of the story the rule guards
 * @param parameters what the pack's config may say of the rule, each with a default
 */
export function rule(
  name: string,
  description: string,
  judge: (stack: Stack, verdict: Verdict) => void,
): Rule;
export function rule<P extends z.ZodObject>(
  name: string,
  description: string,
  judge: (stack: Stack, verdict: Verdict, given: z.output<P>) => void,
  parameters: P,
): Rule;
export function rule(
  name: string,
  description: string,
  judge: (stack: Stack, verdict: Verdict, given: z.output<z.ZodObject>) => void,
  parameters: z.ZodObject = none,
): Rule {
  const noted = new Map<string, Properties>();
  return {
    name,
    description,
    configSchema: configSchemaOf(parameters),
    parameters,
    validateResource: ({ urn, props }) => {
      noted.set(
        urn,
        lazily(() => plain(props)),
      );
    },
    validateStack: (args, report) => {
      const given = parametersOf(name, parameters, args.getConfig());
      const unknown: { readonly text: string; readonly error: Error }[] = [];
      const open: Verdict["open"] = (resource, path, { error }) => {
        const text = `${path} of ${resource.name}`;
        if (unknown.every((other) => other.text !== text)) unknown.push({ text, error });
      };
      const wrong: Verdict["wrong"] = (resource, message) => {
        report(`${message} See ${sectionOf(name)}.`, resource?.urn);
      };
      const check: Verdict["check"] = (resource, path, good, wanted, fix) => {
        const value = at(resource.inputs, path);
        if (value instanceof NotKnown) open(resource, path, value);
        else if (good(value)) return true;
        else
          wrong(resource, `${path} of ${resource.name} is ${shown(value)}; wanted: ${wanted}. Fix: ${fix}.`);
        return false;
      };
      const seen = args.resources.map((resource) => see(resource, noted.get(resource.urn)));
      judge(
        { all: seen, of: (...types) => seen.filter(({ type }) => types.some((wanted) => wanted === type)) },
        { wrong, open, check },
        given,
      );
      const [first] = unknown;
      if (first === undefined) return;
      // The SDK turns this error, and no other, into an advisory.
      first.error.message = `cannot be judged before it exists: ${unknown.map(({ text }) => text).join(", ")}`;
      throw first.error;
    },
  };
}

/** Properties, copied when they are first looked at: most rules look at few resources of a stack. */
type Properties = () => Readonly<Record<string, Value>>;

function lazily(make: Properties): Properties {
  let made: ReturnType<Properties> | undefined;
  return () => (made ??= make());
}

function see(resource: PolicyResource, noted: Properties | undefined): Resource {
  const outputs = lazily(() => plain(resource.props));
  const inputs = noted ?? outputs;
  return {
    type: resource.type,
    name: resource.name,
    urn: resource.urn,
    get inputs() {
      return inputs();
    },
    get outputs() {
      return outputs();
    },
    protect: resource.opts.protect,
    madeFrom: (other, input) =>
      (input === undefined ? resource.dependencies : (resource.propertyDependencies[input] ?? [])).some(
        ({ urn }) => urn === other.urn,
      ),
  };
}

/** @throws Error that names the rule and what its config may hold */
function parametersOf(name: string, parameters: z.ZodObject, config: object): z.output<z.ZodObject> {
  const parsed = parameters.safeParse(config);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`);
  throw new Error(`the config of the policies is wrong. ${faults.join("; ")}. See ${sectionOf(name)}.`);
}
