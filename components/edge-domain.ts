import * as cdn from "@pulumi/azure-native/cdn";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
import { componentType } from "./place";
import { quoted } from "./text-record";
import { validationToken } from "./validation-token";

export interface EdgeDomainArgs extends EdgeProfile {
  readonly zoneId: pulumi.Input<string>;
  readonly hostName: string;
  /** ARM id of the profile's secret with a certificate of one's own; left out, Front Door issues one. */
  readonly certificateId?: pulumi.Input<string> | undefined;
}

/**
 * A public name at the edge, with its certificate, before any cutover. A managed one is issued by the TXT record made
 * here. With one's own there is none: that the certificate names the host proves whose it is
 * (learn.microsoft.com/azure/frontdoor/standard-premium/how-to-add-custom-domain, "BYOC-based domain ownership").
 */
export class EdgeDomain extends pulumi.ComponentResource {
  readonly domainId: pulumi.Output<string>;
  readonly domainName: pulumi.Output<string>;
  readonly hostName: string;

  constructor(name: string, args: EdgeDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeDomain"), name, {}, opts);
    const { resourceGroupName, profileName, certificateId } = args;
    const managed = certificateId === undefined;
    const hostName = managed ? certifiable(args.hostName) : args.hostName;
    const domain = new cdn.AFDCustomDomain(
      name,
      {
        resourceGroupName,
        profileName,
        customDomainName: hostName.replaceAll(".", "-"),
        hostName,
        tlsSettings: {
          certificateType: managed ? "ManagedCertificate" : "CustomerCertificate",
          minimumTlsVersion: "TLS12",
          ...(managed ? {} : { secret: { id: certificateId } }),
        },
      },
      { parent: this },
    );
    if (managed)
      new cloudflare.DnsRecord(
        `${name}-validation`,
        {
          zoneId: args.zoneId,
          name: `_dnsauth.${hostName}`,
          type: "TXT",
          content: validationToken(domain, args, this).apply(quoted),
          ttl: 60,
          proxied: false,
          comment: "Proves to Front Door whose name this is",
        },
        { parent: this },
      );
    this.domainId = domain.id;
    this.domainName = domain.name;
    this.hostName = hostName;
    this.registerOutputs({ domainId: this.domainId });
  }
}

/** A host name that a managed certificate can be issued for. @throws RunError for a longer one */
export function certifiable(hostName: string): string {
  if (hostName.length <= 64) return hostName;
  throw new pulumi.RunError(
    `${hostName} has ${String(hostName.length)} characters; a managed certificate takes 64 at most. Fix: use a shorter domain`,
  );
}
