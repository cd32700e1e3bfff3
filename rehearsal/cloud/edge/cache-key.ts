import type { EdgeRoute } from "../contracts";

type CacheSettings = NonNullable<EdgeRoute["cache"]>;

/** Behaviours of Front Door towards query strings, as its API spells them. */
const behaviours: Readonly<Record<string, (name: string, listed: ReadonlySet<string>) => boolean>> = {
  IgnoreQueryString: () => false,
  UseQueryString: () => true,
  IgnoreSpecifiedQueryStrings: (name, listed) => !listed.has(name),
  IncludeSpecifiedQueryStrings: (name, listed) => listed.has(name),
};

/** Throws where a route's cache settings name a behaviour that Front Door does not have. */
export function assertQueryBehaviour(route: EdgeRoute): void {
  const behaviour = route.cache?.queryStringCachingBehavior;
  if (behaviour === undefined || Object.hasOwn(behaviours, behaviour)) return;
  throw new Error(
    `Route ${JSON.stringify(route.id)} has queryStringCachingBehavior ${JSON.stringify(behaviour)}; allowed are ` +
      `${Object.keys(behaviours).join(", ")}.`,
  );
}

/** Under which key an answer is kept: host, path and the parts of the query that count. */
export function cacheKey(settings: CacheSettings, host: string, url: string): string {
  const cut = url.indexOf("?");
  if (cut === -1) return `${host}${url}`;
  const counts = behaviours[settings.queryStringCachingBehavior] ?? (() => true);
  const listed = new Set((settings.queryParameters ?? "").split(",").map((name) => name.trim()));
  const kept = url
    .slice(cut + 1)
    .split("&")
    .filter((part) => counts(decodedName(part), listed));
  return `${host}${url.slice(0, cut)}${kept.length > 0 ? `?${kept.join("&")}` : ""}`;
}

function decodedName(part: string): string {
  const name = part.split("=", 1)[0] ?? part;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
