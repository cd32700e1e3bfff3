import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { azureKind } from "../../types/catalogue";
import { recordsOf, statesOf, verificationTypes, verify } from "../azure/communication";
import { domainState } from "../azure/cdn";
import { authorizeCall } from "../azure/permissions";
import { pick } from "../azure/rules";
import type { Cloud } from "../cloud";
import { CloudFault } from "../fault";
import type { JsonObject } from "../json";
import { revealObject } from "../json";
import type { CloudPackage } from "../package";
import type { Stored } from "../world";
import { communicationProperties, suppressionCall } from "./arm-mail";
import { actionGroupProperties, notificationCalls } from "./arm-notifications";
import { ArmOperations } from "./arm-operations";
import { putResource } from "./arm-put";
import type { Api, ApiRequest, ApiResponse } from "./json-server";
import { subscriptionAnswer } from "./subscription";

const host = "management.azure.com";
/** How long a new validation token is in the making. */
const tokenMilliseconds = 100;
const verification = z.object({ verificationType: z.enum(verificationTypes) });
const mailDomain = z.object({ domainName: z.string() });
const customDomain = z.object({ hostName: z.string() });

/** ARM's error answer. */
export const armFault = ({ status, code, message }: CloudFault): ApiResponse => ({
  status,
  body: { error: { code, message } },
});

/** A resource as an ARM GET shows it: what is its own on top, the rest within `properties`. */
function resource(stored: Stored, properties: JsonObject): ApiResponse {
  const { location, tags } = stored.values;
  const { name, type } = stored.outputs;
  const envelope = {
    id: stored.id,
    name,
    type,
    ...(location === undefined ? {} : { location }),
    ...(tags === undefined ? {} : { tags }),
  };
  return {
    status: 200,
    body: { ...envelope, properties: { provisioningState: "Succeeded", ...properties } },
  };
}

const withoutPath = (path: readonly string[], values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !path.includes(key)));

function show(stored: Stored, cloud: Cloud): ApiResponse {
  switch (azureKind(stored.type)?.token) {
    case "communication:Domain": {
      const { domainName } = pick(mailDomain, stored.values);
      return resource(stored, {
        ...revealObject(stored.outputs),
        domainManagement: stored.values["domainManagement"] ?? null,
        verificationStates: statesOf(cloud, stored.id, "arm"),
        verificationRecords: recordsOf(stored.id, domainName, "arm"),
      });
    }
    case "cdn:AFDCustomDomain":
      return resource(stored, {
        hostName: pick(customDomain, stored.values).hostName,
        ...domainState(stored, cloud),
      });
    case "cdn:Route":
    case "web:WebAppHostNameBinding":
    case "web:Certificate":
      return resource(stored, {
        ...withoutPath(azureKind(stored.type)?.pathInputs ?? [], stored.values),
        ...revealObject(stored.outputs),
      });
    case "communication:CommunicationService":
      return resource(stored, communicationProperties(stored.values, stored.outputs));
    case "monitor:ActionGroup":
      return resource(stored, actionGroupProperties(stored.values));
    case "resources:ResourceGroup":
      return resource(stored, {});
    default:
      throw new CloudFault(501, "NotRehearsed", `The local cloud's ARM API does not show ${stored.type}.`);
  }
}

/** `management.azure.com`, as far as the program and the operations call it by the official SDKs. */
export function armApi(cloud: Cloud, azure: CloudPackage): Api {
  const operations = new ArmOperations(cloud.settings.subscription);
  const notifications = notificationCalls(cloud);

  const act = (stored: Stored, action: string, request: ApiRequest): ApiResponse => {
    const token = azureKind(stored.type)?.token;
    if (token === "communication:Domain" && action === "initiateVerification") {
      const parsed = verification.safeParse(JSON.parse(request.body === "" ? "{}" : request.body));
      if (!parsed.success)
        throw new CloudFault(400, "InvalidVerificationType", z.prettifyError(parsed.error));
      const { domainName } = pick(mailDomain, stored.values);
      return operations.accept(verify(cloud, stored.id, domainName, parsed.data.verificationType), request);
    }
    if (token === "cdn:AFDCustomDomain" && action === "refreshValidationToken") {
      const validation = cloud.validations.get(stored.id.toLowerCase());
      validation?.beginRefresh();
      const refreshed = pause(tokenMilliseconds).then(() => validation?.refresh());
      return operations.acceptStatus(refreshed, request);
    }
    throw new CloudFault(
      404,
      "InvalidAction",
      `${action} is not an action of ${stored.type} that the local cloud knows.`,
    );
  };

  return async (request) => {
    const { method, path, token, query } = request;
    cloud.world.note("api", `${method} ${path}`);
    const holder = cloud.directory.holder(token, `https://${host}`);
    if (holder === undefined)
      throw new CloudFault(
        401,
        "InvalidAuthenticationToken",
        "The access token is missing, expired or for another audience.",
      );
    if (query.get("api-version") === null)
      throw new CloudFault(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required.",
      );
    const operation = operations.answer(request);
    if (operation !== undefined) return operation;
    const id = decodeURIComponent(path);
    authorizeCall(cloud, holder, method, id);
    const special =
      notifications(request, id) ??
      suppressionCall(cloud, request, id) ??
      subscriptionAnswer(cloud, method, id);
    if (special !== undefined) return special;
    if (method === "GET") {
      const stored = cloud.world.get(id);
      if (stored === undefined)
        throw new CloudFault(404, "ResourceNotFound", `The Resource '${id}' was not found.`);
      return show(stored, cloud);
    }
    if (method === "PUT") {
      const stored = cloud.world.get(id);
      // What is not there yet is the provider's to make.
      if (stored === undefined)
        throw new CloudFault(501, "NotRehearsed", `The local cloud's ARM API does not make ${id}.`);
      const put = putResource(stored, request.body, azure);
      if (cloud.pace.isSlow) return operations.acceptStatus(cloud.pace.work().then(put), request);
      await put();
      return show(cloud.world.get(id) ?? stored, cloud);
    }
    if (method === "POST") {
      const cut = id.lastIndexOf("/");
      const stored = cloud.world.get(id.slice(0, cut));
      if (stored === undefined)
        throw new CloudFault(404, "ResourceNotFound", `The Resource '${id.slice(0, cut)}' was not found.`);
      return act(stored, id.slice(cut + 1), request);
    }
    throw new CloudFault(405, "MethodNotAllowed", `${method} ${path} is not served by the local cloud.`);
  };
}
