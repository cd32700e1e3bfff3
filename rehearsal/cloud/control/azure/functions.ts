import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest, notFound } from "../fault";
import type { JsonObject } from "../json";
import { azureKind } from "../../types/catalogue";
import { resourceId } from "./ids";
import { pick } from "./rules";

const customDomain = z.object({
  resourceGroupName: z.string(),
  profileName: z.string(),
  customDomainName: z.string(),
});

/** Answers one of azure-native's functions, as the ARM call behind it would. */
export function azureFunction(
  token: string,
  args: JsonObject,
  cloud: Cloud,
  state: (id: string) => JsonObject | undefined,
): JsonObject {
  switch (token) {
    case "azure-native:authorization:getClientConfig": {
      const { operator, subscription } = cloud.settings;
      return {
        clientId: operator.applicationId,
        objectId: operator.objectId,
        subscriptionId: subscription,
        tenantId: operator.tenantId,
      };
    }
    case "azure-native:cdn:getAFDCustomDomain": {
      const kind = azureKind("azure-native:cdn:AFDCustomDomain");
      if (kind === undefined) break;
      const id = resourceId(kind, pick(customDomain, args), cloud.settings.subscription);
      const found = state(id);
      if (found === undefined) throw notFound("ResourceNotFound", `The custom domain ${id} was not found.`);
      return { ...found, id };
    }
  }
  throw badRequest(
    "UnknownFunction",
    `${token} is not a function that the local cloud knows; it knows azure-native:authorization:getClientConfig ` +
      "and azure-native:cdn:getAFDCustomDomain.",
  );
}
