import type { JsonObject } from "../control/json";
import { unknownValue } from "../control/json";
import type { AzureKind } from "./catalogue";
import { armName, described, sdkName } from "./catalogue";
import type { TypeFault } from "./check";
import { TypeChecker, bare, flags, propertiesOf } from "./check";
import type { AzureProperties, AzureProperty, TypeTable } from "./tables";
import { typeTable } from "./tables";

interface Body {
  readonly table: TypeTable;
  readonly top: AzureProperties;
  /** The inner `properties`, which the SDK flattens into the resource unless the kind has them as one input. */
  readonly inner: AzureProperties;
}

/** What Azure's types say of a kind's body, as its discriminator in the inputs chooses. */
export function bodyOf(kind: AzureKind, inputs: JsonObject): Body {
  const table = typeTable(kind.armType);
  const top = propertiesOf(table, table.body, inputs);
  const held = top["properties"] && table.at(top["properties"].type);
  const inner =
    held?.$type === "ObjectType" || held?.$type === "DiscriminatedObjectType"
      ? propertiesOf(table, held, inputs)
      : {};
  return { table, top, inner };
}

/** Kinds whose SDK class takes Azure's inner `properties` as one input instead of flattening them. */
export const nested = (kind: AzureKind): boolean =>
  kind.armType === "Microsoft.KeyVault/vaults" ||
  kind.armType === "Microsoft.KeyVault/vaults/secrets" ||
  kind.armType === "Microsoft.Portal/dashboards";

/** A property by its name, spelled as Azure or the SDK does. */
export function find(
  properties: AzureProperties,
  name: string,
): { readonly name: string; readonly property: AzureProperty } | undefined {
  const key = Object.keys(properties).find((candidate) => bare(candidate) === bare(name));
  const property = key === undefined ? undefined : properties[key];
  return key === undefined || property === undefined ? undefined : { name: key, property };
}

const ofEnvelope = new Set(["id", "name", "type", "apiversion", "properties"]);

/**
 * Holds a resource's inputs against Azure's published types.
 *
 * @param inputs revealed, names and defaults filled in.
 * @returns every fault: an unknown, missing, read-only or wrong property, with what is allowed.
 */
export function checkAzureResource(kind: AzureKind, inputs: JsonObject): readonly TypeFault[] {
  const { table, top, inner } = bodyOf(kind, inputs);
  const checker = new TypeChecker(table);
  const body = Object.entries(inputs).filter(
    ([key, value]) => !kind.pathInputs.includes(key) && !key.startsWith("__") && value !== null,
  );
  const given = new Set(body.map(([key]) => bare(armName(kind.token, key))));
  for (const [key, value] of body) {
    const name = armName(kind.token, key);
    const property = (find(top, name) ?? (nested(kind) ? undefined : find(inner, name)))?.property;
    if (property === undefined) {
      if (key === "description" && described.has(kind.token)) continue;
      const allowed = Object.entries(nested(kind) ? top : { ...top, ...inner })
        .filter(([, { flags: own }]) => (own & flags.readOnly) === 0)
        .map(([candidate]) => candidate)
        .filter((candidate) => nested(kind) || !ofEnvelope.has(bare(candidate)))
        .map((candidate) => sdkName(kind.token, candidate));
      checker.fault(key, `is not a property of ${kind.armType}; it has ${allowed.sort().join(", ")}`);
    } else if ((property.flags & flags.readOnly) !== 0 && bare(name) !== "name") {
      checker.fault(key, "is read-only; leave it out");
    } else checker.value(table.at(property.type), value, key);
  }
  const required = nested(kind) ? top : { ...top, ...inner };
  for (const [name, { flags: own }] of Object.entries(required))
    if (
      (own & flags.required) !== 0 &&
      (own & flags.readOnly) === 0 &&
      !given.has(bare(name)) &&
      !(ofEnvelope.has(bare(name)) && !(nested(kind) && name === "properties"))
    )
      checker.fault(sdkName(kind.token, name), `is missing; ${kind.armType} requires it`);
  checkPath(kind, inputs, checker);
  const own = inputs[kind.ownName];
  const nameType = top["name"];
  if (typeof own === "string" && nameType !== undefined)
    checker.value(table.at(nameType.type), own, kind.ownName);
  return checker.faults;
}

function checkPath(kind: AzureKind, inputs: JsonObject, checker: TypeChecker): void {
  for (const name of kind.pathInputs) {
    const value = inputs[name];
    if (value === unknownValue) continue;
    if (typeof value !== "string" || value === "")
      checker.fault(name, `is ${JSON.stringify(value ?? null)}; a name is wanted`);
  }
}

/** Names of the outputs that the SDK's class of a kind has beside its `id`. */
export function outputNames(kind: AzureKind, inputs: JsonObject): readonly string[] {
  const { top, inner } = bodyOf(kind, inputs);
  const names = [...Object.keys(top).filter((name) => nested(kind) || name !== "properties")];
  if (!nested(kind)) names.push(...Object.keys(inner));
  return [
    ...new Set(
      names
        .filter((name) => name !== "id" && name !== "apiVersion")
        .map((name) => sdkName(kind.token, name))
        .concat("azureApiVersion"),
    ),
  ];
}

/** Whether Azure never gives an input back, as with passwords. */
export function isWriteOnly(kind: AzureKind, input: string, inputs: JsonObject): boolean {
  const { top, inner } = bodyOf(kind, inputs);
  const name = armName(kind.token, input);
  const property = (find(top, name) ?? find(inner, name))?.property;
  return property !== undefined && (property.flags & flags.writeOnly) !== 0;
}

/** Whether a kind has a location that can be declared. */
export function takesLocation(kind: AzureKind): boolean {
  const property = bodyOf(kind, {}).top["location"];
  return property !== undefined && (property.flags & flags.readOnly) === 0;
}

/** The API version that the kind is described at. */
export const apiVersion = (kind: AzureKind): string => typeTable(kind.armType).version;
