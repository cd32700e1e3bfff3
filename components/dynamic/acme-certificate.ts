import * as pulumi from "@pulumi/pulumi";
import { OperationResource } from "./operation-resource";

export interface AcmeCertificateArgs {
  /** ARM id of the vault. */
  readonly vaultId: pulumi.Input<string>;
  readonly vaultUrl: pulumi.Input<string>;
  readonly certificateName: string;
  /** Names of the certificate; the first is its common name. */
  readonly hostNames: readonly string[];
  readonly zone: string;
  readonly zoneId: string;
  /** URL of the ACME directory. */
  readonly directory: string;
  readonly email: string;
}

/**
 * A certificate of an ACME authority in a vault: issued at the first `pulumi up`, and anew when its names or its
 * authority change. Its key is made in the vault and never leaves it, so that the state holds no secret. Renewals are
 * no business of an `up`: `standby certificate renew` and the standby's own job have them.
 */
export class AcmeCertificate extends OperationResource {
  /** ARM id of the certificate's secret, which holds its newest version. */
  declare readonly vaultSecretId: pulumi.Output<string>;

  constructor(name: string, args: AcmeCertificateArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "AcmeCertificate",
      "components/dynamic/acme-certificate-provider",
      name,
      { ...args, vaultSecretId: undefined },
      opts,
    );
  }
}
