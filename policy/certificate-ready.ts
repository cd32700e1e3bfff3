import { runsStandby } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown } from "./values";

export const certificateReady = rule(
  "certificate-ready",
  "Every public name has its certificate before it leads here, and a way to renew it while it leads elsewhere. In the " +
    "story it was asked for and installed by hand, while the shop stood still.",
  (stack, verdict) => {
    const domains = stack.of(types.customDomain);
    if (domains.length === 0 && !runsStandby(stack)) return;
    judgeNames(domains, verdict);
    for (const domain of domains) {
      const kind = at(domain.inputs, "tlsSettings.certificateType");
      if (kind instanceof NotKnown) verdict.open(domain, "tlsSettings.certificateType", kind);
      else if (kind === "CustomerCertificate") judgeOwn(stack, verdict, domain);
      else judgeManaged(stack, verdict, domain);
    }
    if (stack.of(types.acmeCertificate).length > 0) judgeRenewal(stack, verdict);
  },
);

/**
 * The name that is moved, the domain itself that follows it, the name that images come from, and one by which the standby
 * can be probed at any time.
 */
function judgeNames(domains: readonly Resource[], verdict: Verdict): void {
  const hosts = domains.map(({ inputs }) => at(inputs, "hostName"));
  domains.forEach((domain, index) => {
    const host = hosts[index];
    if (host instanceof NotKnown) verdict.open(domain, "hostName", host);
  });
  // A name that is not known yet may be the one.
  if (hosts.some((host) => host instanceof NotKnown)) return;
  for (const part of ["www", "standby", "images"])
    if (!hosts.some((host) => typeof host === "string" && host.startsWith(`${part}.`)))
      verdict.wrong(
        undefined,
        `no custom domain ${part}.<domain> at the edge; wanted: one each for www, standby and images, so that each has ` +
          "its certificate beforehand. Fix: declare an AFDCustomDomain for it.",
      );
  const names = hosts.filter((host) => typeof host === "string");
  for (const name of names.filter((one) => one.startsWith("www.")))
    if (!names.includes(name.slice("www.".length)))
      verdict.wrong(
        undefined,
        `no custom domain ${name.slice("www.".length)} at the edge; wanted: one, since whoever types the domain alone ` +
          `follows ${name} to the edge, which knows it by its own name only. Fix: declare an AFDCustomDomain for it.`,
      );
}

/** One that the edge issues and renews for a name that leads elsewhere, only by a proof in DNS. */
function judgeManaged(stack: Stack, verdict: Verdict, domain: Resource): void {
  const host = at(domain.inputs, "hostName");
  if (typeof host !== "string") return;
  const proof = `_dnsauth.${host}`;
  const record = candidate(stack, verdict, (name) => name === proof);
  if (record === "open") return;
  if (record === undefined)
    verdict.wrong(
      domain,
      `${proof} has no TXT record; wanted: one with the domain's validation token, by which the edge issues the ` +
        "certificate before the name leads there. Fix: declare it.",
    );
  else if (!record.madeFrom(domain, "content"))
    verdict.wrong(
      record,
      `content of ${record.name} is not made from ${domain.name}; wanted: its validation token of today, since a ` +
        "renewal needs a new one. Fix: take it from getAFDCustomDomainOutput.",
    );
}

function candidate(
  stack: Stack,
  verdict: Verdict,
  wanted: (name: string) => boolean,
): Resource | "open" | undefined {
  const records = stack.of(types.dnsRecord).filter(({ inputs }) => at(inputs, "type") === "TXT");
  const found = records.find(({ inputs }) => {
    const name = at(inputs, "name");
    return typeof name === "string" && wanted(name);
  });
  if (found !== undefined) return found;
  for (const record of records) {
    const name = at(record.inputs, "name");
    if (!(name instanceof NotKnown)) continue;
    verdict.open(record, "name", name);
    return "open";
  }
  return undefined;
}

/** One from a vault, always its newest version. */
function judgeOwn(stack: Stack, verdict: Verdict, domain: Resource): void {
  const secrets = stack.of(types.edgeSecret).filter((secret) => domain.madeFrom(secret, "tlsSettings"));
  if (secrets.length === 0)
    verdict.wrong(
      domain,
      `tlsSettings of ${domain.name} refers to no Secret of this profile; wanted: one made from a vault. Fix: set ` +
        "tlsSettings.secret.id to the Secret's id.",
    );
  for (const secret of secrets) {
    verdict.check(
      secret,
      "parameters.useLatestVersion",
      (value) => value === true,
      "true, so that a renewed certificate is taken up by itself",
      "set parameters.useLatestVersion to true",
    );
    const host = at(domain.inputs, "hostName");
    for (const issued of stack.of(types.acmeCertificate))
      if (secret.madeFrom(issued, "parameters") && typeof host === "string")
        verdict.check(
          issued,
          "hostNames",
          (names) => items(names).includes(host),
          `${host} among them`,
          "add it to hostNames",
        );
  }
}

/** An authority's certificate ends after 90 days or less: the job has it issued anew. */
function judgeRenewal(stack: Stack, verdict: Verdict): void {
  const path = "siteConfig.appSettings";
  for (const app of stack.of(types.webApp)) {
    const settings = at(app.inputs, path);
    if (settings instanceof NotKnown) {
      verdict.open(app, path, settings);
      return;
    }
    const schedule = items(settings).find((one) => at(one, "name") === "RENEW_SCHEDULE");
    const value = at(schedule, "value");
    if (value instanceof NotKnown) {
      verdict.open(app, `${path}.RENEW_SCHEDULE`, value);
      return;
    }
    if (typeof value === "string" && value !== "") return;
  }
  verdict.wrong(
    undefined,
    "no job renews the certificate; wanted: an app with a RENEW_SCHEDULE, since an authority's certificate ends within " +
      "90 days. Fix: declare the standby's Job.",
  );
}
