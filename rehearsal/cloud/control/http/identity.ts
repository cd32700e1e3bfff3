import { randomUUID } from "node:crypto";
import { identitiesOf, webAppsOf, type AppIdentity } from "../azure/identities";
import { sameId } from "../azure/rules";
import type { Cloud } from "../cloud";
import { sameSecret, tokenSeconds } from "../directory";
import { badRequest, CloudFault } from "../fault";
import { guidOf } from "../guid";
import type { Stored } from "../world";
import type { Api, ApiResponse } from "./json-server";

/** Where App Service serves tokens on Linux: an address that only the app's own network has. */
export const identityHost = "169.254.129.2";
export const identityPort = 8081;
const endpoint = `http://${identityHost}:${String(identityPort)}/msi/token/`;
const version = "2019-08-01";

/** What an app has to send along, so that a request forged through it cannot fetch a token. */
const headerOf = (app: Stored, cloud: Cloud): string =>
  guidOf(`${cloud.settings.controlToken} identity header of ${app.id}`);

/** What App Service adds to the environment of an app with an identity (its documentation, "REST endpoint reference"). */
export function identityEnvironment(app: Stored, cloud: Cloud): Record<string, string> {
  return identitiesOf(app, cloud.world).length === 0
    ? {}
    : { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: headerOf(app, cloud) };
}

/** App Service's error answer. */
export const identityFault = ({ status, message }: CloudFault): ApiResponse => ({
  status,
  body: { statusCode: status, message, correlationId: randomUUID() },
});

/** Parameters by which a request names one of the app's identities; at most one, and none for the app's own. */
const naming: Readonly<Record<string, (identity: AppIdentity) => string>> = {
  client_id: ({ principal }) => principal.applicationId,
  principal_id: ({ principal }) => principal.objectId,
  object_id: ({ principal }) => principal.objectId,
  mi_res_id: ({ id }) => id,
};

function chosen(query: URLSearchParams, identities: readonly AppIdentity[]): AppIdentity | undefined {
  const named = Object.keys(naming).filter((parameter) => query.has(parameter));
  if (named.length > 1)
    throw badRequest("BadRequest", `Only one of ${named.join(", ")} can name an identity.`);
  const parameter = named[0];
  if (parameter === undefined) return identities.find(({ kind }) => kind === "system");
  const name = naming[parameter];
  return identities.find(
    (identity) => name !== undefined && sameId(name(identity), query.get(parameter) ?? ""),
  );
}

/**
 * App Service's token endpoint, protocol 2019-08-01: hands an app tokens of its own identities.
 * The source of names and texts is App Service's documentation, "How to use managed identities", and what
 * azure-sdk-for-net issue 43691 shows of its errors.
 */
export function identityApi(cloud: Cloud): Api {
  return ({ method, path, query, headers }) => {
    if (method !== "GET" || !/^\/msi\/token\/?$/.test(path))
      throw new CloudFault(404, "NotFound", `${method} ${path} is not served; GET /msi/token is.`);
    const given = headers["x-identity-header"];
    const app = webAppsOf(cloud.world).find(
      (site) => typeof given === "string" && sameSecret(given, headerOf(site, cloud)),
    );
    if (app === undefined)
      throw new CloudFault(401, "Unauthorized", "X-IDENTITY-HEADER is missing or is not the app's.");
    if (query.get("api-version") !== version)
      throw badRequest(
        "BadRequest",
        `api-version is ${query.get("api-version") ?? "missing"}; ${version} is served.`,
      );
    const resource = query.get("resource") ?? "";
    if (resource === "") throw badRequest("BadRequest", "resource is missing: what the token is to be for.");
    const identity = chosen(query, identitiesOf(app, cloud.world));
    if (identity === undefined) throw badRequest("BadRequest", "Unable to load the proper Managed Identity.");
    return {
      status: 200,
      body: {
        access_token: cloud.directory.issue(identity.principal, resource.replace(/\/$/, "")),
        client_id: identity.principal.applicationId,
        // Seconds since the epoch, as text.
        expires_on: String(Math.floor(Date.now() / 1000) + tokenSeconds),
        resource,
        token_type: "Bearer",
      },
    };
  };
}
