import { azureKind, azureKinds, type AzureKind } from "../../types/catalogue";
import {
  apiVersion,
  checkAzureResource,
  isWriteOnly,
  outputNames,
  takesLocation,
} from "../../types/resource";
import type { Cloud } from "../cloud";
import { badRequest, conflict, notFound } from "../fault";
import type { JsonObject } from "../json";
import { revealObject, unknownValue } from "../json";
import { differences, type ChangeRequest, type CheckRequest, type CloudPackage } from "../package";
import type { Stored } from "../world";
import { ruleBook, unrealised } from "./book";
import { azureFunction } from "./functions";
import { parentId, resourceId } from "./ids";
import { admitToSubscription } from "./limits";
import { withDefaults } from "./naming";
import { refuseLockedDelete, refuseReadOnly } from "./locks";
import { nameTaken } from "./names";
import type { Declared, Rules } from "./rules";

const unknownType = (type: string): string =>
  `${type} is not a type that the local cloud knows; it knows ${[...azureKinds.keys()].join(", ")}`;

function known(type: string): AzureKind {
  const kind = azureKind(type);
  if (kind === undefined) throw badRequest("UnknownType", unknownType(type));
  return kind;
}

const rulesOf = (kind: AzureKind): Rules => ruleBook[kind.token] ?? {};

/** Inputs whose change makes a resource anew: its names, its location, and what its service says. */
function replaces(kind: AzureKind, property: string): boolean {
  return (
    kind.pathInputs.includes(property) ||
    property === "location" ||
    (rulesOf(kind).replaces ?? []).includes(property)
  );
}

/** Inputs as Azure gives them back: without the parts of the path and without what is only ever written. */
function echoed(kind: AzureKind, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([key]) => !kind.pathInputs.includes(key) && !isWriteOnly(kind, key, revealObject(inputs)),
    ),
  );
}

/** azure-native as the local cloud provides it, over Azure's published types and the rules of each service. */
export function createAzure(cloud: Cloud): CloudPackage {
  const { settings, world } = cloud;
  let defaultLocation: string | undefined;
  /** Resources at whose parts Azure is at work, by their id in lower case. */
  const atWork = new Set<string>();

  const state = (stored: Stored): JsonObject => {
    const kind = known(stored.type);
    return { ...echoed(kind, stored.inputs), ...stored.outputs, ...rulesOf(kind).live?.(stored, cloud) };
  };
  const stateOf = (id: string): JsonObject | undefined => {
    const stored = world.get(id);
    return stored === undefined ? undefined : state(stored);
  };

  /** What a preview can tell: the inputs, and every output that is only known afterwards. */
  const previewed = (kind: AzureKind, inputs: JsonObject): JsonObject => {
    const echo = echoed(kind, inputs);
    const later = outputNames(kind, revealObject(inputs)).filter((name) => !(name in echo));
    return { ...echo, ...Object.fromEntries(later.map((name) => [name, unknownValue])) };
  };

  const put = async (declared: Declared, request: ChangeRequest): Promise<Stored> => {
    const { kind, id } = declared;
    refuseReadOnly(world, { id, type: request.type });
    const parent = parentId(id);
    if (parent !== undefined && world.get(parent) === undefined)
      throw notFound("ParentResourceNotFound", `${id} cannot be made: ${parent} does not exist.`);
    if (parent === undefined || rulesOf(kind).oneAtATime === undefined) return carryOut(declared, request);
    const whole = parent.toLowerCase();
    if (atWork.has(whole))
      throw conflict(
        "Conflict",
        `Cannot modify ${parent} because another operation is in progress: ${id} has to wait for it (dependsOn).`,
      );
    atWork.add(whole);
    try {
      return await carryOut(declared, request);
    } finally {
      atWork.delete(whole);
    }
  };

  const carryOut = async (declared: Declared, request: ChangeRequest): Promise<Stored> => {
    const { kind, id } = declared;
    const rules = rulesOf(kind);
    admitToSubscription(declared, cloud);
    await rules.admit?.(declared, cloud);
    await rules.realise?.(declared, cloud);
    const own = declared.values[kind.ownName];
    const outputs: JsonObject = {
      name: typeof own === "string" ? own : "",
      type: kind.armType,
      azureApiVersion: apiVersion(kind),
      ...(outputNames(kind, declared.values).includes("provisioningState")
        ? { provisioningState: "Succeeded" }
        : {}),
      ...rules.outputs?.(declared, cloud),
    };
    const stored = world.put({ id, type: request.type, urn: request.urn, inputs: request.inputs, outputs });
    if (unrealised.includes(kind.token))
      world.note("note", id, "taken as declared; nothing real stands behind it");
    await cloud.realise();
    return stored;
  };

  return {
    name: "azure-native",
    version: "3.28.0",

    configure: (given) => {
      defaultLocation = given["location"];
      const subscription = given["subscriptionId"];
      if (subscription !== undefined && subscription !== settings.subscription)
        throw badRequest(
          "SubscriptionNotFound",
          `azure-native:subscriptionId is ${subscription}; the local cloud has only ${settings.subscription}.`,
        );
    },

    check: (request: CheckRequest) => {
      const kind = azureKind(request.type);
      if (kind === undefined)
        return { inputs: request.after, failures: [{ property: "type", reason: unknownType(request.type) }] };
      const inputs = withDefaults(kind, request, cloud, defaultLocation, takesLocation(kind));
      const values = revealObject(inputs);
      const failures = checkAzureResource(kind, values).map(({ path, reason }) => ({
        property: path,
        reason,
      }));
      if (failures.length === 0) failures.push(...(rulesOf(kind).check?.(values) ?? []));
      return { inputs, failures };
    },

    diff: (type, before, after) => ({
      differences: differences(before, after, (property) => replaces(known(type), property)),
      deleteBeforeReplace: true,
    }),

    create: async (request) => {
      const kind = known(request.type);
      if (request.preview) return { id: "", state: previewed(kind, request.inputs) };
      const values = revealObject(request.inputs);
      const id = resourceId(kind, values, settings.subscription);
      if (world.get(id) !== undefined)
        throw conflict("Conflict", `cannot create already existing resource '${id}': import or delete it`);
      const taken = nameTaken(kind, values, world);
      if (taken !== undefined) throw conflict(taken.code, taken.message);
      const stored = await put({ kind, id, values, before: undefined }, request);
      return { id, state: state(stored) };
    },

    read: ({ type, id }) => {
      known(type);
      const stored = world.get(id);
      if (stored?.type !== type) return Promise.resolve(undefined);
      return Promise.resolve({ id: stored.id, state: state(stored), inputs: stored.inputs });
    },

    update: async (request) => {
      const kind = known(request.type);
      if (request.preview) return { ...request.before, ...echoed(kind, request.inputs) };
      const before = world.get(request.id);
      if (before === undefined)
        throw notFound("ResourceNotFound", `${request.id} does not exist any more; run a refresh.`);
      const values = revealObject(request.inputs);
      return state(await put({ kind, id: before.id, values, before }, request));
    },

    remove: async (type, id) => {
      const rules = rulesOf(known(type));
      const stored = world.get(id);
      // Deleting what is gone succeeds, as in ARM.
      if (stored === undefined) return;
      refuseLockedDelete(world, stored);
      rules.release?.(stored, cloud);
      await rules.retire?.(stored, cloud);
      world.remove(id);
      await cloud.realise();
    },

    // The arguments come revealed.
    invoke: (token, args) => Promise.resolve().then(() => azureFunction(token, args, cloud, stateOf)),
  };
}
