import * as pulumi from "@pulumi/pulumi";
import { OperationResource } from "./operation-resource";
import type { PackageSource } from "./package-upload-provider";

export type { PackageSource };

export interface PackageUploadArgs {
  /** Storage account and container that take the package. */
  readonly account: pulumi.Input<string>;
  readonly container: pulumi.Input<string>;
  /** What the package is called in storage, before its version: lower-case letters, digits, hyphens. */
  readonly label: string;
  readonly source: PackageSource;
}

/**
 * An app's zip package in storage, from where App Service runs it. Its name holds its version, so that another package
 * is another address, which restarts the app; packages of before stay, so that going back is as quick.
 *
 * A file or a bundle of this project is hashed whenever Pulumi looks, so that a preview shows its change; what is
 * behind a URL counts as the same as long as the URL does.
 */
export class PackageUpload extends OperationResource {
  /** For WEBSITE_RUN_FROM_PACKAGE: `https://<account>.blob.core.windows.net/<container>/<label>-<version>.zip`. */
  declare readonly url: pulumi.Output<string>;
  /** The first 12 hexadecimal digits of the zip's SHA-256. */
  declare readonly version: pulumi.Output<string>;

  constructor(name: string, args: PackageUploadArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "PackageUpload",
      "components/dynamic/package-upload-provider",
      name,
      { ...args, url: undefined, version: undefined },
      opts,
    );
  }
}
