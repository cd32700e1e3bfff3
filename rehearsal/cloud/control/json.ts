/** JSON as it crosses the provider protocol. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Pulumi's marker for a value that is known only once another resource has been made. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Marks a value as secret in the protocol's own form. */
export const secret = (value: Json): JsonObject => ({ [signature]: secretSignature, value });

/** Whether the value itself, or anything within it, is not known yet. */
export function holdsUnknown(value: Json): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  if (!isObject(value)) return false;
  if (value[signature] === outputSignature && value["value"] === undefined) return true;
  return Object.values(value).some(holdsUnknown);
}

/** The value without its marks: secrets in the clear, what is not known yet or encrypted as {@link unknownValue}. */
export function reveal(value: Json): Json {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (value[signature] === secretSignature)
    return "ciphertext" in value ? unknownValue : reveal(value["value"] ?? null);
  if (value[signature] === outputSignature) return reveal(value["value"] ?? unknownValue);
  return revealObject(value);
}

/** {@link reveal} for an object that is not itself marked, as a resource's properties are. */
export const revealObject = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));

/** Whether two values are the same JSON; the order of keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameJson(a[key], b[key]));
  }
  return a === b;
}
