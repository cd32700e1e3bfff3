import { askAuthority, zoneServers } from "../check/probes/authority";
import { aliasOf } from "../cutover/wait";
import { sites, type Deployment, type Site } from "../deployment";

/**
 * The site that the zone's own name servers send the public name to. Undefined where they disagree, or send it
 * elsewhere, or show no CNAME (a record proxied by Cloudflare): then nobody here can tell.
 *
 * @throws DnsError where they cannot be asked
 */
export async function activeSite(deployment: Deployment, signal?: AbortSignal): Promise<Site | undefined> {
  const { config, outputs } = deployment.prod;
  const servers = await zoneServers(config.domain, signal);
  const answers = await askAuthority(servers, outputs.record.name, "CNAME", signal);
  return sites.find((site) =>
    answers.every((answer) => aliasOf(answer, outputs.record.name) === outputs.targets[site]?.toLowerCase()),
  );
}
