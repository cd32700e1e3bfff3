import type { AppContent } from "../components/app-service";
import { PackageUpload, type PackageSource } from "../components/dynamic/package-upload";
import type { FileStorage } from "../components/file-storage";
import type * as pulumi from "@pulumi/pulumi";
import type { StandbySettings } from "../settings";

/** The settings that say what an app runs. */
type ContentSettings = Pick<StandbySettings, "appContainer" | "appRuntime" | "appStart">;

/** What an app runs, and what tells it from another version of it. */
export interface PlannedContent {
  readonly content: AppContent;
  /** The package's address or path, or the image. */
  readonly source: string;
  /** Hash of the package; an image has its own in the registry. */
  readonly hash: pulumi.Output<string> | undefined;
}

const sourceOf = (given: string): PackageSource =>
  given.startsWith("https://") ? { kind: "url", url: given } : { kind: "file", path: given };

/** Brings a package into storage, or takes an image as it is. The settings hold one of the two. */
export function appContent(
  name: string,
  given: string,
  { appContainer, appRuntime, appStart }: ContentSettings,
  files: FileStorage,
): PlannedContent {
  if (appContainer !== undefined)
    return {
      content: { kind: "container", image: given, start: appStart },
      source: given,
      hash: undefined,
    };
  const { url, version } = new PackageUpload(
    `${name}-package`,
    { account: files.accountName, container: files.packages, label: "shop", source: sourceOf(given) },
    {},
  );
  return {
    content: { kind: "package", url, runtime: appRuntime, start: appStart ?? "" },
    source: given,
    hash: version,
  };
}
