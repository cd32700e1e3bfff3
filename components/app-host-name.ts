import * as web from "@pulumi/azure-native/web";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";
import { quoted } from "./text-record";

export interface AppHostNameArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly zoneId: pulumi.Input<string>;
  readonly appName: pulumi.Input<string>;
  readonly hostName: string;
  /** A zone's own name, which can be no plain CNAME. */
  readonly apex?: boolean;
  /** What proves the name; missing where another stack of the same subscription declares that record. */
  readonly verificationId?: pulumi.Input<string> | undefined;
}

/**
 * Lets the app answer to a public name before that name points anywhere near it. The edge passes the visitor's host
 * on, since cookies and redirects are made for it. No certificate: the edge speaks TLS to `azurewebsites.net`. An app
 * without an edge gets one by AppCertificate.
 */
export class AppHostName extends pulumi.ComponentResource {
  /** ARM id of the binding. */
  readonly bindingId: pulumi.Output<string>;

  constructor(name: string, args: AppHostNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AppHostName"), name, {}, opts);
    const { zoneId, hostName, apex = false, verificationId } = args;
    const proof =
      verificationId === undefined
        ? []
        : [
            new cloudflare.DnsRecord(
              `${name}-proof`,
              {
                zoneId,
                name: `asuid.${hostName}`,
                type: "TXT",
                content: pulumi.output(verificationId).apply(quoted),
                ttl: 60,
                proxied: false,
                comment: "Proves to App Service whose name this is",
              },
              { parent: this },
            ),
          ];
    const binding = new web.WebAppHostNameBinding(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        name: args.appName,
        siteName: args.appName,
        hostName,
        hostNameType: "Verified",
        customHostNameDnsRecordType: apex ? "A" : "CName",
        sslState: "Disabled",
      },
      // A certificate is bound afterwards, and renewed, beside this resource.
      { parent: this, dependsOn: proof, ignoreChanges: ["sslState", "thumbprint"] },
    );
    this.bindingId = binding.id;
    this.registerOutputs();
  }
}
