import type { DomainPropertiesVerificationStates } from "@azure/arm-communication";
import { smtpHost, smtpPort, spf } from "../../../settings/mail-service";
import { askAuthority, zoneServers } from "../probes/authority";
import { askCommunication, mailDomain } from "../probes/azure";
import type { DnsAnswer } from "../probes/dns";
import { trySmtp, type SmtpCredentials, type SmtpSession } from "../probes/smtp";
import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";

/** Receivers can see that the mail domain's messages are ours. Confirmations without these end as spam. */
export const mailRecords: Check = {
  id: "mail-dns",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `SPF, both DKIM keys and DMARC of ${deployment.standby.outputs.mail.domain} are in DNS`,
  fix: ({ deployment: { settings } }) =>
    `run \`pulumi up --refresh --stack ${settings.standby.name}\`: it writes the records that are missing`,
  look: async ({ deployment: { prod, standby }, signal }) => {
    const domain = standby.outputs.mail.domain;
    const servers = await zoneServers(prod.config.domain, signal);
    const looks = mailEvidence(domain).map(async (evidence) => ({
      evidence,
      answers: await askAuthority(servers, evidence.name, evidence.type, signal),
    }));
    return judgeMailRecords(await Promise.all(looks));
  },
};

interface Evidence {
  readonly what: string;
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly good: (content: string) => boolean;
}

const present = (content: string): boolean => content !== "";

/** As Communication Services asks for them; the SPF text is exact: `~all` is refused. */
const mailEvidence = (domain: string): readonly Evidence[] => [
  {
    what: "SPF",
    name: domain,
    type: "TXT",
    good: (content) => content === spf,
  },
  { what: "DKIM 1", name: `selector1-azurecomm-prod-net._domainkey.${domain}`, type: "CNAME", good: present },
  { what: "DKIM 2", name: `selector2-azurecomm-prod-net._domainkey.${domain}`, type: "CNAME", good: present },
  { what: "DMARC", name: `_dmarc.${domain}`, type: "TXT", good: (content) => /^v=DMARC1\s*;/.test(content) },
];

function judgeMailRecords(
  looks: readonly { readonly evidence: Evidence; readonly answers: readonly DnsAnswer[] }[],
): Look {
  const missing = looks.filter(({ evidence, answers }) =>
    answers.some(
      ({ records }) =>
        !records.some((record) => record.type === evidence.type && evidence.good(record.content)),
    ),
  );
  if (missing.length === 0)
    return pass(`${looks.map(({ evidence }) => evidence.what).join(", ")} are in DNS`);
  return fail(
    `not in DNS as wanted: ${missing
      .map(({ evidence }) => `${evidence.what} (${evidence.type} ${evidence.name})`)
      .join(", ")}`,
  );
}

/** Azure has verified the mail domain. */
export const mailVerified: Check = {
  id: "mail-verified",
  before: ["standby"],
  seconds: 20,
  wanted: ({ deployment }) =>
    `Azure has verified ${deployment.standby.outputs.mail.domain}: domain, SPF, DKIM, DKIM2`,
  fix: ({ deployment: { settings } }) =>
    `run \`pulumi up --stack ${settings.standby.name}\`: it asks Azure to verify again`,
  look: async ({ deployment: { standby }, signal }) => {
    try {
      const { verificationStates = {} } = await mailDomain(standby.outputs, signal);
      return judgeVerification(verificationStates);
    } catch (error) {
      return unknown(
        `Azure could not be asked: ${firstLine(reason(error))}`,
        "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
      );
    }
  },
};

const verified = ["domain", "spf", "dkim", "dkim2"] as const;

function judgeVerification(states: DomainPropertiesVerificationStates): Look {
  const open = verified.filter((name) => states[name]?.status !== "Verified");
  if (open.length === 0) return pass("Azure has verified domain, SPF, DKIM and DKIM2");
  const said = open.map((name) => {
    const { status = "NotStarted", errorCode } = states[name] ?? {};
    return `${name} is ${status}${errorCode === undefined ? "" : ` (${errorCode})`}`;
  });
  return fail(said.join(", "));
}

/** The server by which the shop sends takes a sign-in. Nothing is sent. */
export const mailServer: Check = {
  id: "mail-server",
  before: ["standby"],
  // As an identity it signs in by an SDK, which takes its time to load.
  seconds: 20,
  wanted: ({ deployment: { standby } }) =>
    standby.outputs.mail.senderKind === "smtp"
      ? `${smtpHost}:${smtpPort} encrypts, and lets the shop sign in`
      : `${standby.outputs.mail.endpoint} answers, and lets us sign in`,
  fix: ({ deployment: { settings, standby } }) =>
    standby.outputs.mail.senderKind === "smtp"
      ? `renew the secret of the Entra application, set it as smtpApplication.secret and run \`pulumi up --stack ${settings.standby.name}\``
      : `run \`pulumi up --refresh --stack ${settings.standby.name}\`: it makes the service and its roles again`,
  look: async ({ deployment: { standby }, signal }) => {
    const { smtpUsername, senderKind, endpoint } = standby.outputs.mail;
    if (senderKind === "identity") return judgeEndpoint(endpoint, await askCommunication(endpoint, signal));
    const secret = standby.config.smtpApplication?.secret;
    const credentials =
      smtpUsername === undefined || secret === undefined
        ? undefined
        : { username: smtpUsername, password: secret };
    const session = await trySmtp(smtpHost, smtpPort, credentials, signal).catch((error: unknown) =>
      reason(error),
    );
    return judgeMailServer(session, credentials);
  },
};

/** 404 is the answer to who may send; the right of the app's own identity shows only when it sends. */
export function judgeEndpoint(
  endpoint: string,
  { status, said }: { readonly status: number; readonly said: string },
): Look {
  if (status === 404) return pass(`${endpoint} answers and has let us in`);
  if (status === 401 || status === 403)
    return unknown(
      `${endpoint} refuses us: ${String(status)} ${said.slice(0, 200)}`,
      "sign in as someone with the role Communication and Email Service Owner on the service, or Contributor",
    );
  return fail(`${endpoint} answers ${String(status)} ${said.slice(0, 200)}`);
}

function judgeMailServer(session: SmtpSession | string, credentials: SmtpCredentials | undefined): Look {
  if (typeof session === "string")
    return fail(
      `${smtpHost}:${smtpPort}: ${session}`,
      "look whether this network lets port 587 out, then at Azure's status",
    );
  if (session.mechanisms.length === 0) return fail(`${smtpHost}:${smtpPort} offers no sign-in`);
  if (credentials === undefined)
    return warn(
      `${smtpHost}:${smtpPort} encrypts and offers ${session.mechanisms.join(", ")}; no sign-in was tried`,
      "set smtpApplication in the standby stack's config, so that an expired secret shows here",
    );
  if (session.login !== "accepted")
    return fail(
      `${smtpHost}:${smtpPort} refuses ${credentials.username}: ${session.login?.refused ?? "no answer"}`,
    );
  return pass(`${smtpHost}:${smtpPort} encrypts and has let ${credentials.username} in`);
}

const firstLine = (text: string): string => text.split("\n")[0]?.trim() ?? text;
