import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest, conflict } from "../fault";
import { guidOf, hexOf } from "../guid";
import type { JsonObject } from "../json";
import type { Stored } from "../world";
import { admitOwnCertificate, hasOwnCertificate } from "./custom-certificate";
import { parentId } from "./ids";
import { ruleSchema } from "./cdn-rule";
import { lastOf, pick, sameId, type RuleBook } from "./rules";

const reference = z.object({ id: z.string() });
const references = z.array(reference).default([]);

const routeSchema = z.object({
  originGroup: reference,
  customDomains: references,
  ruleSets: references,
  patternsToMatch: z.array(z.string()).default(["/*"]),
  linkToDefaultDomain: z.string().default("Disabled"),
});
const domainSchema = z.object({
  hostName: z.string(),
  tlsSettings: z.object({ certificateType: z.string() }).optional(),
});
const profileIdentity = z.object({ identity: z.object({ type: z.string() }).optional() });
const endpointName = z.object({ endpointName: z.string() });

/** Reads the live state of a custom domain's validation, as Azure answers a GET. */
export function domainState({ id, values }: Stored, { validations }: Cloud): JsonObject {
  // That its own certificate names it has been seen by the time that it is there.
  if (hasOwnCertificate(values)) return { domainValidationState: "Approved", deploymentStatus: "Succeeded" };
  const validation = validations.get(id.toLowerCase());
  if (validation === undefined) return {};
  return {
    domainValidationState: validation.state,
    deploymentStatus: validation.certificate === undefined ? "NotStarted" : "Succeeded",
    validationProperties: {
      validationToken: validation.token,
      expirationDate: validation.tokenExpires.toISOString(),
    },
  };
}

/** A custom domain's state in Azure's own word. */
export function validationState(domain: Stored, cloud: Cloud): string {
  const state = domainState(domain, cloud)["domainValidationState"];
  return typeof state === "string" ? state : "Submitting";
}

const usedByRoute = (
  cloud: Cloud,
  id: string,
  held: (route: z.infer<typeof routeSchema>) => readonly string[],
) =>
  cloud.world
    .ofType("cdn:Route")
    .find(({ values }) => held(pick(routeSchema, values)).some((used) => sameId(used, id)));

export const cdnRules: RuleBook = {
  "cdn:Profile": {
    replaces: ["sku"],
    outputs: ({ id, values }, { settings }) => {
      const { identity } = pick(profileIdentity, values);
      const own = /SystemAssigned/i.test(identity?.type ?? "")
        ? { principalId: guidOf(`principal ${id}`), tenantId: settings.operator.tenantId }
        : {};
      return {
        frontDoorId: guidOf(`front door ${id}`),
        resourceState: "Active",
        kind: "frontdoor",
        ...(identity === undefined ? {} : { identity: { type: identity.type, ...own } }),
      };
    },
  },
  "cdn:AFDEndpoint": {
    outputs: ({ id, values }) => ({
      hostName: `${pick(endpointName, values).endpointName}-${hexOf(id, 16)}.z01.azurefd.net`.toLowerCase(),
      deploymentStatus: "NotStarted",
    }),
  },
  "cdn:AFDOriginGroup": {
    outputs: () => ({ deploymentStatus: "NotStarted" }),
    release: ({ id }, cloud) => {
      const route = usedByRoute(cloud, id, ({ originGroup }) => [originGroup.id]);
      if (route !== undefined)
        throw badRequest(
          "BadRequest",
          `Origin group ${lastOf(id)} is still used by route ${lastOf(route.id)}.`,
        );
    },
  },
  "cdn:AFDOrigin": {
    outputs: () => ({ deploymentStatus: "NotStarted" }),
    release: ({ id }, cloud) => {
      const group = parentId(id) ?? "";
      const left = cloud.world
        .ofType("cdn:AFDOrigin")
        .filter((other) => sameId(parentId(other.id) ?? "", group));
      const route = usedByRoute(cloud, group, ({ originGroup }) => [originGroup.id]);
      if (route !== undefined && left.length === 1)
        throw badRequest(
          "BadRequest",
          `${lastOf(id)} is the last origin of group ${lastOf(group)}, which route ${lastOf(route.id)} still uses.`,
        );
    },
  },
  "cdn:AFDCustomDomain": {
    replaces: ["hostName"],
    check: (values) => {
      const hostName = values["hostName"];
      const bad =
        typeof hostName === "string" && (hostName.endsWith(".") || hostName !== hostName.toLowerCase());
      return bad
        ? [
            {
              property: "hostName",
              reason: `is ${JSON.stringify(hostName)}; lower case without a trailing dot is wanted`,
            },
          ]
        : [];
    },
    admit: ({ id, values }, cloud) => {
      const { hostName, tlsSettings } = pick(domainSchema, values);
      const other = cloud.world
        .ofType("cdn:AFDCustomDomain")
        .find((domain) => !sameId(domain.id, id) && pick(domainSchema, domain.values).hostName === hostName);
      if (other !== undefined)
        throw conflict(
          "Conflict",
          `The host name ${hostName} is already a custom domain of another resource: ${other.id}. A host name ` +
            "belongs to one profile only.",
        );
      const type = tlsSettings?.certificateType ?? "ManagedCertificate";
      if (type === "CustomerCertificate") {
        admitOwnCertificate(cloud, id, values);
        return;
      }
      if (type !== "ManagedCertificate")
        throw badRequest(
          "NotRehearsed",
          `tlsSettings.certificateType is ${JSON.stringify(type)}; the local cloud knows ManagedCertificate and ` +
            "CustomerCertificate.",
        );
      if (hostName.length > 64)
        throw badRequest(
          "BadRequest",
          `hostName ${hostName} has ${hostName.length} characters; a managed certificate takes 64 at most.`,
        );
    },
    realise: ({ id, values }, { parts, validations }) => {
      const { hostName } = pick(domainSchema, values);
      if (hasOwnCertificate(values)) {
        validations.get(id.toLowerCase())?.stop();
        validations.delete(id.toLowerCase());
      } else if (!validations.has(id.toLowerCase()))
        validations.set(
          id.toLowerCase(),
          parts.authority.validate(hostName, (certificate) =>
            parts.edge.setCertificate(hostName, certificate),
          ),
        );
      return Promise.resolve();
    },
    live: domainState,
    release: ({ id }, cloud) => {
      const route = usedByRoute(cloud, id, ({ customDomains }) => customDomains.map((domain) => domain.id));
      if (route !== undefined)
        throw badRequest(
          "BadRequest",
          `Custom domain ${lastOf(id)} is still used by route ${lastOf(route.id)}.`,
        );
    },
    retire: ({ id, values }, { parts, validations }) => {
      validations.get(id.toLowerCase())?.stop();
      validations.delete(id.toLowerCase());
      parts.edge.setCertificate(pick(domainSchema, values).hostName, undefined);
      return Promise.resolve();
    },
  },
  "cdn:Route": {
    admit: ({ id, values }, { world }) => {
      const route = pick(routeSchema, values);
      const group = route.originGroup.id;
      const origins = world
        .ofType("cdn:AFDOrigin")
        .filter((origin) => sameId(parentId(origin.id) ?? "", group));
      if (origins.length === 0)
        throw badRequest(
          "BadRequest",
          `Please make sure that the originGroup ${lastOf(group)} is created successfully and at least one enabled ` +
            "origin is created under the origin group: the route has to depend on its origins.",
        );
      if (route.customDomains.length === 0 && route.linkToDefaultDomain !== "Enabled")
        throw badRequest("BadRequest", "A route needs a custom domain or linkToDefaultDomain Enabled.");
      const clash = world.ofType("cdn:Route").find((other) => {
        if (sameId(other.id, id)) return false;
        const { customDomains, patternsToMatch } = pick(routeSchema, other.values);
        return (
          customDomains.some((domain) => route.customDomains.some((mine) => sameId(mine.id, domain.id))) &&
          patternsToMatch.some((pattern) => route.patternsToMatch.includes(pattern))
        );
      });
      if (clash !== undefined)
        throw conflict(
          "Conflict",
          `Route ${lastOf(clash.id)} has the same custom domain and pattern already.`,
        );
    },
    outputs: ({ values }) => ({
      deploymentStatus: "NotStarted",
      endpointName: pick(endpointName, values).endpointName,
    }),
  },
  "cdn:RuleSet": {
    outputs: ({ values }) => ({ deploymentStatus: "NotStarted", profileName: values["profileName"] ?? null }),
    release: ({ id }, cloud) => {
      const route = usedByRoute(cloud, id, ({ ruleSets }) => ruleSets.map((set) => set.id));
      if (route !== undefined)
        throw badRequest("BadRequest", `Rule set ${lastOf(id)} is still used by route ${lastOf(route.id)}.`);
    },
  },
  "cdn:Rule": {
    outputs: ({ values }) => ({ deploymentStatus: "NotStarted", ruleSetName: values["ruleSetName"] ?? null }),
    admit: ({ id, values }) => {
      const { success, error } = ruleSchema.safeParse(values);
      if (!success)
        throw badRequest(
          "NotRehearsed",
          `Rule ${lastOf(id)}: the local edge carries out only rules that continue, whose conditions are one RegEx each on ` +
            `UrlFileName, and whose actions are ModifyResponseHeader with headerAction Overwrite (${z.prettifyError(error)}).`,
        );
    },
  },
};
