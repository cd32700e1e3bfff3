import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";
import { grant } from "./roles";

export interface AppVaultArgs extends Place {
  readonly vaultName: pulumi.Input<string>;
  readonly identityName: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  /** The app's secrets by name: letters, digits and hyphens. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The app's secrets, and the identity by which it alone reads them. */
export class AppVault extends pulumi.ComponentResource {
  /** The identity that the app runs as. */
  readonly identityId: pulumi.Output<string>;
  /** Its object id, which roles are given to. */
  readonly principalId: pulumi.Output<string>;
  /** Its client id, by which the app asks for tokens. */
  readonly clientId: pulumi.Output<string>;
  private readonly references: ReadonlyMap<string, pulumi.Output<string>>;
  private readonly secretIds = new Map<string, pulumi.Output<string>>();
  private readonly own: { readonly name: string; readonly subscriptionId: pulumi.Input<string> };

  constructor(name: string, args: AppVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AppVault"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const parent = { parent: this };

    // Made before the app, so that its rights have arrived when the app first looks for its settings.
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-identity`,
      { resourceGroupName, resourceName: args.identityName, location, tags },
      parent,
    );
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
    const reader = grant(
      `${name}-reader`,
      {
        scope: vault.id,
        role: "keyVaultSecretsUser",
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
        subscriptionId: args.subscriptionId,
      },
      this,
    );

    this.identityId = identity.id;
    this.principalId = identity.principalId;
    this.clientId = identity.clientId;
    this.own = { name, subscriptionId: args.subscriptionId };
    this.references = new Map(
      Object.entries(args.secrets).map(([secretName, value]) => {
        const secret = new keyvault.Secret(
          `${name}-${secretName}`,
          {
            resourceGroupName,
            vaultName: vault.name,
            secretName,
            properties: { value: pulumi.secret(value) },
            tags,
          },
          parent,
        );
        this.secretIds.set(secretName, secret.id);
        // No version in it: the app follows when a secret is renewed.
        const reference = pulumi
          .all([vault.properties, secret.name, reader.id])
          .apply(
            ([properties, own]) => `@Microsoft.KeyVault(SecretUri=${properties.vaultUri}secrets/${own})`,
          );
        return [secretName, reference] as const;
      }),
    );
    this.registerOutputs({ identityId: this.identityId });
  }

  /** Lets the app's identity pull images from a registry, by the registry's ARM id. */
  letPull(registryId: string): pulumi.Resource {
    const { name, subscriptionId } = this.own;
    return grant(
      `${name}-pull`,
      {
        scope: registryId,
        role: "acrPull",
        principalId: this.principalId,
        principalType: "ServicePrincipal",
        subscriptionId,
      },
      this,
    );
  }

  /** What an app setting holds in place of a secret; known once the app may read it. */
  reference(secretName: string): pulumi.Output<string> {
    const reference = this.references.get(secretName);
    if (reference === undefined) throw new Error(`the vault holds no secret ${secretName}`);
    return reference;
  }

  /** Lets another identity read one secret; what its app setting holds in place of it, known once it may. */
  letRead(part: string, secretName: string, principalId: pulumi.Input<string>): pulumi.Output<string> {
    const scope = this.secretIds.get(secretName);
    if (scope === undefined) throw new Error(`the vault holds no secret ${secretName}`);
    const { name, subscriptionId } = this.own;
    const allowed = grant(
      `${name}-${part}-${secretName}`,
      { scope, role: "keyVaultSecretsUser", principalId, principalType: "ServicePrincipal", subscriptionId },
      this,
    );
    return pulumi.all([this.reference(secretName), allowed.id]).apply(([reference]) => reference);
  }
}
