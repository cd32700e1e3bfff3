import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";
import { grant, type PrincipalKind } from "./roles";

export interface ImageStorageArgs extends Place {
  readonly accountName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  /** Entra object ids that may upload. */
  readonly operatorObjectIds: readonly string[];
  readonly operatorKind: PrincipalKind;
}

/** The images' only origin: read by anyone through the edge, written only by named operators. */
export class ImageStorage extends pulumi.ComponentResource {
  readonly accountName: pulumi.Output<string>;
  readonly container: pulumi.Output<string>;
  /** Host of the account's blobs. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: ImageStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("ImageStorage"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const account = new storage.StorageAccount(
      name,
      {
        resourceGroupName,
        accountName: args.accountName,
        location,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        accessTier: "Hot",
        // HTTPS alone is the default of this API version.
        minimumTlsVersion: "TLS1_2",
        // Front Door Standard has no private link to storage, and images are public anyhow.
        allowBlobPublicAccess: true,
        publicNetworkAccess: "Enabled",
        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        tags,
      },
      { parent: this },
    );
    const service = new storage.BlobServiceProperties(
      `${name}-service`,
      {
        resourceGroupName,
        accountName: account.name,
        blobServicesName: "default",
        deleteRetentionPolicy: { enabled: true, days: 14 },
        containerDeleteRetentionPolicy: { enabled: true, days: 14 },
      },
      { parent: this },
    );
    const container = new storage.BlobContainer(
      `${name}-images`,
      { resourceGroupName, accountName: account.name, containerName: "images", publicAccess: "Blob" },
      { parent: this, dependsOn: [service] },
    );
    args.operatorObjectIds.forEach((principalId) =>
      grant(
        `${name}-uploader-${principalId}`,
        {
          scope: account.id,
          role: "storageBlobDataContributor",
          principalId,
          principalType: args.operatorKind,
          subscriptionId: args.subscriptionId,
        },
        this,
      ),
    );
    this.accountName = account.name;
    this.container = container.name;
    this.host = account.primaryEndpoints.apply((endpoints) => new URL(endpoints.blob).host);
    this.registerOutputs({ accountName: this.accountName, container: this.container });
  }
}
