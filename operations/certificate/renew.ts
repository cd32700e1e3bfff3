import { reason } from "../check/check";
import { servedCertificate } from "../check/probes/certificate";
import { Cloudflare } from "../check/probes/cloudflare";
import type { Deployment } from "../deployment";
import type { Io } from "../io";
import { issueIntoVault } from "./acme";
import { edgeDomains, type EdgeDomain, type EdgeDomains } from "./domains";
import { patience, renewManaged, type Zone } from "./managed";
import { recordTokens } from "./recorded";

/** A name's certificate after the command. */
export interface NameState {
  readonly name: string;
  /** Azure's own word for the name's validation. */
  readonly state: string;
  /** End of the certificate that the edge shows, ISO 8601; null where it shows none that is valid. */
  readonly expires: string | null;
  readonly renewed: boolean;
}

/** Result of `certificate renew`: part of the command line's contract. */
export interface Renewal {
  /** Approved where all are, else the first state that is another. */
  readonly state: string;
  /** The earliest. */
  readonly expires: string | null;
  readonly certificates: readonly NameState[];
}

/** Renews the certificate of the names at the edge, of whichever kind it is, and says how each stands. */
export async function renewCertificate(deployment: Deployment, all: boolean, io: Io): Promise<Renewal> {
  const { outputs } = deployment.standby;
  const { certificate } = outputs;
  const domains = await edgeDomains(outputs);
  const say = (line: string): void => io.say(line);
  const renewed = new Set<string>();
  if (certificate.kind === "managed") {
    for (const name of await renewEach(deployment, domains, all, say)) renewed.add(name);
    await record(deployment, [...renewed], io);
  } else if (certificate.kind === "acme") {
    const expires = await issueIntoVault(certificate, say);
    io.say(
      `issued until ${expires.toISOString().slice(0, 10)}; the edge takes it from the vault within 72 hours`,
    );
    for (const name of certificate.hostNames) renewed.add(name);
  } else
    io.say(
      `this certificate is renewed in its own vault (${certificate.vaultSecretId}): put a new version there, and the edge takes it within 72 hours`,
    );
  const looked = await Promise.all(domains.names.map((name) => domains.look(name)));
  return summary(await Promise.all(looked.map((domain) => stateOf(domain, outputs.standbyHost, renewed))));
}

/** @returns the host names that were renewed. */
async function renewEach(
  { prod }: Deployment,
  domains: EdgeDomains,
  all: boolean,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const cloudflare = Cloudflare.fromEnvironment(process.env);
  const zone: Zone = { name: prod.config.domain, id: prod.config.zoneId };
  const done = await Promise.all(
    domains.names.map(async (name) => {
      const renewed = await renewManaged(name, zone, all, { domains, cloudflare, say, patience });
      return renewed ? [(await domains.look(name)).hostName] : [];
    }),
  );
  if (done.flat().length === 0) say("no name is due for a new token; --all renews them all the same");
  return done.flat();
}

async function record({ settings }: Deployment, hostNames: readonly string[], io: Io): Promise<void> {
  if (hostNames.length === 0) return;
  try {
    await recordTokens(settings, hostNames);
  } catch (error) {
    io.warn(
      `the tokens are renewed, but the state does not know them yet (${reason(error)}); ` +
        `run \`pulumi up --refresh --stack ${settings.standby.name}\` next`,
    );
  }
}

async function stateOf(
  { hostName, validation }: EdgeDomain,
  edge: string,
  renewed: ReadonlySet<string>,
): Promise<NameState> {
  // At the edge's own host, whatever DNS says of the name.
  const shown = await servedCertificate(edge, hostName, AbortSignal.timeout(10_000)).catch(() => undefined);
  const expires = shown?.invalid === undefined ? (shown?.expires.toISOString() ?? null) : null;
  return { name: hostName, state: validation, expires, renewed: renewed.has(hostName) };
}

/** The whole of it: the first state that is not Approved, and the earliest end. */
export function summary(certificates: readonly NameState[]): Renewal {
  const ends = certificates.map(({ expires }) => expires);
  return {
    state: certificates.find(({ state }) => state !== "Approved")?.state ?? "Approved",
    expires: ends.includes(null) ? null : (ends.toSorted().at(0) ?? null),
    certificates,
  };
}
