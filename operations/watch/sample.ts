import { parseDatabaseUrl } from "../connection";
import { operations } from "../data/engine";
import { withDatabase } from "../data/runs/with-database";
import { reason } from "../check/check";
import { healthPath } from "../../settings/health";
import { smtpHost, smtpPort } from "../../settings/mail-service";
import { room } from "../check/checks/new-ids";
import { askAuthority, zoneServers } from "../check/probes/authority";
import { askCommunication } from "../check/probes/azure";
import { servedCertificate } from "../check/probes/certificate";
import { text } from "../check/probes/dns";
import { servedBy } from "../check/probes/served-by";
import { getHttps } from "../check/probes/https";
import { trySmtp } from "../check/probes/smtp";
import { aliasOf } from "../cutover/wait";
import { databaseUrl, sites, type Deployment, type Site } from "../deployment";

/** What one name server answers for the public name, or Cloudflare's proxy where the name is proxied. */
export interface SeenDns {
  readonly server: string;
  /** Null where it answers no CNAME; of a proxied name, where its page comes from neither site. */
  readonly target: string | null;
  /** The site that the target is of; null for any other target. */
  readonly site: Site | null;
}

export interface SeenSite {
  readonly site: Site;
  readonly host: string;
  /** The HTTP status; null where nothing answered. */
  readonly status: number | null;
  readonly milliseconds: number | null;
  /** Orders in its database; null where they could not be counted. */
  readonly orders: number | null;
  /** Since the sample before, scaled to an hour; null in the first. */
  readonly ordersPerHour: number | null;
  readonly trouble: readonly string[];
}

export interface SeenRoom {
  readonly table: string;
  readonly column: string;
  /** As a string: ids can exceed a double. */
  readonly left: string;
}

/** One look at everything: part of the command line's contract. */
export interface Sample {
  /** ISO 8601. */
  readonly at: string;
  readonly dns: readonly SeenDns[];
  readonly sites: readonly SeenSite[];
  readonly headroom: readonly SeenRoom[];
  readonly mail: { readonly reached: boolean; readonly signedIn: boolean; readonly trouble: string | null };
  readonly certificate: {
    readonly name: string;
    readonly expires: string | null;
    readonly trouble: string | null;
  };
  /** What could not be looked at beside the above. */
  readonly trouble: readonly string[];
}

const patience = 8_000;

/** @param orders the table of orders, `schema.table`. @param before the sample that order rates are counted from. */
export async function sample(
  deployment: Deployment,
  orders: string,
  before: Sample | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Sample> {
  const at = new Date();
  const trouble: string[] = [];
  const noted =
    <T>(what: string, instead: T) =>
    (error: unknown): T => {
      trouble.push(`${what}: ${reason(error)}`);
      return instead;
    };
  const [dns, seen, headroom, mail, certificate] = await Promise.all([
    seeDns(deployment).catch(noted("DNS", [])),
    Promise.all(sites.map((site) => seeSite(deployment, site, orders, at, before, env))),
    seeRoom(deployment, env).catch(noted("headroom of the new ids", [])),
    seeMail(deployment),
    seeCertificate(deployment),
  ]);
  return { at: at.toISOString(), dns, sites: seen, headroom, mail, certificate, trouble };
}

async function seeDns({ prod }: Deployment): Promise<readonly SeenDns[]> {
  const { record, targets } = prod.outputs;
  if (prod.config.proxied) {
    // DNS answers the proxy whatever it leads to: its page tells.
    const { site = null } = await servedBy(record.name, AbortSignal.timeout(patience));
    return [{ server: "Cloudflare's proxy", target: site === null ? null : (targets[site] ?? null), site }];
  }
  const servers = await zoneServers(prod.config.domain, AbortSignal.timeout(patience));
  const answers = await askAuthority(servers, record.name, "CNAME");
  return answers.map((answer) => {
    const target = aliasOf(answer, record.name) ?? null;
    const site = sites.find((one) => targets[one]?.toLowerCase() === target) ?? null;
    return { server: text(answer.server), target, site };
  });
}

async function seeSite(
  deployment: Deployment,
  site: Site,
  table: string,
  at: Date,
  before: Sample | undefined,
  env: NodeJS.ProcessEnv,
): Promise<SeenSite> {
  const { record, targets } = deployment.prod.outputs;
  const host = site === "standby" ? deployment.standby.outputs.standbyHost : targets.primary;
  const trouble: string[] = [];
  const [answer, orders] = await Promise.all([
    getHttps({
      connectTo: host,
      as: record.name,
      path: site === "standby" ? healthPath : "/",
      signal: AbortSignal.timeout(patience),
    }).catch((error: unknown) => {
      trouble.push(reason(error));
      return undefined;
    }),
    countOrders(deployment, site, table, env).catch((error: unknown) => {
      trouble.push(reason(error));
      return null;
    }),
  ]);
  return {
    site,
    host,
    status: answer?.status ?? null,
    milliseconds: answer?.milliseconds ?? null,
    orders,
    ordersPerHour: perHour(site, orders, at, before),
    trouble,
  };
}

/** Orders since the sample before, scaled to an hour. */
export function perHour(
  site: Site,
  orders: number | null,
  at: Date,
  before: Sample | undefined,
): number | null {
  const earlier = before?.sites.find((seen) => seen.site === site)?.orders ?? null;
  if (before === undefined || orders === null || earlier === null) return null;
  const hours = (at.getTime() - new Date(before.at).getTime()) / 3_600_000;
  return hours <= 0 ? null : Math.round((orders - earlier) / hours);
}

export async function countOrders(
  { settings, standby }: Deployment,
  site: Site,
  table: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const url = site === "standby" ? standby.outputs.databaseUrl : await databaseUrl(site, settings, env);
  return withDatabase(parseDatabaseUrl(`the ${site}'s database`, url), "watch", (database) =>
    database.countRows(table),
  );
}

async function seeRoom(
  { settings, standby }: Deployment,
  env: NodeJS.ProcessEnv,
): Promise<readonly SeenRoom[]> {
  const { offsets, databaseUrl: standbyUrl } = standby.outputs;
  const to = parseDatabaseUrl("the standby's database", standbyUrl);
  const from = parseDatabaseUrl("the primary's database", await databaseUrl("primary", settings, env));
  const request = { rule: { kind: "forecast", policy: offsets }, apply: false } as const;
  const { identities } = await operations.identities(from, to, request, () => undefined);
  return identities.map((plan) => ({
    table: plan.table,
    column: plan.column,
    left: room(plan).toString(),
  }));
}

async function seeMail({ standby }: Deployment): Promise<Sample["mail"]> {
  const { smtpUsername, senderKind, endpoint } = standby.outputs.mail;
  if (senderKind === "identity") return seeMailEndpoint(endpoint);
  const password = standby.config.smtpApplication?.secret;
  const credentials =
    smtpUsername === undefined || password === undefined ? undefined : { username: smtpUsername, password };
  try {
    const session = await trySmtp(smtpHost, smtpPort, credentials, AbortSignal.timeout(patience));
    const refused = typeof session.login === "object" ? session.login.refused : null;
    return { reached: true, signedIn: session.login === "accepted", trouble: refused };
  } catch (error) {
    return { reached: false, signedIn: false, trouble: reason(error) };
  }
}

async function seeMailEndpoint(endpoint: string): Promise<Sample["mail"]> {
  try {
    const { status, said } = await askCommunication(endpoint, AbortSignal.timeout(patience));
    const signedIn = status === 404;
    return { reached: true, signedIn, trouble: signedIn ? null : `${String(status)} ${said.slice(0, 200)}` };
  } catch (error) {
    return { reached: false, signedIn: false, trouble: reason(error) };
  }
}

async function seeCertificate({ standby }: Deployment): Promise<Sample["certificate"]> {
  const { standbyHost, publicHost: name } = standby.outputs;
  try {
    const shown = await servedCertificate(standbyHost, name, AbortSignal.timeout(patience));
    return { name, expires: shown.expires.toISOString(), trouble: shown.invalid ?? null };
  } catch (error) {
    return { name, expires: null, trouble: reason(error) };
  }
}
