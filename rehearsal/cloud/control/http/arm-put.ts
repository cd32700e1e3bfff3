import { z } from "zod";
import { azureKind } from "../../types/catalogue";
import { badRequest, CloudFault } from "../fault";
import type { JsonObject } from "../json";
import type { CloudPackage } from "../package";
import type { Stored } from "../world";

/** Kinds that an operator's command puts by ARM, beside the provider. */
const putBeside = new Set(["cdn:Route", "web:WebAppHostNameBinding"]);

const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const body = z.object({ properties: jsonObject });

/**
 * What a PUT of a resource that exists would do, held to all that the provider's own update is held to: Azure's types,
 * then the rules of its service.
 *
 * @returns the work; nothing is changed before it is run.
 * @throws CloudFault for another kind, and for a body that is not what Azure's types demand
 */
export function putResource(stored: Stored, text: string, azure: CloudPackage): () => Promise<void> {
  const kind = azureKind(stored.type);
  if (kind === undefined || !putBeside.has(kind.token))
    throw new CloudFault(501, "NotRehearsed", `The local cloud's ARM API does not put ${stored.type}.`);
  const parsed = body.safeParse(parseJson(text));
  if (!parsed.success) throw badRequest("InvalidRequestContent", z.prettifyError(parsed.error));
  const path = Object.fromEntries(
    Object.entries(stored.inputs).filter(([key]) => kind.pathInputs.includes(key)),
  );
  const { inputs, failures } = azure.check({
    type: stored.type,
    name: kind.ownName,
    before: stored.inputs,
    after: { ...parsed.data.properties, ...path },
    seed: new Uint8Array(),
  });
  if (failures.length > 0)
    throw badRequest(
      "InvalidRequestContent",
      failures.map(({ property, reason }) => `properties.${property} ${reason}`).join("; "),
    );
  const { id, type, urn } = stored;
  return async () => {
    await azure.update({ type, urn, id, inputs, preview: false, before: stored.inputs });
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
