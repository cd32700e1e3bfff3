import { text, type DnsAnswer } from "../probes/dns";
import { askAuthority, zoneServers } from "../probes/authority";
import { servedBy, type Served } from "../probes/served-by";
import { fail, pass, type Check, type CheckContext, type Look, type Wants } from "../check";

/** What the zone's own name servers answer for the public name is what was declared for the site it is to show. */
export const dns: Check = {
  id: "dns",
  before: ["primary", "standby"],
  wanted: (context) => {
    const { name, target, ttl } = declared(context);
    const { config, outputs } = context.deployment.prod;
    return config.proxied
      ? `${name} is answered with Cloudflare's proxy, and that leads to the ${outputs.activeSite}`
      : `every name server of the zone answers ${name} with a CNAME to ${target}, kept for at most ${ttl} s`;
  },
  fix: ({ deployment }) =>
    `run \`pulumi up --refresh --stack ${deployment.settings.prod.name}\`: it shows who differs and puts the record right`,
  look: async (context) => {
    const { name, target, ttl } = declared(context);
    const { domain, proxied } = context.deployment.prod.config;
    if (proxied) return lookAtProxied(context, name);
    const servers = await zoneServers(domain, context.signal);
    const answers = await askAuthority(servers, name, "CNAME", context.signal);
    return judgeDns(answers, name, target, ttl);
  },
};

/** What a proxied name leads to is not in DNS: its page tells. The record itself is looked at by check `cloudflare`. */
async function lookAtProxied({ deployment: { prod }, signal }: CheckContext, name: string): Promise<Look> {
  const servers = await zoneServers(prod.config.domain, signal);
  const [answers, served] = await Promise.all([
    askAuthority(servers, name, "A", signal),
    servedBy(name, signal),
  ]);
  return judgeProxied(answers, name, served, prod.outputs.activeSite);
}

export function judgeProxied(
  answers: readonly DnsAnswer[],
  name: string,
  served: Served,
  site: "primary" | "standby",
): Look {
  for (const { server, missing, records } of answers) {
    if (missing) return fail(`${text(server)} says that ${name} does not exist`);
    const alias = records.find(({ type }) => type === "CNAME");
    if (alias !== undefined)
      return fail(`${text(server)} sends ${name} to ${alias.content}, past Cloudflare's proxy`);
  }
  if (!served.proxied) return fail(`${served.words}, past Cloudflare's proxy`);
  if (served.site !== site) return fail(`${served.words}, not by the ${site}`);
  return pass(`${served.words}, through Cloudflare's proxy`);
}

function declared({ deployment: { prod } }: Wants): { name: string; target: string; ttl: number } {
  const { activeSite, targets, record } = prod.outputs;
  return { name: record.name, target: targets[activeSite] ?? record.content, ttl: prod.config.ttl };
}

/** The worst of what the name servers say: any one of them answers a share of the visitors. */
export function judgeDns(answers: readonly DnsAnswer[], name: string, target: string, ttl: number): Look {
  for (const { server, missing, records } of answers) {
    const who = text(server);
    const alias = records.find((record) => record.type === "CNAME" && record.name === name.toLowerCase());
    if (missing) return fail(`${who} says that ${name} does not exist`);
    if (alias === undefined)
      return fail(
        `${who} has no CNAME for ${name}`,
        `make ${name} a CNAME: an address cannot be exchanged in one step`,
      );
    if (alias.content !== target.toLowerCase())
      return fail(`${who} sends ${name} to ${alias.content}, not to ${target}`);
    if (alias.ttl > ttl)
      return fail(
        `${who} lets ${name} be kept for ${alias.ttl} s: visitors would stay on the old site that long`,
      );
  }
  return pass(`${name} → ${target}, kept for ${ttl} s at most, at ${answers.length} name server(s)`);
}
