import type * as pulumi from "@pulumi/pulumi";
import { CertificateVault } from "../components/certificate-vault";
import type { Edge } from "../components/edge";
import { EdgeCertificate } from "../components/edge-certificate";
import type { Hosts } from "../components/names";
import type { Place } from "../components/place";
import type { StandbySettings } from "../settings";

interface CertificateArgs {
  readonly settings: StandbySettings;
  readonly hosts: Hosts;
  readonly place: Place;
  readonly vaultName: pulumi.Output<string>;
  readonly tenantId: pulumi.Output<string>;
  readonly subscriptionId: pulumi.Output<string>;
  readonly edge: Edge;
}

/** Where the edge's certificate is from. */
export interface StandbyCertificate {
  /** ARM id of the profile's reference to it; undefined: each domain has a managed one. */
  readonly secretId: pulumi.Output<string> | undefined;
  /** The vault that it is issued into, where the standby has one of its own. */
  readonly vault?: CertificateVault;
  /** What operations renew it by. */
  readonly output: object;
}

/** The certificate of the names at the edge, of whichever kind. */
export function edgeCertificate(args: CertificateArgs): StandbyCertificate {
  const { settings, hosts, place, edge, tenantId, subscriptionId } = args;
  const { certificate } = settings;
  if (certificate.kind === "managed" || edge.principalId === undefined)
    return { secretId: undefined, output: { kind: "managed" } };
  const profile = {
    resourceGroupName: place.resourceGroupName,
    profileName: edge.profileName,
    principalId: edge.principalId,
    subscriptionId,
  };
  if (certificate.kind === "keyVault") {
    const { secretId } = new EdgeCertificate("certificate", { ...profile, ...certificate });
    return { secretId, output: certificate };
  }
  const { cloudflareToken, directory, renewBeforeDays } = certificate;
  const issued = {
    directory,
    email: certificate.email ?? settings.alertEmail,
    hostNames: [hosts.public, hosts.apex, hosts.standby, hosts.images],
    zone: settings.domain,
    zoneId: settings.zoneId,
  };
  const operators = settings.operatorObjectIds.map(
    (principalId) => [principalId, { principalId, principalType: settings.operatorKind }] as const,
  );
  const vault = new CertificateVault("certificate-vault", {
    ...place,
    vaultName: args.vaultName,
    tenantId,
    subscriptionId,
    officers: Object.fromEntries(operators),
    ...issued,
    cloudflareToken,
  });
  const { secretId } = new EdgeCertificate("certificate", { ...profile, vaultSecretId: vault.vaultSecretId });
  const { vaultUrl, certificateName } = vault;
  return { secretId, vault, output: { kind: "acme", vaultUrl, certificateName, ...issued, renewBeforeDays } };
}
