import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { z } from "zod";
import { holdsRole, roles } from "../azure/access";
import { pick } from "../azure/rules";
import type { Cloud } from "../cloud";

/** What an app is started as. */
export interface Runnable {
  readonly folder: string;
  readonly command: string;
}

/** What stands in for an app whose package cannot be run. */
export const placeholder: Runnable = { folder: __dirname, command: "node no-package.cjs" };

/** How a blob is addressed; App Service wants the address to end with `.zip` (deploy-run-package.md). */
const blobUrl = /^https:\/\/([a-z0-9]{3,24})\.blob\.core\.windows\.net\/([^/?]+)\/([^?]+\.zip)$/;
const containerSchema = z.object({ accountName: z.string(), containerName: z.string() });
const readers = [roles.storageBlobDataReader, roles.storageBlobDataContributor, roles.storageBlobDataOwner];

/**
 * The folder that an app's package was unzipped into, or why App Service could not run it: it fetches the blob by the
 * app's own identity, which has to be allowed to read it.
 *
 * @param principal of the identity named by WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID, where the app has it
 */
export function packageFolder(
  url: string,
  principal: string | undefined,
  cloud: Cloud,
): { readonly folder: string } | { readonly refusal: string } {
  const refuse = (why: string) => ({ refusal: `package ${JSON.stringify(url)} ${why}` });
  const [, account = "", container = "", blob = ""] = blobUrl.exec(url) ?? [];
  if (account === "") return refuse("is no blob of a storage account, with an address that ends with .zip");
  const stored = cloud.world.ofType("storage:BlobContainer").find(({ values }) => {
    const found = pick(containerSchema, values);
    return found.accountName === account && found.containerName === container;
  });
  if (stored === undefined) return refuse("lies in no container that is declared");
  if (principal === undefined)
    return refuse(
      "cannot be fetched: WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID names no identity of the app",
    );
  if (!holdsRole(cloud.world, principal, stored.id, readers))
    return refuse("cannot be fetched: the app's identity has no role that reads blobs there");
  const body = cloud.parts.blobs.read(account, container, decodeURIComponent(blob));
  if (body === undefined) return refuse("does not exist");
  try {
    return { folder: unzipped(body, path.join(cloud.settings.folder, "packages")) };
  } catch (error) {
    return refuse(`is no zip archive: ${String(error)}`);
  }
}

/** Unzips into a folder named by the content, once; App Service mounts a package read-only, so it stays as it is. */
function unzipped(body: Buffer, base: string): string {
  const folder = path.join(base, createHash("sha256").update(body).digest("hex").slice(0, 16));
  if (existsSync(folder)) return folder;
  const entries = Object.entries(unzipSync(body));
  const making = `${folder}.new`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  for (const [name, content] of entries) {
    const file = path.join(making, name);
    if (!file.startsWith(`${making}${path.sep}`)) throw new Error(`${name} leads out of it`);
    if (name.endsWith("/")) mkdirSync(file, { recursive: true });
    else {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  renameSync(making, folder);
  return folder;
}
