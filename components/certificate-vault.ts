import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { AcmeCertificate } from "./dynamic/acme-certificate";
import { componentType, type Place } from "./place";
import { grant, type PrincipalKind } from "./roles";

/** Who may have the certificate issued anew: an operator, or the standby's own job. */
export interface CertificateOfficer {
  readonly principalId: pulumi.Input<string>;
  readonly principalType: PrincipalKind;
}

export interface CertificateVaultArgs extends Place {
  readonly vaultName: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  /** Who may have it issued at the first `up`, by a name of their own, which their roles are named after. */
  readonly officers: Readonly<Record<string, CertificateOfficer>>;
  /** Names of the certificate; the first is its common name. */
  readonly hostNames: readonly string[];
  readonly zone: string;
  readonly zoneId: string;
  readonly directory: string;
  readonly email: string;
  /** Secret: an API token of Cloudflare that may edit the zone. */
  readonly cloudflareToken: pulumi.Input<string>;
}

/** Name of the certificate in the vault. */
const certificateName = "edge";
/** Name of the secret that each later issue takes Cloudflare's token from; operations/certificate reads it. */
const tokenName = "cloudflare-token";

/**
 * A vault of its own for the certificate of an ACME authority, with all that a later issue needs. Apart from the
 * app's vault, since whoever reads one of a vault's secrets by role reads them all, and the edge is to read no other.
 */
export class CertificateVault extends pulumi.ComponentResource {
  readonly vaultUrl: pulumi.Output<string>;
  readonly certificateName = certificateName;
  /** ARM id of the certificate's secret, once it has been issued. */
  readonly vaultSecretId: pulumi.Output<string>;
  private readonly own: {
    readonly name: string;
    readonly vaultId: pulumi.Output<string>;
    readonly subscriptionId: pulumi.Input<string>;
  };

  constructor(name: string, args: CertificateVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("CertificateVault"), name, {}, opts);
    const { resourceGroupName, location, tags, subscriptionId } = args;
    const parent = { parent: this };
    const vault = new keyvault.Vault(
      name,
      {
        resourceGroupName,
        vaultName: args.vaultName,
        location,
        properties: {
          tenantId: args.tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          enablePurgeProtection: true,
        },
        tags,
      },
      parent,
    );
    this.own = { name, vaultId: vault.id, subscriptionId };
    const roles = Object.entries(args.officers).flatMap(([who, officer]) => this.letRenew(who, officer));
    const token = new keyvault.Secret(
      `${name}-${tokenName}`,
      {
        resourceGroupName,
        vaultName: vault.name,
        secretName: tokenName,
        properties: { value: pulumi.secret(args.cloudflareToken) },
        tags,
      },
      parent,
    );
    this.vaultUrl = vault.properties.vaultUri;
    const certificate = new AcmeCertificate(
      `${name}-certificate`,
      {
        vaultId: vault.id,
        vaultUrl: this.vaultUrl,
        certificateName,
        hostNames: args.hostNames,
        zone: args.zone,
        zoneId: args.zoneId,
        directory: args.directory,
        email: args.email,
      },
      { parent: this, dependsOn: [...roles, token] },
    );
    this.vaultSecretId = certificate.vaultSecretId;
    this.registerOutputs({ vaultSecretId: this.vaultSecretId });
  }

  /** Lets a principal have the certificate issued anew: the roles for both halves of the vault. */
  letRenew(who: string, officer: CertificateOfficer): readonly pulumi.Resource[] {
    const { name, vaultId, subscriptionId } = this.own;
    return [
      ["certificates", "keyVaultCertificatesOfficer"] as const,
      ["secrets", "keyVaultSecretsOfficer"] as const,
    ].map(([half, role]) =>
      grant(`${name}-${who}-${half}`, { scope: vaultId, role, ...officer, subscriptionId }, this),
    );
  }
}
