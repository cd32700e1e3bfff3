import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
import { componentType } from "./place";
import { grant } from "./roles";

export interface EdgeCertificateArgs extends EdgeProfile {
  /** ARM id of the certificate's secret: `<vault>/secrets/<certificate>`, of the same subscription. */
  readonly vaultSecretId: pulumi.Input<string>;
  /** Object id of the profile's own identity. */
  readonly principalId: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
}

/**
 * A certificate of one's own at the edge: a reference into a vault, always to its newest version, which the edge
 * fetches by itself (learn.microsoft.com/azure/frontdoor/domain, "Renew customer-managed TLS certificates").
 */
export class EdgeCertificate extends pulumi.ComponentResource {
  /** Known once the edge may read the certificate. */
  readonly secretId: pulumi.Output<string>;

  constructor(name: string, args: EdgeCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeCertificate"), name, {}, opts);
    // The role that Azure's page names, on the vault: learn.microsoft.com/azure/frontdoor/managed-identity.
    const reader = grant(
      `${name}-reader`,
      {
        scope: pulumi.output(args.vaultSecretId).apply(vaultOf),
        role: "keyVaultSecretsUser",
        principalId: args.principalId,
        principalType: "ServicePrincipal",
        subscriptionId: args.subscriptionId,
      },
      this,
    );
    const secret = new cdn.Secret(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: args.profileName,
        secretName: "certificate",
        parameters: {
          type: "CustomerCertificate",
          secretSource: { id: args.vaultSecretId },
          useLatestVersion: true,
        },
      },
      // Azure reads the certificate as it takes the reference.
      { parent: this, dependsOn: [reader] },
    );
    this.secretId = secret.id;
    this.registerOutputs({ secretId: this.secretId });
  }
}

/** The vault that a secret lies in, both by their ARM ids. */
export const vaultOf = (vaultSecretId: string): string => vaultSecretId.replace(/\/secrets\/[^/]+$/i, "");
