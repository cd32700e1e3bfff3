import type { Json, JsonObject } from "../control/json";
import { isObject, unknownValue } from "../control/json";
import type { AzureProperties, AzureType, ObjectLike, TypeTable } from "./tables";

/** What is wrong with one property: its path as the program writes it, and why. */
export interface TypeFault {
  readonly path: string;
  readonly reason: string;
}

export const flags = { required: 1, readOnly: 2, writeOnly: 4 } as const;
const has = (value: number, flag: number): boolean => (value & flag) !== 0;

/** Spelled alike but for case and punctuation: the SDK writes `networkRuleSet`, `applicationType`, `dKIM`. */
export const bare = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();

const shown = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const listed = (values: readonly string[]): string => {
  const some = values.slice(0, 12).map((value) => JSON.stringify(value));
  return values.length > 12 ? `${some.join(", ")}, and ${values.length - 12} more` : some.join(", ");
};

/** Properties within a resource that the SDK renames altogether, by the name of Azure's type. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Encryption: { encryptionIdentity: "identity" },
  EncryptionIdentity: {
    encryptionFederatedIdentityClientId: "federatedIdentityClientId",
    encryptionUserAssignedIdentity: "userAssignedIdentity",
  },
  HeaderField: { headerFieldName: "key", headerFieldValue: "value" },
  IPRule: { iPAddressOrRange: "value" },
  SecretAttributes: { expires: "exp", notBefore: "nbf" },
  VirtualNetworkRule: { virtualNetworkResourceId: "id" },
  WebTestGeolocation: { location: "Id" },
};

/** Azure's own name for a property within a resource that the SDK renames; any other as it is. */
export const renamedWithin = (type: string, key: string): string => renamed[type]?.[key] ?? key;

/** The value of a variant's discriminator, whose name the SDK spells as it does any other (`odataType`). */
const tagOf = (type: { readonly discriminator: string }, value: JsonObject): Json | undefined =>
  Object.entries(value).find(([key]) => bare(key) === bare(type.discriminator))?.[1];

/** An object's properties, those of the variant that its discriminator names included. */
export function propertiesOf(table: TypeTable, type: ObjectLike, value: JsonObject): AzureProperties {
  if (type.$type === "ObjectType") return type.properties;
  const tag = tagOf(type, value);
  const element = typeof tag === "string" ? type.elements[tag] : undefined;
  const variant = element === undefined ? undefined : table.at(element);
  return {
    ...type.baseProperties,
    ...(variant?.$type === "ObjectType" ? variant.properties : {}),
  };
}

/** The string literals of an enumeration, or undefined where the union holds anything else but plain strings. */
function literals(table: TypeTable, type: AzureType): string[] | undefined {
  if (type.$type === "StringLiteralType") return [type.value];
  if (type.$type !== "UnionType") return undefined;
  // An open enumeration lists StringType beside its values; it is held to the values all the same.
  const inner = type.elements.map((index) => table.at(index)).filter(({ $type }) => $type !== "StringType");
  const values = inner.map((element) => literals(table, element));
  return values.length === 0 || values.some((value) => value === undefined)
    ? undefined
    : values.flatMap((v) => v ?? []);
}

/** Holds values against one of Azure's type tables and collects every fault. */
export class TypeChecker {
  readonly faults: TypeFault[] = [];

  constructor(private readonly table: TypeTable) {}

  fault(path: string, reason: string): void {
    this.faults.push({ path, reason });
  }

  value(type: AzureType, value: Json, path: string): void {
    // Null stands for a property that was left out; what is not known yet is looked at once it is.
    if (value === null || value === unknownValue) return;
    switch (type.$type) {
      case "ObjectType":
      case "DiscriminatedObjectType":
        this.object(type, value, path);
        return;
      case "ArrayType":
        this.array(type, value, path);
        return;
      case "StringType":
        this.string(type, value, path);
        return;
      case "IntegerType":
        this.number(type, value, path);
        return;
      case "BooleanType":
        if (typeof value !== "boolean") this.fault(path, `is ${shown(value)}; a boolean is wanted`);
        return;
      case "StringLiteralType":
      case "UnionType":
        this.enumeration(type, value, path);
        return;
      case "AnyType":
        return;
    }
  }

  private object(type: ObjectLike, value: Json, path: string): void {
    // The SDK takes a map whose values are all read-only as the list of its keys.
    if (type.$type === "ObjectType" && type.additionalProperties !== undefined && Array.isArray(value)) {
      value.forEach((key, index) => {
        if (typeof key !== "string") this.fault(`${path}[${index}]`, `is ${shown(key)}; a string is wanted`);
      });
      return;
    }
    if (!isObject(value)) {
      this.fault(path, `is ${shown(value)}; an object (${type.name}) is wanted`);
      return;
    }
    if (type.$type === "DiscriminatedObjectType" && !this.discriminated(type, value, path)) return;
    const properties = propertiesOf(this.table, type, value);
    const names = new Map(Object.keys(properties).map((name) => [bare(name), name]));
    const given = new Set<string>();
    for (const [key, inner] of Object.entries(value)) {
      if (inner === null) continue;
      const name = names.get(bare(renamedWithin(type.name, key)));
      const property = name === undefined ? undefined : properties[name];
      if (property !== undefined) {
        given.add(bare(name ?? key));
        if (has(property.flags, flags.readOnly)) this.fault(`${path}.${key}`, "is read-only; leave it out");
        else this.value(this.table.at(property.type), inner, `${path}.${key}`);
      } else this.unlisted(type, properties, key, inner, path);
    }
    for (const [name, { flags: own }] of Object.entries(properties))
      if (has(own, flags.required) && !has(own, flags.readOnly) && !given.has(bare(name)))
        this.fault(`${path}.${name}`, `is missing; ${type.name} requires it`);
  }

  private discriminated(
    type: Extract<ObjectLike, { $type: "DiscriminatedObjectType" }>,
    value: JsonObject,
    path: string,
  ): boolean {
    const tag = tagOf(type, value);
    if (tag === unknownValue) return false;
    if (typeof tag === "string" && type.elements[tag] !== undefined) return true;
    this.fault(
      `${path}.${type.discriminator}`,
      `is ${shown(tag ?? null)}; allowed: ${listed(Object.keys(type.elements).sort())}`,
    );
    return false;
  }

  /** A key that the type itself does not list: a free map's entry, a flattened inner property, or a mistake. */
  private unlisted(
    type: ObjectLike,
    properties: AzureProperties,
    key: string,
    value: Json,
    path: string,
  ): void {
    if (type.$type === "ObjectType" && type.additionalProperties !== undefined) {
      this.value(this.table.at(type.additionalProperties), value, `${path}.${key}`);
      return;
    }
    const inner = properties["properties"] && this.table.at(properties["properties"].type);
    if (inner?.$type === "ObjectType") {
      const name = Object.keys(inner.properties).find((candidate) => bare(candidate) === bare(key));
      const property = name === undefined ? undefined : inner.properties[name];
      if (property !== undefined) {
        if (has(property.flags, flags.readOnly)) this.fault(`${path}.${key}`, "is read-only; leave it out");
        else this.value(this.table.at(property.type), value, `${path}.${key}`);
        return;
      }
    }
    // The published cut leaves descriptions out.
    if (key === "description" && typeof value === "string") return;
    this.fault(
      `${path}.${key}`,
      `is not a property of ${type.name}; it has ${listed(Object.keys(properties).sort())}`,
    );
  }

  private array(type: Extract<AzureType, { $type: "ArrayType" }>, value: Json, path: string): void {
    if (!Array.isArray(value)) {
      this.fault(path, `is ${shown(value)}; a list is wanted`);
      return;
    }
    const [least, most] = [type.minLength ?? 0, type.maxLength ?? Infinity];
    if (value.length < least || value.length > most)
      this.fault(path, `has ${value.length} entries; ${least} to ${most} are allowed`);
    value.forEach((entry, index) => this.value(this.table.at(type.itemType), entry, `${path}[${index}]`));
  }

  private string(type: Extract<AzureType, { $type: "StringType" }>, value: Json, path: string): void {
    if (typeof value !== "string") {
      this.fault(path, `is ${shown(value)}; a string is wanted`);
      return;
    }
    const [least, most] = [type.minLength ?? 0, type.maxLength ?? Infinity];
    if (value.length < least || value.length > most)
      this.fault(
        path,
        `is ${shown(value)}, ${value.length} characters long; ${least} to ${most} are allowed`,
      );
    if (type.pattern !== undefined && !new RegExp(type.pattern).test(value))
      this.fault(path, `is ${shown(value)}; it must match ${type.pattern}`);
  }

  private number(type: Extract<AzureType, { $type: "IntegerType" }>, value: Json, path: string): void {
    if (typeof value !== "number") {
      this.fault(path, `is ${shown(value)}; a number is wanted`);
      return;
    }
    const [least, most] = [type.minValue ?? -Infinity, type.maxValue ?? Infinity];
    if (value < least || value > most) this.fault(path, `is ${value}; ${least} to ${most} are allowed`);
  }

  private enumeration(type: AzureType, value: Json, path: string): void {
    const allowed = literals(this.table, type);
    if (allowed === undefined) return;
    // Azure compares these without regard to case.
    const held = typeof value === "string" ? value.toLowerCase() : undefined;
    if (!allowed.some((literal) => literal.toLowerCase() === held))
      this.fault(path, `is ${shown(value)}; allowed: ${listed(allowed)}`);
  }
}
