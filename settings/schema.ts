import { z } from "zod";
import { documented, type About } from "./leaf";

/** A leaf of a schema: the path of its key (`[]` for each of a list), and what is documented of it. */
export interface Leaf {
  readonly path: readonly string[];
  readonly about: About & { readonly fallback?: unknown };
}

/** What a schema is beneath its defaults, transforms and wrappers, down to where it is documented. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (documented.has(schema)) return schema;
  if (schema instanceof z.ZodPipe) return bare(schema.in);
  if (
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  )
    return bare(schema.unwrap());
  return schema;
}

/** Every leaf below a schema, in order. */
export function leavesOf(schema: z.core.$ZodType, path: readonly string[] = []): readonly Leaf[] {
  const inner = bare(schema);
  const about = documented.get(inner);
  if (about !== undefined) return [{ path, about }];
  if (inner instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
    return Object.entries(shape).flatMap(([key, below]) => leavesOf(below, [...path, key]));
  }
  if (inner instanceof z.ZodRecord) return leavesOf(inner.valueType, [...path, "NAME"]);
  if (inner instanceof z.ZodArray) return leavesOf(inner.element, [...path, "[]"]);
  return [];
}

const leavesOfKey = (schema: z.core.$ZodType, key: string): readonly Leaf[] =>
  leavesOf(schema).filter(({ path }) => path[0] === key);

/** Whether a key's text is JSON, as `pulumi config set --path` stores what has parts. */
export const isStructured = (schema: z.core.$ZodType, key: string): boolean =>
  leavesOfKey(schema, key).some(({ path }) => path.length > 1);

/** Paths of the secrets of a schema. */
export const secretPaths = (schema: z.core.$ZodType): readonly (readonly string[])[] =>
  leavesOf(schema)
    .filter(({ about }) => about.secret === true)
    .map(({ path }) => path);

/** Path of the first secret below a key, for the command that sets it. */
export const secretPath = (schema: z.core.$ZodType, key: string): readonly string[] =>
  secretPaths(schema).find(([first]) => first === key) ?? [key];

/** Keys of a stack's config, as text, that hold a secret, whole or in a part: one that may be left out may be. */
export const heldSecrets = (
  schema: z.core.$ZodType,
  raw: Readonly<Record<string, string>>,
): readonly string[] => [
  ...new Set(
    secretPaths(schema).flatMap(([first = "", ...within]) => {
      const text = raw[first];
      return text !== undefined && holds(text, within) ? [first] : [];
    }),
  ),
];

/** Whether a value's text has a part. Text that is not JSON may be anything, a secret too. */
function holds(text: string, path: readonly string[]): boolean {
  if (path.length === 0) return true;
  try {
    return (
      path.reduce((value: unknown, key) => Reflect.get(Object(value), key) as unknown, JSON.parse(text)) !==
      undefined
    );
  } catch {
    return true;
  }
}
