import { isObject, type Json, type JsonObject } from "../control/json";
import { armName, described, type AzureKind } from "./catalogue";
import { bare, propertiesOf, renamedWithin } from "./check";
import { bodyOf, find, nested } from "./resource";
import type { AzureProperties, AzureType, TypeTable } from "./tables";

/**
 * A resource's inputs as Azure's own types spell them: `Application_Type` for the SDK's `applicationType`, `odata.type`
 * for `odataType`, a map for a list of identities. What lies in Azure's inner `properties` stands beside the rest, as
 * the SDK has it for almost every kind. What the types do not know stays as it is, for a check to find; but a
 * resource's description, which Azure has and the published cut of its types leaves out, is left out here as well.
 *
 * @param inputs as an exported state holds them; encrypted values stay as they are.
 */
export function armBody(kind: AzureKind, inputs: JsonObject): JsonObject {
  const { table, top, inner } = bodyOf(kind, inputs);
  const properties = nested(kind) ? top : { ...inner, ...top };
  const body: Record<string, Json> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (key === "description" && described.has(kind.token)) continue;
    const name = armName(kind.token, key);
    const found = kind.pathInputs.includes(key) ? undefined : find(properties, name);
    if (found === undefined) body[key] = value;
    else if (name === "properties" && nested(kind))
      Object.assign(body, spelled(table, table.at(found.property.type), value));
    else body[found.name] = spelled(table, table.at(found.property.type), value);
  }
  return body;
}

function spelled(table: TypeTable, type: AzureType, value: Json): Json {
  if (type.$type === "ArrayType")
    return Array.isArray(value) ? value.map((each) => spelled(table, table.at(type.itemType), each)) : value;
  if (type.$type !== "ObjectType" && type.$type !== "DiscriminatedObjectType") return value;
  if (Array.isArray(value) && type.$type === "ObjectType" && type.additionalProperties !== undefined)
    return Object.fromEntries(value.map((key) => [typeof key === "string" ? key : JSON.stringify(key), {}]));
  if (!isObject(value)) return value;
  const properties: AzureProperties = propertiesOf(table, type, value);
  const tag = type.$type === "DiscriminatedObjectType" ? type.discriminator : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (tag !== undefined && bare(key) === bare(tag)) return [tag, each];
      const found = find(properties, renamedWithin(type.name, key));
      return found === undefined
        ? [key, each]
        : [found.name, spelled(table, table.at(found.property.type), each)];
    }),
  );
}
