import { z } from "zod";
import type { EdgeOrigin, EdgeRoute, EdgeRule } from "../../contracts";
import { ruleSchema } from "../azure/cdn-rule";
import { parentId } from "../azure/ids";
import { pick, sameId } from "../azure/rules";
import type { World } from "../world";

const reference = z.object({ id: z.string() });
const routeSchema = z.object({
  originGroup: reference,
  customDomains: z.array(reference).default([]),
  ruleSets: z.array(reference).default([]),
  patternsToMatch: z.array(z.string()).default(["/*"]),
  linkToDefaultDomain: z.string().default("Disabled"),
  originPath: z.string().optional(),
  httpsRedirect: z.string().default("Disabled"),
  enabledState: z.string().default("Enabled"),
  cacheConfiguration: z
    .object({
      queryStringCachingBehavior: z.string().default("IgnoreQueryString"),
      compressionSettings: z
        .object({
          isCompressionEnabled: z.boolean().default(false),
          contentTypesToCompress: z.array(z.string()).default([]),
        })
        .default({ isCompressionEnabled: false, contentTypesToCompress: [] }),
    })
    .optional(),
});
const originSchema = z.object({
  hostName: z.string(),
  httpsPort: z.number().default(443),
  originHostHeader: z.string().optional(),
  enabledState: z.string().default("Enabled"),
  priority: z.number().default(1),
  weight: z.number().default(1000),
});
const hosted = z.object({ hostName: z.string() });
const enabled = z.object({ enabledState: z.string().default("Enabled") });

function originsOf(world: World, group: string): EdgeOrigin[] {
  return world
    .ofType("cdn:AFDOrigin")
    .filter(({ id }) => sameId(parentId(id) ?? "", group))
    .map(({ values }) => {
      const { originHostHeader, enabledState, ...origin } = pick(originSchema, values);
      return {
        ...origin,
        enabled: enabledState === "Enabled",
        // An empty header means the visitor's own, as in Front Door.
        ...(originHostHeader === undefined || originHostHeader === ""
          ? {}
          : { hostHeader: originHostHeader }),
      };
    });
}

function rulesOf(world: World, ruleSets: readonly string[]): EdgeRule[] {
  return world
    .ofType("cdn:Rule")
    .filter(({ id }) => ruleSets.some((set) => sameId(set, parentId(id) ?? "")))
    .map(({ values }) => pick(ruleSchema, values))
    .sort((a, b) => a.order - b.order)
    .map(({ conditions, actions }) => ({
      fileNames: conditions.map(({ parameters: { matchValues, negateCondition } }) => ({
        pattern: matchValues[0],
        negate: negateCondition,
      })),
      responseHeaders: Object.fromEntries(
        actions.map(({ parameters }) => [parameters.headerName, parameters.value]),
      ),
    }));
}

/** The routes of one Front Door profile as the edge is to serve them: profile, endpoints, domains, rules as one. */
export function edgeRoutes(world: World, profile: string): readonly EdgeRoute[] {
  return world
    .ofType("cdn:Route")
    .filter(({ id }) => id.toLowerCase().startsWith(`${profile.toLowerCase()}/`))
    .map(({ id, values }) => {
      const route = pick(routeSchema, values);
      const endpoint = world.get(parentId(id) ?? "");
      const endpointHost = endpoint === undefined ? undefined : pick(hosted, endpoint.outputs).hostName;
      const endpointEnabled =
        endpoint !== undefined && pick(enabled, endpoint.values).enabledState === "Enabled";
      const domains = route.customDomains.flatMap((domain) => {
        const found = world.get(domain.id);
        return found === undefined ? [] : [pick(hosted, found.values).hostName];
      });
      const linked =
        route.linkToDefaultDomain === "Enabled" && endpointHost !== undefined ? [endpointHost] : [];
      const cache = route.cacheConfiguration;
      return {
        id,
        hosts: [...linked, ...domains],
        patterns: route.patternsToMatch,
        origins: originsOf(world, route.originGroup.id),
        ...(route.originPath === undefined ? {} : { originPath: route.originPath }),
        httpsRedirect: route.httpsRedirect === "Enabled",
        enabled: route.enabledState === "Enabled" && endpointEnabled,
        ...(cache === undefined
          ? {}
          : {
              cache: {
                queryStringCachingBehavior: cache.queryStringCachingBehavior,
                compress: cache.compressionSettings.isCompressionEnabled,
                contentTypesToCompress: cache.compressionSettings.contentTypesToCompress,
              },
            }),
        rules: rulesOf(
          world,
          route.ruleSets.map((set) => set.id),
        ),
      };
    });
}
