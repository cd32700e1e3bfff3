import type { AzureKind } from "../../types/catalogue";
import type { JsonObject } from "../json";
import { isObject } from "../json";

/** The id of a resource, with its names as they were given. */
export function resourceId(kind: AzureKind, values: JsonObject, subscription: string): string {
  const id = kind.template.replaceAll(/\{(\w+)\}/g, (_, input: string) => {
    if (input === "subscription") return subscription;
    const value = values[input];
    if (typeof value !== "string") throw new Error(`${kind.token} has no ${input}`);
    return value;
  });
  return id.startsWith("/") ? id : `/${id}`;
}

/**
 * The id of what a resource lies in: its parent resource, its resource group, or the resource that its scope names.
 * Undefined for what lies in the subscription itself.
 */
export function parentId(id: string): string | undefined {
  const cut = id.toLowerCase().lastIndexOf("/providers/");
  if (cut < 0) return undefined;
  const [provider, ...pairs] = id.slice(cut + "/providers/".length).split("/");
  // A blob service is always there, declared or not.
  const parents = pairs.slice(0, pairs.at(-4) === "blobServices" ? -4 : -2);
  const scope = id.slice(0, cut);
  if (parents.length > 0) return `${scope}/providers/${provider ?? ""}/${parents.join("/")}`;
  return /^\/subscriptions\/[^/]+$/i.test(scope) || scope === "" ? undefined : scope;
}

/** Every Azure resource id within a value, with the path that leads to it. */
export function* idsWithin(value: JsonObject | JsonObject[string], path = ""): Generator<[string, string]> {
  if (typeof value === "string") {
    if (/^\/subscriptions\/[^/]+\/resourceGroups\//i.test(value)) yield [path, value];
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) yield* idsWithin(inner, `${path}[${index}]`);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield* idsWithin(key, `${path}.${key}`);
      yield* idsWithin(inner, path === "" ? key : `${path}.${key}`);
    }
  }
}
