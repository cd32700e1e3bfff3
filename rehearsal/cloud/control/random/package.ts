import { randomUUID } from "node:crypto";
import { z } from "zod";
import { badRequest } from "../fault";
import type { JsonObject } from "../json";
import { holdsUnknown, revealObject, secret, unknownValue } from "../json";
import { differences, type CloudPackage } from "../package";
import { charactersSchema, draw } from "./characters";

interface RandomType {
  readonly schema: z.ZodType<JsonObject | object>;
  readonly secret: boolean;
  draw(values: JsonObject): { readonly id: string; readonly result: string; readonly defaults: object };
}

const uuidSchema = z.strictObject({ keepers: z.record(z.string(), z.string()).optional() });

const characters = (isSecret: boolean): RandomType => ({
  schema: charactersSchema,
  secret: isSecret,
  draw: (values) => {
    const defaults = charactersSchema.parse(values);
    const result = draw(defaults);
    // A password's id says nothing of it.
    return { id: isSecret ? "none" : result, result, defaults };
  },
});

const types: Readonly<Record<string, RandomType>> = {
  "random:index/randomPassword:RandomPassword": characters(true),
  "random:index/randomString:RandomString": characters(false),
  "random:index/randomUuid:RandomUuid": {
    schema: uuidSchema,
    secret: false,
    draw: () => {
      const result = randomUUID();
      return { id: result, result, defaults: {} };
    },
  },
};

function known(type: string): RandomType {
  const found = types[type];
  if (found === undefined)
    throw badRequest(
      "UnknownType",
      `${type} is not a type that the local cloud knows; it knows ${Object.keys(types).join(", ")}`,
    );
  return found;
}

/** random as the local cloud provides it. Values live in the engine's state only, as with the real provider. */
export function createRandom(): CloudPackage {
  return {
    name: "random",
    version: "4.21.2",
    configure: () => undefined,

    check: ({ type, after }) => {
      const values = revealObject(after);
      const issues = known(type).schema.safeParse(withoutMarks(values)).error?.issues ?? [];
      const failures = issues
        .filter(({ path }) => !holdsUnknown(values[String(path[0])] ?? null))
        .map(({ path, message }) => ({ property: path.map(String).join("."), reason: message }));
      return { inputs: after, failures };
    },

    diff: (type, before, after) => {
      known(type);
      return { differences: differences(before, after, () => true), deleteBeforeReplace: false };
    },

    create: ({ type, inputs, preview }) =>
      Promise.resolve().then(() => {
        const random = known(type);
        if (preview) return { id: "", state: { ...inputs, result: marked(random, unknownValue) } };
        const { id, result, defaults } = random.draw(withoutMarks(revealObject(inputs)));
        return { id, state: { ...plain(defaults), ...inputs, result: marked(random, result) } };
      }),

    read: ({ type, id, inputs, state }) => {
      known(type);
      return Promise.resolve({ id, state, inputs });
    },

    // Every input replaces: the engine never asks for an update.
    update: ({ type }) => Promise.reject(badRequest("NotUpdatable", `${type} is never changed in place`)),
    remove: (type) => Promise.resolve().then(() => void known(type)),
    invoke: (name) =>
      Promise.reject(badRequest("UnknownFunction", `${name} is not a function that the local cloud knows`)),
  };
}

const marked = (random: RandomType, value: string) => (random.secret ? secret(value) : value);

const withoutMarks = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("__")));

const plain = (values: object): JsonObject => z.record(z.string(), z.json()).parse(values);
