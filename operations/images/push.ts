import type { BlobItem, ContainerClient } from "@azure/storage-blob" with { "resolution-mode": "import" };
import { imageCacheControlOf, isImmutable } from "../../settings/image-cache";
import { azureCredential } from "../azure-credential";
import { outside, refusal } from "../fault";
import type { Io } from "../io";
import { md5, type LocalImage } from "./files";

/** Result of a push: part of the command line's contract. */
export interface Pushed {
  readonly uploaded: number;
  readonly unchanged: number;
  /** Of what was uploaded. */
  readonly bytes: number;
}

const parallel = 8;
/** Files up to this many bytes go up in one call. */
const singleShot = 64 << 20;

/** The container of the image storage. */
export async function imageContainer(storage: {
  readonly account: string;
  readonly container: string;
}): Promise<ContainerClient> {
  // Loaded only here: the SDK takes longer to load than the other commands take to run.
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const service = new BlobServiceClient(
    `https://${storage.account}.blob.core.windows.net`,
    await azureCredential(),
    { retryOptions: { maxTries: 3 } },
  );
  return service.getContainerClient(storage.container);
}

/**
 * Uploads what is new or differs in content, type or caching; deletes nothing. Safe to run again after any failure.
 *
 * @throws Fault (1) not allowed; (3) storage not reached.
 */
export async function pushImages(
  images: readonly LocalImage[],
  container: ContainerClient,
  io: Io,
): Promise<Pushed> {
  const stored = await listing(container);
  let uploaded = 0;
  let unchanged = 0;
  let bytes = 0;
  const replaced: string[] = [];
  await refuseReplacements(images, stored);
  const push = async (image: LocalImage): Promise<void> => {
    const digest = await md5(image.file);
    const there = stored.get(image.name);
    if (there !== undefined && same(there, image, digest)) unchanged += 1;
    else {
      if (there !== undefined && !sameContent(there, image, digest)) replaced.push(image.name);
      await upload(container, image, digest);
      uploaded += 1;
      bytes += image.bytes;
    }
    const done = uploaded + unchanged;
    io.progress(
      `${done} of ${images.length} images: ${uploaded} uploaded, ${unchanged} unchanged`,
      done === images.length,
    );
  };
  try {
    await inParallel(images, push);
  } catch (error) {
    throw storageFault(container, error);
  }
  if (replaced.length > 0)
    io.warn(
      `${replaced.length} image(s) changed under their old name (${some(replaced)}): the edge and browsers may show the ` +
        "old ones for up to an hour; give images a content hash in their name, such as logo.3f9a1c2b.svg",
    );
  return { uploaded, unchanged, bytes };
}

/** A few of many names, for a message. */
const some = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;

/**
 * What is kept for a year under its name must never change: a purge does not reach browsers.
 * @throws Fault (1), before anything is uploaded
 */
async function refuseReplacements(
  images: readonly LocalImage[],
  stored: ReadonlyMap<string, BlobItem>,
): Promise<void> {
  const changed: string[] = [];
  await inParallel(images, async (image) => {
    const there = stored.get(image.name);
    if (there === undefined || !isImmutable(image.name)) return;
    if (!sameContent(there, image, await md5(image.file))) changed.push(image.name);
  });
  if (changed.length > 0)
    throw refusal(
      `${changed.length} image(s) whose name carries a content hash changed under it (${some(changed.sort())}), and browsers ` +
        "keep the old ones for a year; nothing was uploaded. Give them the name that their content hashes to",
    );
}

async function listing(container: ContainerClient): Promise<ReadonlyMap<string, BlobItem>> {
  const stored = new Map<string, BlobItem>();
  try {
    for await (const blob of container.listBlobsFlat()) stored.set(blob.name, blob);
  } catch (error) {
    throw storageFault(container, error);
  }
  return stored;
}

function sameContent({ properties }: BlobItem, image: LocalImage, digest: Buffer): boolean {
  return (
    properties.contentLength === image.bytes &&
    properties.contentMD5 !== undefined &&
    digest.equals(properties.contentMD5)
  );
}

const same = (blob: BlobItem, image: LocalImage, digest: Buffer): boolean =>
  sameContent(blob, image, digest) &&
  blob.properties.contentType === image.contentType &&
  blob.properties.cacheControl === imageCacheControlOf(image.name);

async function upload(container: ContainerClient, image: LocalImage, digest: Buffer): Promise<void> {
  await container.getBlockBlobClient(image.name).uploadFile(image.file, {
    maxSingleShotSize: singleShot,
    blobHTTPHeaders: {
      blobContentType: image.contentType,
      blobCacheControl: imageCacheControlOf(image.name),
      // Storage computes it only for single calls; kept for larger files too, so that the next push can compare.
      blobContentMD5: digest,
    },
  });
}

/** A few workers on one queue; the first failure stops the others from taking more. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift())
      try {
        await work(item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function storageFault(container: ContainerClient, error: unknown): Error {
  const where = `the image storage ${container.accountName}/${container.containerName}`;
  const status =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
      ? error.statusCode
      : 0;
  const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  if (status === 401 || status === 403)
    return refusal(
      `${where} does not let you write (${status}); ask for the role "Storage Blob Data Contributor" on it ` +
        `(operatorObjectIds in the standby stack's config)`,
      { cause: error },
    );
  if (status === 404)
    return refusal(`${where} does not exist; run \`pulumi up\` on the standby stack`, { cause: error });
  if (error instanceof Error && /Credential|Authentication/.test(error.name))
    return outside(`cannot sign in to Azure: ${said}; run \`az login\``, { cause: error });
  return outside(`${where} cannot be reached: ${said}`, { cause: error });
}
