import { askAuthority, zoneServers } from "../check/probes/authority";
import { servedBy } from "../check/probes/served-by";
import { aliasOf } from "../cutover/wait";
import { sites, withProdAsSeen, type Deployment, type Site } from "../deployment";

/** What the world shows of the cutover record, which the standby's own config does not know. */
export interface LiveSite {
  /** Undefined where the name servers disagree, or send the name to neither site: then nobody here can tell. */
  readonly site: Site | undefined;
  readonly proxied: boolean;
  /** Where the primary's name leads, as far as it shows: a primary known by its address has one of the zone's own. */
  readonly primaryTarget: string | undefined;
}

/**
 * The site that visitors of the public name are sent to: by the zone's own name servers, or by Cloudflare's proxy, where
 * they answer with addresses instead of a CNAME and the page says that the proxy is on the way.
 *
 * @throws DnsError where they cannot be asked; Error where a proxied name's page cannot be had
 */
export async function liveSite(deployment: Deployment, signal: AbortSignal): Promise<LiveSite> {
  const { config, outputs } = deployment.prod;
  const { name } = outputs.record;
  const servers = await zoneServers(config.domain, signal);
  const answers = await askAuthority(servers, name, "CNAME", signal);
  const aliases = answers.map((answer) => aliasOf(answer, name));
  if (answers.length > 0 && answers.every(({ missing }, index) => !missing && aliases[index] === undefined)) {
    const served = await servedBy(name, signal);
    return {
      site: served.proxied ? served.site : undefined,
      proxied: served.proxied,
      primaryTarget: undefined,
    };
  }
  const targets: Readonly<Record<Site, readonly (string | undefined)[]>> = {
    primary: [outputs.targets.primary.toLowerCase(), `origin.${config.domain}`],
    standby: [outputs.targets.standby?.toLowerCase()],
  };
  const site = sites.find((each) =>
    aliases.every((alias) => alias !== undefined && targets[each].includes(alias)),
  );
  return { site, proxied: false, primaryTarget: site === "primary" ? aliases[0] : undefined };
}

/** The deployment with what is seen in place of what is declared: either site is right, and nothing else is. */
export const asSeen = (deployment: Deployment, { site, proxied, primaryTarget }: LiveSite): Deployment =>
  withProdAsSeen(deployment, { site: site ?? "primary", proxied, primaryTarget });
