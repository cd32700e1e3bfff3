import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { isObject, revealObject } from "../cloud/control/json";
import { armBody } from "../cloud/types/arm-body";
import { azureKind } from "../cloud/types/catalogue";
import { checkAzureResource } from "../cloud/types/resource";
import type { Shown } from "./play";

const stateSchema = z.object({
  deployment: z.object({
    resources: z
      .array(z.object({ urn: z.string(), type: z.string(), inputs: z.json().default({}) }))
      .default([]),
  }),
});

/** What an exported stack is worth, held against Azure's own published types. */
export interface Held {
  readonly resources: number;
  readonly faults: readonly string[];
}

interface AzureResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs: ReturnType<typeof armBody>;
}

/** A stack's azure-native resources, spelled as Azure does, and every fault that its types find. */
export function holdAgainstTypes(exported: unknown): Held & { readonly bodies: readonly AzureResource[] } {
  const azure = stateSchema
    .parse(exported)
    .deployment.resources.filter(({ type }) => type.startsWith("azure-native:"));
  const judged = azure.map(({ urn, type, inputs }) => {
    const kind = azureKind(type);
    if (kind === undefined || !isObject(inputs)) throw new Error(`${urn}: ${type} is not known`);
    const name = urn.split("::").at(-1) ?? urn;
    const faults = checkAzureResource(kind, revealObject(inputs)).map(
      (each) => `${name}.${each.path} ${each.reason}`,
    );
    return { body: { type, urn, inputs: armBody(kind, inputs) }, faults };
  });
  return {
    resources: azure.length,
    faults: judged.flatMap(({ faults }) => faults),
    bodies: judged.map(({ body }) => body),
  };
}

async function write(file: string, document: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(document, null, 2), { mode: 0o600 });
}

/**
 * Leaves a configuration's stacks below a folder: `<configuration>.json` is the standby as `pulumi stack export` prints
 * it, `<stack>/<configuration>.json` every other stack, `arm/<stack>/<configuration>.json` the resources of each that
 * are Azure's, in Azure's own spelling.
 */
export async function writeExports(folder: string, { configuration, exported }: Shown): Promise<void> {
  const file = `${configuration.name}.json`;
  for (const [stack, state] of Object.entries(exported)) {
    await write(stack === "standby" ? path.join(folder, file) : path.join(folder, stack, file), state);
    const { bodies } = holdAgainstTypes(state);
    if (bodies.length > 0) await write(path.join(folder, "arm", stack, file), bodies);
  }
}
