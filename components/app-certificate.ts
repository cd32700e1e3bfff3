import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { AppTls } from "./dynamic/app-tls";
import { componentType, type Place } from "./place";

export interface AppCertificateArgs extends Place {
  readonly planId: pulumi.Input<string>;
  /** ARM id of the host name's binding. */
  readonly bindingId: pulumi.Input<string>;
  readonly hostName: string;
}

/**
 * App Service's own certificate of a bound host name: free, issued once the name is bound and its CNAME leads straight
 * to the app, renewed 45 days before its end as long as that stays so
 * (learn.microsoft.com, app-service/configure-ssl-certificate: Create a free managed certificate). A zone's own name has
 * to lead to the app's address, and proves itself by what the app serves over HTTP, which has to be public for it
 * (azure.github.io/AppService, Managed Certificate now supports apex domains). The binding needs the certificate and the
 * certificate the binding, so that a third resource joins them (pulumi-azure-native#578). It depends on the binding:
 * asked for before, Azure refuses.
 */
export class AppCertificate extends pulumi.ComponentResource {
  constructor(name: string, args: AppCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AppCertificate"), name, {}, opts);
    const certificate = new web.Certificate(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        name: args.hostName,
        location: args.location,
        serverFarmId: args.planId,
        canonicalName: args.hostName,
        tags: args.tags,
      },
      { parent: this },
    );
    new AppTls(
      `${name}-binding`,
      { bindingId: args.bindingId, certificateId: certificate.id, hostName: args.hostName },
      { parent: this },
    );
    this.registerOutputs();
  }
}
