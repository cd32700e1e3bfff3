import { setTimeout as sleep } from "node:timers/promises";
import type { Cloudflare } from "../check/probes/cloudflare";
import { outside, refusal } from "../fault";
import type { EdgeDomain, EdgeDomains } from "./domains";
import { untilAnswered } from "./proof";

/** States in which a managed certificate gets no further without a new token (learn.microsoft.com/azure/frontdoor/domain). */
const due: ReadonlySet<string> = new Set(["PendingRevalidation", "TimedOut", "Rejected", "InternalError"]);
/** Of those, the ones that Azure ends a validation with. */
const ended: ReadonlySet<string> = new Set(["TimedOut", "Rejected", "InternalError"]);

export interface ManagedTools {
  readonly domains: EdgeDomains;
  readonly cloudflare: Cloudflare;
  readonly say: (line: string) => void;
  /** Looks at Azure in all, and what is waited between two. */
  readonly patience: { readonly looks: number; readonly wait: () => Promise<unknown> };
}

/** An hour: what Azure may take to issue a certificate. */
export const patience = { looks: 720, wait: () => sleep(5_000) } as const;

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/**
 * Renews the validation of a name whose certificate Front Door issues: a new token where one is due, the token into
 * TXT `_dnsauth.<host>`, and waits until Azure has approved it.
 *
 * @param always a new token even where none is due
 * @returns whether anything was done
 * @throws Fault (1) where Azure refuses; (3) where it or DNS takes longer than it may
 */
export async function renewManaged(
  name: string,
  zone: Zone,
  always: boolean,
  tools: ManagedTools,
): Promise<boolean> {
  const { domains, cloudflare, say } = tools;
  const before = await domains.look(name);
  const { hostName } = before;
  const renews = always || due.has(before.validation);
  if (!renews && before.validation === "Approved") return false;
  if (renews) {
    say(`${hostName} is ${before.validation}: asking Azure for a new token`);
    await domains.renewToken(name);
  }
  const { token } = await until(
    name,
    tools,
    ({ token: now, validation }) =>
      now !== undefined &&
      now !== "" &&
      validation !== "RefreshingValidationToken" &&
      !(renews && now === before.token),
    "gave no new token for",
  );
  if (token === undefined) throw outside(`Azure gave no token for ${hostName}; run this again`);
  await writeToken(cloudflare, zone, hostName, token);
  await untilAnswered(zone.name, tokenName(hostName), token);
  say(`${hostName}: the token is in DNS; waiting for Azure`);
  await until(name, tools, ({ validation }) => validation === "Approved", "has not approved");
  say(`${hostName} is Approved`);
  return true;
}

const tokenName = (hostName: string): string => `_dnsauth.${hostName}`;

/** The record that the stack made, changed in place; made anew where it is gone. */
async function writeToken(
  cloudflare: Cloudflare,
  zone: Zone,
  hostName: string,
  token: string,
): Promise<void> {
  const name = tokenName(hostName);
  const content = `"${token}"`;
  const record = (await cloudflare.records(zone.id, name)).find(({ type }) => type === "TXT");
  if (record === undefined)
    await cloudflare.create(zone.id, { name, type: "TXT", content, ttl: 60, proxied: false });
  else if (record.content !== content) await cloudflare.repoint(zone.id, record.id, content);
}

async function until(
  name: string,
  { domains, patience: { looks, wait } }: ManagedTools,
  wanted: (domain: EdgeDomain) => boolean,
  what: string,
): Promise<EdgeDomain> {
  for (let left = looks; ; left--) {
    const domain = await domains.look(name);
    if (wanted(domain)) return domain;
    if (ended.has(domain.validation))
      throw refusal(
        `Azure has ended the validation of ${domain.hostName}: it is ${domain.validation}; see that CAA records allow ` +
          `digicert.com (\`standby check\` looks), then run this again`,
      );
    if (left <= 1)
      throw outside(
        `Azure ${what} ${domain.hostName} in time: it is ${domain.validation}; it goes on by itself, run this again to wait for it`,
      );
    await wait();
  }
}
