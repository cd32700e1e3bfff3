import { z } from "zod";
import { badRequest, CloudFault } from "../fault";
import type { Json, JsonObject } from "../json";
import { holdsUnknown, reveal, revealObject, sameJson, unknownValue } from "../json";
import { differences, type CloudPackage, type Failure } from "../package";
import { recordSchema, type HeldRecord, type Zone } from "./zone";

const dnsRecordType = "cloudflare:index/dnsRecord:DnsRecord";
const inputsSchema = recordSchema.extend({ zoneId: z.string().min(1) });
const knownInputs = new Set(Object.keys(inputsSchema.shape));
const recordsFunction = "cloudflare:index/getDnsRecords:getDnsRecords";
const recordsQuery = z.strictObject({ zoneId: z.string(), name: z.strictObject({ exact: z.string() }) });
/** Changes of these make a record anew (cloudflare/terraform-provider-cloudflare#6358). */
const replacing: readonly string[] = ["type", "zoneId"];
const computed = [
  "createdOn",
  "modifiedOn",
  "commentModifiedOn",
  "tagsModifiedOn",
  "meta",
  "proxiable",
  "settings",
];

function known(type: string): void {
  if (type !== dnsRecordType)
    throw badRequest(
      "UnknownType",
      `${type} is not a type that the local cloud knows; it knows ${dnsRecordType}`,
    );
}

function outputs(record: HeldRecord, zone: Zone): JsonObject {
  return {
    zoneId: zone.id,
    name: record.name,
    type: record.type,
    content: record.content,
    ttl: record.ttl,
    proxied: record.proxied,
    tags: record.tags,
    ...(record.priority === undefined ? {} : { priority: record.priority }),
    ...(record.comment === undefined
      ? {}
      : { comment: record.comment, commentModifiedOn: record.modifiedOn }),
    createdOn: record.createdOn,
    modifiedOn: record.modifiedOn,
    meta: "{}",
    proxiable: ["A", "AAAA", "CNAME"].includes(record.type),
    settings: {},
  };
}

/** Fresh values, with the marks (secrets) of the ones that they equal. */
const keepMarks = (fresh: JsonObject, marked: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fresh).map(([key, value]): [string, Json] => {
      const before = marked[key];
      return [key, before !== undefined && sameJson(reveal(before), value) ? before : value];
    }),
  );

/** cloudflare as the local cloud provides it: DNS records of its one zone. */
export function createCloudflare(zone: Zone, token: string): CloudPackage {
  const parse = (inputs: JsonObject) => {
    const { zoneId, ...record } = inputsSchema.parse(revealObject(inputs));
    if (zoneId !== zone.id)
      throw new CloudFault(
        403,
        "10000",
        `zoneId ${JSON.stringify(zoneId)}: the token has no access to such a zone.`,
      );
    return record;
  };
  const find = (id: string): HeldRecord => {
    const record = zone.get(id);
    if (record === undefined) throw new CloudFault(404, "81044", "Record does not exist.");
    return record;
  };

  return {
    name: "cloudflare",
    version: "6.22.1",

    configure: (settings) => {
      const given = settings["apiToken"];
      if (given !== undefined && given !== token)
        throw new CloudFault(403, "10000", "cloudflare:apiToken: Authentication error.");
    },

    check: ({ type, after }) => {
      known(type);
      const values = revealObject(after);
      const failures: Failure[] = Object.keys(values)
        .filter((key) => !knownInputs.has(key) && !key.startsWith("__"))
        .map((property) => ({
          property,
          reason: `is not a property that the local cloud knows of a DnsRecord; it knows ${[...knownInputs].join(", ")}`,
        }));
      const given = Object.fromEntries(Object.entries(values).filter(([key]) => knownInputs.has(key)));
      const issues = inputsSchema.safeParse(given).error?.issues ?? [];
      for (const { path, message } of issues) {
        const property = String(path[0] ?? "");
        const value = values[property];
        // A number or list that is not known yet stands there as the marker's string.
        if (value !== undefined && holdsUnknown(value)) continue;
        failures.push({ property, reason: `is ${JSON.stringify(value ?? null)}: ${message}` });
      }
      return { inputs: after, failures };
    },

    diff: (type, before, after) => {
      known(type);
      // Collides where the new one takes the old one's name (#6836): made first, as the real provider does.
      return {
        differences: differences(before, after, (property) => replacing.includes(property)),
        deleteBeforeReplace: false,
      };
    },

    create: (request) =>
      Promise.resolve().then(() => {
        known(request.type);
        if (request.preview) {
          const later = Object.fromEntries(computed.map((name) => [name, unknownValue]));
          return { id: "", state: { proxied: false, tags: [], ...request.inputs, ...later } };
        }
        const [record] = zone.apply([{ kind: "post", record: parse(request.inputs) }]);
        if (record === undefined) throw new Error("the zone took a record and gave none back");
        return { id: record.id, state: keepMarks(outputs(record, zone), request.inputs) };
      }),

    read: ({ type, id, inputs, state }) => {
      known(type);
      // An import names the zone as well.
      const [zoneId, recordId] = id.includes("/") ? id.split("/") : [zone.id, id];
      const record = zoneId === zone.id ? zone.get(recordId ?? "") : undefined;
      if (record === undefined) return Promise.resolve(undefined);
      const fresh = outputs(record, zone);
      const declared = Object.keys(inputs).length === 0 ? Object.keys(fresh) : Object.keys(inputs);
      const asInputs = Object.fromEntries(
        Object.entries(fresh).filter(
          ([key]) =>
            knownInputs.has(key) &&
            (declared.includes(key) || !sameJson(fresh[key], reveal(state[key] ?? null))),
        ),
      );
      return Promise.resolve({
        id: record.id,
        state: keepMarks(fresh, state),
        inputs: keepMarks(asInputs, inputs),
      });
    },

    update: (request) =>
      Promise.resolve().then(() => {
        known(request.type);
        if (request.preview) return { ...request.before, ...request.inputs, modifiedOn: unknownValue };
        find(request.id);
        const [record] = zone.apply([{ kind: "put", id: request.id, record: parse(request.inputs) }]);
        if (record === undefined) throw new Error("the zone changed a record and gave none back");
        return keepMarks(outputs(record, zone), request.inputs);
      }),

    remove: (type, id) =>
      Promise.resolve().then(() => {
        known(type);
        if (zone.get(id) !== undefined) zone.apply([{ kind: "delete", id }]);
      }),

    invoke: (name, args) =>
      Promise.resolve().then(() => {
        if (name !== recordsFunction)
          throw badRequest(
            "UnknownFunction",
            `${name} is not a function that the local cloud knows; it knows ${recordsFunction}`,
          );
        const wanted = recordsQuery.parse(revealObject(args));
        if (wanted.zoneId !== zone.id)
          throw new CloudFault(
            403,
            "10000",
            `zoneId ${JSON.stringify(wanted.zoneId)}: no access to such a zone.`,
          );
        const found = zone.list().filter(({ name: own }) => own === wanted.name.exact);
        return { ...args, results: found.map((record) => ({ id: record.id, ...outputs(record, zone) })) };
      }),
  };
}
