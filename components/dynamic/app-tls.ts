import type * as pulumi from "@pulumi/pulumi";
import { OperationResource } from "./operation-resource";

export interface AppTlsArgs {
  /** ARM id of the host name's binding to its app. */
  readonly bindingId: pulumi.Input<string>;
  /** ARM id of the certificate. */
  readonly certificateId: pulumi.Input<string>;
  readonly hostName: pulumi.Input<string>;
}

/**
 * A host name's binding with a certificate, by SNI. App Service takes the certificate only for a name that is bound,
 * and binds it by its thumbprint, which every renewal changes: so it is joined by its id, after both are there.
 */
export class AppTls extends OperationResource {
  constructor(name: string, args: AppTlsArgs, opts: pulumi.CustomResourceOptions) {
    super("AppTls", "components/dynamic/app-tls-provider", name, { ...args }, opts);
  }
}
