import * as communication from "@pulumi/azure-native/communication";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { spf } from "../settings/mail-service";
import { MailVerification } from "./dynamic/mail-verification";
import { componentType } from "./place";
import { quoted } from "./text-record";

export interface MailDomainArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  readonly zoneId: pulumi.Input<string>;
  readonly emailServiceName: pulumi.Input<string>;
  readonly domainName: string;
  /** Host that takes the mail sent to the domain. */
  readonly exchange?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Everything of ours is signed: what is not is not ours. */
export const dmarc = "v=DMARC1; p=quarantine; adkim=s; aspf=r";

/** A domain to send mail from: its records in DNS, and the proof of them. */
export class MailDomain extends pulumi.ComponentResource {
  readonly domainName: pulumi.Output<string>;
  /** ARM id, known only once the domain is verified: what may be linked. */
  readonly verifiedDomainId: pulumi.Output<string>;

  constructor(name: string, args: MailDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("MailDomain"), name, {}, opts);
    const { domainName } = args;
    const domain = new communication.Domain(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        emailServiceName: args.emailServiceName,
        domainName,
        location: "global",
        domainManagement: "CustomerManaged",
        userEngagementTracking: "Disabled",
        tags: args.tags,
      },
      { parent: this },
    );
    const record = (
      part: string,
      type: "TXT" | "CNAME" | "MX",
      recordName: pulumi.Input<string>,
      content: pulumi.Input<string>,
    ) =>
      new cloudflare.DnsRecord(
        `${name}-${part}`,
        {
          zoneId: args.zoneId,
          name: recordName,
          type,
          content: type === "TXT" ? pulumi.output(content).apply(quoted) : content,
          ...(type === "MX" ? { priority: 10 } : {}),
          ttl: 300,
          proxied: false,
          comment: "Mail sender",
        },
        { parent: this },
      );
    const asked = domain.verificationRecords;
    const dkim = (part: "dKIM" | "dKIM2") =>
      record(
        part.toLowerCase(),
        "CNAME",
        asked.apply((records) => dkimName(records[part]?.name ?? "", domainName)),
        asked.apply((records) => records[part]?.value ?? ""),
      );
    const records = [
      record(
        "ownership",
        "TXT",
        domainName,
        asked.apply((all) => all.domain?.value ?? ""),
      ),
      record("spf", "TXT", domainName, spf),
      dkim("dKIM"),
      dkim("dKIM2"),
      record("dmarc", "TXT", `_dmarc.${domainName}`, dmarc),
      ...(args.exchange === undefined ? [] : [record("exchange", "MX", domainName, args.exchange)]),
    ];
    const verification = new MailVerification(
      `${name}-verification`,
      {
        subscriptionId: args.subscriptionId,
        resourceGroupName: args.resourceGroupName,
        emailServiceName: args.emailServiceName,
        domainName: domain.name,
        domainId: domain.id,
      },
      { parent: this, dependsOn: records },
    );
    this.domainName = domain.name;
    this.verifiedDomainId = verification.verifiedDomainId;
    this.registerOutputs({ domainName: this.domainName, verifiedDomainId: this.verifiedDomainId });
  }
}

/** Azure gives a DKIM record's name relative to the zone, to the domain, or in full; only its selector is certain. */
export function dkimName(given: string, domainName: string): string {
  const selector = given.split("._domainkey")[0] ?? "";
  return `${selector}._domainkey.${domainName}`;
}
