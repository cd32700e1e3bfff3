import { isIP, isIPv6 } from "node:net";
import { recordComments } from "../../settings/cutover-names";
import type { CloudflareRecord, NewRecord } from "../check/probes/cloudflare";
import type { ProdConfig } from "../deployment";
import { refusal } from "../fault";

/** The records of the three names that stack `prod` holds, as Cloudflare has them. */
export interface FoundRecords {
  readonly www: readonly CloudflareRecord[];
  readonly apex: readonly CloudflareRecord[];
  readonly origin: readonly CloudflareRecord[];
}

/** The resources of the program, by their logical names. */
export type Adopted = "www" | "www-apex" | "www-origin";

export interface AdoptionPlan {
  /** What one batch call deletes and makes; both empty where everything is as it must be. */
  readonly deletes: readonly CloudflareRecord[];
  readonly posts: readonly { readonly as: Adopted; readonly record: NewRecord }[];
  /** Records that are taken over as they are. */
  readonly kept: readonly { readonly as: Adopted; readonly record: CloudflareRecord }[];
}

const pointing = ({ type }: CloudflareRecord): boolean => ["A", "AAAA", "CNAME"].includes(type);
const isAddress = ({ type }: CloudflareRecord): boolean => type !== "CNAME";
const shown = ({ type, content }: CloudflareRecord): string => `${type} ${content}`;
const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

/**
 * What brings today's records to the form in which the program declares them: www a CNAME, the apex a CNAME to it.
 * An address moves to `origin.<domain>`, and www follows it there.
 *
 * @param stack the prod stack's name, for the commands in a refusal.
 * @throws Fault (1) naming everything that stands against it at once.
 */
export function planAdoption(config: ProdConfig, found: FoundRecords, stack: string): AdoptionPlan {
  const names = {
    www: `www.${config.domain}`,
    apex: config.domain,
    origin: `origin.${config.domain}`,
  };
  const www = found.www.filter(pointing);
  const apex = found.apex.filter(pointing);
  const origin = found.origin.filter(pointing);
  const { primaryAddress, primaryHost } = config;
  const set = (key: string, value: string): string => `pulumi config set ${key} ${value} --stack ${stack}`;
  const faults: string[] = [];

  const [first] = www;
  if (first === undefined)
    throw refusal(
      `${names.www} has no A, AAAA or CNAME record: there is nothing to adopt; \`pulumi up --stack ${stack}\` makes it`,
    );
  if (www.length > 1)
    faults.push(
      `${names.www} has ${www.length} addresses (${www.map(shown).join(", ")}), and ${names.origin} is to hold one. ` +
        "Fix: leave one at Cloudflare, or give the primary a host name that holds them all and set primaryHost to it",
    );
  else if (isAddress(first) && !same(primaryAddress, first.content))
    faults.push(
      `${names.www} is ${shown(first)}, and primaryAddress is ${said(primaryAddress)}. ` +
        `Fix: ${set("primaryAddress", first.content)}`,
    );
  const wanted = primaryAddress === undefined ? primaryHost : names.origin;
  if (!isAddress(first) && config.activeSite === "primary" && !same(wanted, first.content))
    faults.push(
      `${names.www} leads to ${first.content}, and the program would lead it to ${wanted ?? "nowhere"}, which moves ` +
        `visitors. Fix: ${set("primaryHost", first.content)}${primaryAddress === undefined ? "" : ", without primaryAddress"}`,
    );
  if (first.proxied !== config.proxied)
    faults.push(
      `${names.www} is ${first.proxied ? "proxied" : "DNS-only"} at Cloudflare, and proxied is ` +
        `${String(config.proxied)}. Fix: ${set("proxied", String(first.proxied))}`,
    );
  const holds = origin.length === 1 && same(primaryAddress, origin[0]?.content ?? "");
  if (primaryAddress !== undefined && origin.length > 0 && !holds)
    faults.push(
      `${names.origin} is ${origin.map(shown).join(", ")} already, not ${primaryAddress}. ` +
        "Fix: delete that record, or correct primaryAddress",
    );
  // What is known to lead where www leads: www itself, its target, the primary's address.
  const alike = [names.www, first.content, primaryAddress ?? ""];
  const astray = apex.filter(({ content }) => !alike.some((one) => same(one, content)));
  if (astray.length > 0)
    faults.push(
      `${names.apex} is ${astray.map(shown).join(", ")}, and the program makes it follow ${names.www}, which leads ` +
        `elsewhere. Fix: lead it to ${first.content} at Cloudflare first`,
    );
  if (faults.length > 0) throw refusal(faults.join("\n"));

  const ttl = config.proxied ? 1 : config.ttl;
  const moved = { type: "CNAME", ttl, proxied: config.proxied };
  const posts: { as: Adopted; record: NewRecord }[] = [];
  if (primaryAddress !== undefined && !holds)
    posts.push({
      as: "www-origin",
      record: {
        name: names.origin,
        type: isIPv6(primaryAddress) ? "AAAA" : "A",
        content: primaryAddress,
        ttl: config.ttl,
        proxied: false,
        comment: recordComments.origin,
      },
    });
  if (isAddress(first))
    posts.push({
      as: "www",
      record: { ...moved, name: names.www, content: names.origin, comment: recordComments.www },
    });
  if (apex.some(isAddress))
    posts.push({
      as: "www-apex",
      record: { ...moved, name: names.apex, content: names.www, comment: recordComments.apex },
    });
  const kept = [
    ...(primaryAddress === undefined ? [] : origin.map((record) => ({ as: "www-origin" as const, record }))),
    ...www.map((record) => ({ as: "www" as const, record })),
    ...apex.map((record) => ({ as: "www-apex" as const, record })),
  ].filter(({ as }) => !posts.some((post) => post.as === as));
  const deletes = [...www, ...apex].filter(isAddress);
  return { deletes, posts, kept };
}

const said = (value: string | undefined): string =>
  value === undefined ? "not set" : isIP(value) === 0 ? "not an address" : `'${value}'`;

/** The file that `pulumi import --file` takes: the records under the component that declares them. */
export function importFile(
  zoneId: string,
  records: readonly { readonly as: Adopted; readonly id: string }[],
): object {
  const component = {
    type: "warm-standby:index:CutoverRecord",
    name: "cutover",
    logicalName: "www",
    component: true,
  };
  return {
    resources: [
      component,
      ...records.map(({ as, id }) => ({
        type: "cloudflare:index/dnsRecord:DnsRecord",
        name: as.replace(/^www-/, ""),
        ...(as === "www" ? {} : { logicalName: as }),
        id: `${zoneId}/${id}`,
        parent: "cutover",
      })),
    ],
  };
}
