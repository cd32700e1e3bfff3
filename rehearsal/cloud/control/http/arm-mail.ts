import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest, CloudFault, notFound } from "../fault";
import { revealObject, type JsonObject } from "../json";
import type { ApiRequest, ApiResponse } from "./json-server";

/** `…/suppressionLists/<list>/suppressionListAddresses[/<address>]`. */
const held = /^(.+\/suppressionLists\/[^/]+)\/suppressionListAddresses(?:\/([^/]+))?$/i;
const given = z.object({ properties: z.object({ email: z.email(), notes: z.string().optional() }) });

/** The addresses of a suppression list, which ARM serves below it; undefined for every other path. */
export function suppressionCall(cloud: Cloud, request: ApiRequest, path: string): ApiResponse | undefined {
  const match = held.exec(path);
  if (match === null) return undefined;
  const [, listId = "", addressId] = match;
  if (cloud.world.get(listId) === undefined)
    throw notFound("ResourceNotFound", `The Resource '${listId}' was not found.`);
  const key = listId.toLowerCase();
  const addresses = cloud.suppressed.get(key) ?? new Map<string, string>();
  const shown = (name: string, email: string): JsonObject => ({
    id: `${listId}/suppressionListAddresses/${name}`,
    name,
    type: "Microsoft.Communication/emailServices/domains/suppressionLists/suppressionListAddresses",
    properties: { email, dataLocation: "Europe" },
  });
  if (addressId === undefined) {
    if (request.method !== "GET") throw new CloudFault(405, "MethodNotAllowed", "A list is only read.");
    return { status: 200, body: { value: [...addresses].map(([name, email]) => shown(name, email)) } };
  }
  if (request.method === "DELETE") return { status: addresses.delete(addressId) ? 200 : 204 };
  if (request.method === "PUT") {
    const parsed = given.safeParse(JSON.parse(request.body === "" ? "{}" : request.body));
    if (!parsed.success) throw badRequest("InvalidRequest", z.prettifyError(parsed.error));
    const { email } = parsed.data.properties;
    cloud.suppressed.set(key, addresses.set(addressId, email));
    return { status: 200, body: shown(addressId, email) };
  }
  const email = addresses.get(addressId);
  if (email === undefined) throw notFound("ResourceNotFound", `The Resource '${path}' was not found.`);
  return { status: 200, body: shown(addressId, email) };
}

/** A communication service as ARM shows it. */
export const communicationProperties = (values: JsonObject, outputs: JsonObject): JsonObject => ({
  ...revealObject(outputs),
  dataLocation: values["dataLocation"] ?? null,
  linkedDomains: values["linkedDomains"] ?? [],
  disableLocalAuth: values["disableLocalAuth"] ?? false,
});
