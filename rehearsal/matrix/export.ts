import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { isObject, revealObject } from "../cloud/control/json";
import { armBody } from "../cloud/types/arm-body";
import { azureKind } from "../cloud/types/catalogue";
import { checkAzureResource } from "../cloud/types/resource";
import type { Shown } from "./play";

const resourceSchema = z.looseObject({ urn: z.string(), type: z.string(), inputs: z.json().default({}) });
const stateSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).default([]) }),
});

type Resource = z.infer<typeof resourceSchema>;

/** What an exported stack is worth, held against Azure's own published types. */
export interface Held {
  readonly resources: number;
  readonly faults: readonly string[];
}

const resourcesOf = (exported: unknown): readonly Resource[] =>
  stateSchema.parse(exported).deployment.resources;

/** A resource of Azure's, its kind and its inputs; undefined for any other. @throws Error for a kind that is not known */
function azure({ urn, type, inputs }: Resource) {
  if (!type.startsWith("azure-native:")) return undefined;
  const kind = azureKind(type);
  if (kind === undefined || !isObject(inputs)) throw new Error(`${urn}: ${type} is not known`);
  return { kind, inputs };
}

/** Every fault that Azure's types find in a stack's azure-native resources. */
export function holdAgainstTypes(exported: unknown): Held {
  const judged = resourcesOf(exported).flatMap((resource) => {
    const found = azure(resource);
    if (found === undefined) return [];
    const name = resource.urn.split("::").at(-1) ?? resource.urn;
    return [
      checkAzureResource(found.kind, revealObject(found.inputs)).map(
        (each) => `${name}.${each.path} ${each.reason}`,
      ),
    ];
  });
  return { resources: judged.length, faults: judged.flat() };
}

/** A stack's resources as they were exported, but for the inputs of Azure's, which are spelled as Azure does. */
export const spelledAsAzure = (exported: unknown): readonly Resource[] =>
  resourcesOf(exported).map((resource) => {
    const found = azure(resource);
    return found === undefined ? resource : { ...resource, inputs: armBody(found.kind, found.inputs) };
  });

async function write(file: string, document: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(document, null, 2), { mode: 0o600 });
}

/**
 * Leaves a configuration's stacks below a folder: in `<configuration>.json` the resources of all of them, in the form of
 * `pulumi stack export`, with the inputs of Azure's spelled as Azure does, so that they can be held against its published
 * types (without descriptions, see {@link armBody}); in `raw/<stack>/<configuration>.json` each stack exactly as it was exported. Secrets are encrypted in both.
 */
export async function writeExports(folder: string, { configuration, exported }: Shown): Promise<void> {
  const file = `${configuration.name}.json`;
  const resources = Object.values(exported).flatMap(spelledAsAzure);
  await write(path.join(folder, file), { version: 3, deployment: { resources } });
  for (const [stack, state] of Object.entries(exported))
    await write(path.join(folder, "raw", stack, file), state);
}
