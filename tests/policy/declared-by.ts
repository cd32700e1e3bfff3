import * as pulumi from "@pulumi/pulumi";
import { types } from "../../policy/resource-types";
import { runMocked } from "../components/mocked";
import type { Declared } from "./judge";

/** What a program's stack declares, as the engine shows it to a policy: without the wrapping of secrets. */
export async function declaredBy(
  stack: string,
  program: () => object | Promise<object>,
): Promise<readonly Declared[]> {
  const made: object[] = [];
  const { registered } = await runMocked(stack, async () => {
    made.push(await program());
  });
  const outputs = await new Promise<unknown>((resolve) => {
    pulumi.output(made[0]).apply(resolve);
  });
  return [
    ...registered.map(({ type, name, inputs, outputs: own, protect, from }) => ({
      type,
      name,
      inputs: unwrappedAll(inputs),
      outputs: unwrappedAll(own),
      protect,
      from,
    })),
    { type: types.stack, name: stack, outputs: { ...Object(outputs) } as object },
  ];
}

const unwrappedAll = (values: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, unwrapped(value)]));

const secretSignature = "4dabf18193072939515e22adb298388d";

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value && "value" in value) return unwrapped(value.value);
  return unwrappedAll({ ...value });
}
