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
  readonly verificationId: pulumi.Input<string>;
}

/**
 * Lets the app answer to a public name before that name points anywhere near it. The edge passes the visitor's host
 * on, since cookies and redirects are made for it. No certificate: the edge speaks TLS to `azurewebsites.net`.
 */
export class AppHostName extends pulumi.ComponentResource {
  constructor(name: string, args: AppHostNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AppHostName"), name, {}, opts);
    const proof = new cloudflare.DnsRecord(
      `${name}-proof`,
      {
        zoneId: args.zoneId,
        name: `asuid.${args.hostName}`,
        type: "TXT",
        content: pulumi.output(args.verificationId).apply(quoted),
        ttl: 60,
        proxied: false,
        comment: "Proves to App Service whose name this is",
      },
      { parent: this },
    );
    new web.WebAppHostNameBinding(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        name: args.appName,
        siteName: args.appName,
        hostName: args.hostName,
        hostNameType: "Verified",
        customHostNameDnsRecordType: "CName",
        sslState: "Disabled",
      },
      { parent: this, dependsOn: [proof] },
    );
    this.registerOutputs();
  }
}
