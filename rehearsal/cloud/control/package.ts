import type { Json, JsonObject } from "./json";

/** A property that Check refuses. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface Difference {
  /** Path of the property, such as `siteConfig.appSettings[2].value`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** The resource has to be made anew for it. */
  readonly replaces: boolean;
}

export interface Diff {
  readonly differences: readonly Difference[];
  readonly deleteBeforeReplace: boolean;
}

/** What a resource is once made: its id and its outputs. */
export interface Made {
  readonly id: string;
  readonly state: JsonObject;
}

/**
 * One Pulumi package as the local cloud provides it. Inputs and states are in the protocol's form: secrets marked,
 * what is unknown in a preview standing as the protocol's marker. Methods throw to refuse.
 */
export interface CloudPackage {
  readonly name: string;
  readonly version: string;
  configure(settings: Readonly<Record<string, string>>): void;
  check(request: CheckRequest): { readonly inputs: JsonObject; readonly failures: readonly Failure[] };
  diff(type: string, before: JsonObject, after: JsonObject): Diff;
  create(request: ChangeRequest): Promise<Made>;
  /** The resource as it is now, with the inputs that would declare it; undefined where there is none. */
  read(request: ReadRequest): Promise<(Made & { readonly inputs: JsonObject }) | undefined>;
  update(request: ChangeRequest & { readonly id: string; readonly before: JsonObject }): Promise<JsonObject>;
  remove(type: string, id: string, state: JsonObject): Promise<void>;
  invoke(token: string, args: JsonObject): Promise<JsonObject>;
}

export interface CheckRequest {
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** From the engine, so that a preview and the update after it choose the same names. */
  readonly seed: Uint8Array;
}

export interface ReadRequest {
  readonly type: string;
  /** As the engine keeps it, or as it was given to an import. */
  readonly id: string;
  /** What the engine last knew; both are empty in an import. */
  readonly inputs: JsonObject;
  readonly state: JsonObject;
}

export interface ChangeRequest {
  readonly type: string;
  readonly urn: string;
  readonly inputs: JsonObject;
  readonly preview: boolean;
}

/** What differs between two property trees, as precisely as paths can name it. */
export function differences(
  before: JsonObject,
  after: JsonObject,
  replaces: (property: string) => boolean,
): readonly Difference[] {
  const found: Difference[] = [];
  const walk = (a: Json | undefined, b: Json | undefined, path: string, replace: boolean): void => {
    if (Array.isArray(a) && Array.isArray(b)) {
      for (let index = 0; index < Math.max(a.length, b.length); index++)
        walk(a[index], b[index], `${path}[${index}]`, replace);
    } else if (isTree(a) && isTree(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        walk(a[key], b[key], join(path, key), replace);
    } else if (a !== b) {
      const kind = a === undefined ? "add" : b === undefined ? "delete" : "update";
      found.push({ path, kind, replaces: replace });
    }
  };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    walk(before[key], after[key], join("", key), replaces(key));
  return found;
}

const isTree = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
