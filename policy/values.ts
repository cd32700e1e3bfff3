/** Loaded once it has thrown something: it takes a second, and who only reads what the rules are called needs none of it. */
const sdk = () => module.require("@pulumi/policy") as typeof import("@pulumi/policy");

/** Stands for a value that is only known once something has been made. */
export class NotKnown {
  /** @param error what the policy SDK threw at the touch of it */
  constructor(readonly error: Error) {}
}

/** A property's value as the rules see it. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | NotKnown
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Copies properties out of the policy SDK's proxies, which throw at the touch of an unknown value. */
export function plain(properties: object): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.keys(properties).map((key) => [key, read(properties, key)]));
}

function read(container: object, key: string | number): Value {
  let value: unknown;
  try {
    value = Reflect.get(container, key);
  } catch (error) {
    if (error instanceof Error && error instanceof sdk().UnknownValueError) return new NotKnown(error);
    throw error;
  }
  if (Array.isArray(value)) {
    const list: object = value;
    return Array.from({ length: value.length }, (_, index) => read(list, index));
  }
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : plain(value);
    default:
      return undefined;
  }
}

/** Follows a path such as `siteConfig.minTlsVersion`; what lies below an unknown value is not known either. */
export function at(value: Value, path: string): Value {
  let here = value;
  for (const key of path.split(".")) {
    if (here instanceof NotKnown) return here;
    if (typeof here !== "object" || here === null) return undefined;
    here = Object.entries<Value>(here).find(([name]) => name === key)?.[1];
  }
  return here;
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** The items of a list; none where it is missing. */
export function items(value: Value): readonly Value[] {
  return isList(value) ? value : [];
}

/** A value as a message shows it. */
export function shown(value: Value): string {
  return value === undefined || value === null ? "not set" : JSON.stringify(value);
}
