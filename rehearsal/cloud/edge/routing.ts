import type { EdgeRoute } from "../contracts";

/** A route that a request belongs to, and which of its patterns matched. */
export interface Match {
  readonly route: EdgeRoute;
  readonly pattern: string;
}

/**
 * Finds routes by host and path: an exact host before a wildcard one; an exact pattern before one that ends in `/*`,
 * and of those the longest. Paths are compared without regard to case, as Front Door does.
 */
export class RouteTable {
  private readonly byHost = new Map<string, Match[]>();

  constructor(routes: readonly EdgeRoute[] = []) {
    for (const route of routes)
      for (const host of route.hosts)
        for (const pattern of route.patterns) {
          assertPattern(route.id, pattern);
          const key = host.toLowerCase();
          const matches = this.byHost.get(key) ?? [];
          this.byHost.set(key, [...matches, { route, pattern: pattern.toLowerCase() }]);
        }
    for (const matches of this.byHost.values()) matches.sort(mostSpecificFirst);
  }

  knows(host: string): boolean {
    return this.matchesOf(host) !== undefined;
  }

  /** @param path with or without a query. */
  find(host: string, path: string): Match | undefined {
    const bare = (path.split("?", 1)[0] ?? path).toLowerCase();
    return this.matchesOf(host)?.find(({ route, pattern }) => route.enabled && covers(pattern, bare));
  }

  private matchesOf(host: string): readonly Match[] | undefined {
    return this.byHost.get(host) ?? this.byHost.get(`*.${host.split(".").slice(1).join(".")}`);
  }
}

/** The path sent to the origin: what the pattern matched gives way to the origin path, where one is set. */
export function originPath(match: Match, path: string): string {
  const replacement = match.route.originPath;
  if (replacement === undefined || replacement === "") return path;
  const [bare = "", ...query] = path.split("?");
  const matched = match.pattern.endsWith("/*") ? match.pattern.length - 1 : bare.length;
  const rest = bare.slice(matched);
  const replaced = rest === "" ? replacement : `${replacement.replace(/\/$/, "")}/${rest}`;
  return [replaced, ...query].join("?");
}

function covers(pattern: string, path: string): boolean {
  if (!pattern.endsWith("/*")) return pattern === path;
  // `/images/*` covers `/images` too.
  return path.startsWith(pattern.slice(0, -1)) || path === pattern.slice(0, -2);
}

function mostSpecificFirst(one: Match, other: Match): number {
  const isWild = ({ pattern }: Match): number => (pattern.endsWith("/*") ? 1 : 0);
  return isWild(one) - isWild(other) || other.pattern.length - one.pattern.length;
}

function assertPattern(route: string, pattern: string): void {
  if (pattern.startsWith("/") && !pattern.slice(0, -1).includes("*") && !/[^/]\*$/.test(pattern)) return;
  throw new Error(
    `Route ${JSON.stringify(route)} has the pattern ${JSON.stringify(pattern)}; a pattern starts with "/" and has a ` +
      `"*" only as "/*" at its end, such as "/*" or "/images/*".`,
  );
}
