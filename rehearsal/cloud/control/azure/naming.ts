import { createHash } from "node:crypto";
import type { AzureKind } from "../../types/catalogue";
import type { Cloud } from "../cloud";
import { guidOf } from "../guid";
import type { JsonObject } from "../json";
import { reveal } from "../json";
import type { CheckRequest } from "../package";
import { pick } from "./rules";
import { z } from "zod";

const located = z.object({ location: z.string() });

/**
 * Fills in what azure-native does where the program leaves it out: a resource's own name (with eight hex digits for
 * one that lies in a resource group or the subscription, as it is for one within another) and the location.
 */
export function withDefaults(
  kind: AzureKind,
  { name, before, after, seed }: CheckRequest,
  cloud: Cloud,
  defaultLocation: string | undefined,
  takesLocation: boolean,
): JsonObject {
  const inputs = { ...after };
  if (inputs[kind.ownName] === undefined)
    inputs[kind.ownName] = before[kind.ownName] ?? ownName(kind, name, seed);
  if (takesLocation && inputs["location"] === undefined) {
    const location = before["location"] ?? defaultLocation ?? groupLocation(inputs, cloud);
    if (location !== undefined) inputs["location"] = location;
  }
  return inputs;
}

function ownName(kind: AzureKind, name: string, seed: Uint8Array): string {
  const hash = createHash("sha256").update(seed).update(name).digest("hex");
  if (kind.token === "authorization:RoleAssignment") return guidOf(hash);
  const withinAnother = kind.pathInputs.some(
    (input) => input !== "resourceGroupName" && input !== kind.ownName,
  );
  return withinAnother ? name : `${name}${hash.slice(0, 8)}`;
}

function groupLocation(inputs: JsonObject, { settings, world }: Cloud): string | undefined {
  const group = reveal(inputs["resourceGroupName"] ?? null);
  if (typeof group !== "string") return undefined;
  const found = world.get(`/subscriptions/${settings.subscription}/resourceGroups/${group}`);
  return found === undefined ? undefined : pick(located, found.values).location;
}
