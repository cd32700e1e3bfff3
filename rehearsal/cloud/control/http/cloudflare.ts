import { z } from "zod";
import { recordSchema, type HeldRecord, type Zone, type ZoneChange } from "../cloudflare/zone";
import { sameSecret } from "../directory";
import { CloudFault } from "../fault";
import type { World } from "../world";
import type { Api, ApiResponse } from "./json-server";

const partial = recordSchema.partial();
const withId = z.object({ id: z.string() });
const batchSchema = z.object({
  deletes: z.array(withId).default([]),
  patches: z.array(partial.extend(withId.shape)).default([]),
  puts: z.array(recordSchema.extend(withId.shape)).default([]),
  posts: z.array(recordSchema).default([]),
});

/** Cloudflare's error answer; codes are numbers there. */
export const cloudflareFault = ({ status, code, message }: CloudFault): ApiResponse => ({
  status,
  body: { success: false, errors: [{ code: Number(code) || 1000, message }], messages: [], result: null },
});

const success = (result: unknown, more: object = {}): ApiResponse => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...more },
});

const shown = ({ createdOn, modifiedOn, ...record }: HeldRecord) => ({
  ...record,
  proxiable: ["A", "AAAA", "CNAME"].includes(record.type),
  settings: {},
  meta: {},
  created_on: createdOn,
  modified_on: modifiedOn,
});

const page = (items: readonly unknown[], query: URLSearchParams): ApiResponse => {
  const number = Math.max(1, Number(query.get("page") ?? "1"));
  const size = Math.max(1, Number(query.get("per_page") ?? "100"));
  const part = items.slice((number - 1) * size, number * size);
  const info = {
    page: number,
    per_page: size,
    count: part.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / size),
  };
  return success(part, { result_info: info });
};

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new CloudFault(400, "9207", "Request body is not valid JSON.");
  }
  const { success: fine, data, error } = schema.safeParse(json);
  if (!fine) throw new CloudFault(400, "9207", z.prettifyError(error));
  return data;
}

/** A record's fields without its id; parsing sets the defaults that a patch must not. */
function fields(text: string): Record<string, unknown> {
  const names = new Set(Object.keys(parsed(z.looseObject({}), text)));
  const patch = parsed(partial, text);
  return Object.fromEntries(Object.entries(patch).filter(([key]) => names.has(key)));
}

/** `api.cloudflare.com`: the zone and its DNS records, for a bearer token. */
export function cloudflareApi(zone: Zone, token: string, world: World): Api {
  const one = (changes: readonly ZoneChange[]): ApiResponse => {
    const [record] = zone.apply(changes);
    return success(record === undefined ? null : shown(record));
  };
  return ({ method, path, query, token: presented, body }) => {
    world.note("api", `${method} ${path}`);
    if (!sameSecret(presented, token)) throw new CloudFault(403, "10000", "Authentication error");
    const segments = path.split("/").slice(1);
    if (segments.slice(0, 3).join("/") !== "client/v4/zones")
      throw new CloudFault(404, "7003", `${method} ${path} is not served by the local cloud.`);
    const [zoneId, collection, recordId] = segments.slice(3);
    const description = { id: zone.id, name: zone.name, status: "active", paused: false, type: "full" };
    if (zoneId === undefined || zoneId === "") {
      const wanted = query.get("name");
      return page(wanted === null || wanted === zone.name ? [description] : [], query);
    }
    if (zoneId !== zone.id)
      throw new CloudFault(
        404,
        "7003",
        `Could not route to /zones/${zoneId}, perhaps your object identifier is invalid?`,
      );
    if (collection === undefined) return success(description);
    if (collection !== "dns_records")
      throw new CloudFault(404, "7003", `${method} ${path} is not served by the local cloud.`);
    if (recordId === undefined) {
      if (method === "POST") return one([{ kind: "post", record: parsed(recordSchema, body) }]);
      const [name, type, content] = ["name", "type", "content"].map(
        (key) => query.get(key) ?? query.get(`${key}.exact`),
      );
      const hits = zone
        .list()
        .filter(
          (record) =>
            (name ?? record.name) === record.name &&
            (type ?? record.type) === record.type &&
            (content ?? record.content) === record.content,
        );
      return page(hits.map(shown), query);
    }
    if (recordId === "batch" && method === "POST") return batch(zone, body);
    const found = zone.get(recordId);
    if (found === undefined) throw new CloudFault(404, "81044", "Record does not exist.");
    switch (method) {
      case "GET":
        return success(shown(found));
      case "PATCH":
        return one([{ kind: "patch", id: recordId, record: fields(body) }]);
      case "PUT":
        return one([{ kind: "put", id: recordId, record: parsed(recordSchema, body) }]);
      case "DELETE":
        zone.apply([{ kind: "delete", id: recordId }]);
        return success({ id: recordId });
      default:
        throw new CloudFault(405, "10405", `${method} is not allowed for ${path}.`);
    }
  };
}

function batch(zone: Zone, body: string): ApiResponse {
  const { deletes, patches, puts, posts } = parsed(batchSchema, body);
  const raw = parsed(z.object({ patches: z.array(z.looseObject({})).default([]) }), body).patches;
  const gone = deletes.flatMap(({ id }) => zone.get(id) ?? []);
  const touched = zone.apply([
    ...deletes.map(({ id }) => ({ kind: "delete" as const, id })),
    ...patches.map(({ id, ...patch }, index) => ({
      kind: "patch" as const,
      id,
      record: Object.fromEntries(Object.entries(patch).filter(([key]) => key in (raw[index] ?? {}))),
    })),
    ...puts.map(({ id, ...record }) => ({ kind: "put" as const, id, record })),
    ...posts.map((record) => ({ kind: "post" as const, record })),
  ]);
  const shownRecords = touched.map(shown);
  return success({
    deletes: gone.map(shown),
    patches: shownRecords.slice(0, patches.length),
    puts: shownRecords.slice(patches.length, patches.length + puts.length),
    posts: shownRecords.slice(patches.length + puts.length),
  });
}
