import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";
import { grant, type PrincipalKind } from "./roles";

export interface FileStorageArgs extends Place {
  readonly accountName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  /** Entra object id of whoever runs Pulumi: puts packages in place. */
  readonly deployerObjectId: pulumi.Input<string>;
  /** Entra object ids that may read and write everything here. */
  readonly operatorObjectIds: readonly string[];
  readonly operatorKind: PrincipalKind;
}

/**
 * Files that nobody reads from outside: the apps' packages, and what customers once uploaded. Apart from the images,
 * whose account has to be open. Signed in for, always: no keys, nothing public.
 */
export class FileStorage extends pulumi.ComponentResource {
  readonly accountName: pulumi.Output<string>;
  /** Container of the packages: its name, once whoever runs Pulumi may write to it. */
  readonly packages: pulumi.Output<string>;
  /** ARM id of the container of the packages, to grant roles on. */
  readonly packagesId: pulumi.Output<string>;
  /** Container of the uploads: its name. */
  readonly uploads: pulumi.Output<string>;
  readonly uploadsId: pulumi.Output<string>;
  private readonly own: { readonly name: string; readonly subscriptionId: pulumi.Input<string> };

  constructor(name: string, args: FileStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("FileStorage"), name, {}, opts);
    const { resourceGroupName, location, tags, subscriptionId } = args;
    const account = new storage.StorageAccount(
      name,
      {
        resourceGroupName,
        accountName: args.accountName,
        location,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        accessTier: "Hot",
        minimumTlsVersion: "TLS1_2",
        allowBlobPublicAccess: false,
        // The operator's machine and App Service's platform, which fetches packages, come over the public endpoint.
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
    const container = (containerName: string) =>
      new storage.BlobContainer(
        `${name}-${containerName}`,
        { resourceGroupName, accountName: account.name, containerName, publicAccess: "None" },
        { parent: this, dependsOn: [service] },
      );
    const packages = container("packages");
    const uploads = container("uploads");
    // Scopes that differ from the operators': who deploys may be one of them, and Azure refuses a second assignment of
    // a role to the same principal at the same scope. Its first holder keeps it: two operators must not take it from
    // each other with every `up`; the second has the right by operatorObjectIds.
    const deployer = grant(
      `${name}-deployer`,
      {
        scope: packages.id,
        role: "storageBlobDataContributor",
        principalId: args.deployerObjectId,
        subscriptionId,
      },
      this,
      { ignoreChanges: ["principalId"] },
    );
    args.operatorObjectIds.forEach((principalId) =>
      grant(
        `${name}-operator-${principalId}`,
        {
          scope: account.id,
          role: "storageBlobDataContributor",
          principalId,
          principalType: args.operatorKind,
          subscriptionId,
        },
        this,
      ),
    );
    this.accountName = account.name;
    this.packages = pulumi.all([packages.name, deployer.id]).apply(([own]) => own);
    this.packagesId = packages.id;
    this.uploads = uploads.name;
    this.uploadsId = uploads.id;
    this.own = { name, subscriptionId };
    this.registerOutputs({ accountName: this.accountName });
  }

  /** Lets an app's identity run its package from here: what that app has to depend on. */
  letRun(part: string, principalId: pulumi.Input<string>): pulumi.Resource {
    return this.letApp(`${part}-reader`, this.packagesId, "storageBlobDataReader", principalId);
  }

  /** Lets an app's identity read and write the uploads. */
  letUpload(part: string, principalId: pulumi.Input<string>): pulumi.Resource {
    return this.letApp(`${part}-uploads`, this.uploadsId, "storageBlobDataContributor", principalId);
  }

  private letApp(
    part: string,
    scope: pulumi.Output<string>,
    role: "storageBlobDataReader" | "storageBlobDataContributor",
    principalId: pulumi.Input<string>,
  ): pulumi.Resource {
    const { name, subscriptionId } = this.own;
    return grant(
      `${name}-${part}`,
      { scope, role, principalId, principalType: "ServicePrincipal", subscriptionId },
      this,
    );
  }
}
