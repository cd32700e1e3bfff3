import type { BlobItem, ContainerClient } from "@azure/storage-blob" with { "resolution-mode": "import" };
import { azureCredential } from "../azure-credential";
import { outside, refusal } from "../fault";
import type { Io } from "../io";
import { md5, type Collection, type LocalFile } from "./files";

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

/** A container of a storage account. */
export async function blobContainer(storage: {
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
export async function pushFiles(
  files: readonly LocalFile[],
  container: ContainerClient,
  what: Collection,
  io: Io,
): Promise<Pushed> {
  const stored = await listing(container, what);
  let uploaded = 0;
  let unchanged = 0;
  let bytes = 0;
  const replaced: string[] = [];
  await refuseReplacements(files, stored, what);
  const push = async (file: LocalFile): Promise<void> => {
    const digest = await md5(file.file);
    const there = stored.get(file.name);
    if (there !== undefined && same(there, file, digest, what)) unchanged += 1;
    else {
      if (there !== undefined && !sameContent(there, file, digest)) replaced.push(file.name);
      await upload(container, file, digest, what);
      uploaded += 1;
      bytes += file.bytes;
    }
    const done = uploaded + unchanged;
    io.progress(
      `${done} of ${files.length} ${what.name}: ${uploaded} uploaded, ${unchanged} unchanged`,
      done === files.length,
    );
  };
  try {
    await inParallel(files, push);
  } catch (error) {
    throw storageFault(container, what, error);
  }
  // Only an edge holds on to what it has seen.
  if (replaced.length > 0 && what.caching !== undefined)
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
  files: readonly LocalFile[],
  stored: ReadonlyMap<string, BlobItem>,
  { caching }: Collection,
): Promise<void> {
  const changed: string[] = [];
  await inParallel(files, async (file) => {
    const there = stored.get(file.name);
    if (there === undefined || caching?.isImmutable(file.name) !== true) return;
    if (!sameContent(there, file, await md5(file.file))) changed.push(file.name);
  });
  if (changed.length > 0)
    throw refusal(
      `${changed.length} image(s) whose name carries a content hash changed under it (${some(changed.sort())}), and browsers ` +
        "keep the old ones for a year; nothing was uploaded. Give them the name that their content hashes to",
    );
}

async function listing(container: ContainerClient, what: Collection): Promise<ReadonlyMap<string, BlobItem>> {
  const stored = new Map<string, BlobItem>();
  try {
    for await (const blob of container.listBlobsFlat()) stored.set(blob.name, blob);
  } catch (error) {
    throw storageFault(container, what, error);
  }
  return stored;
}

function sameContent({ properties }: BlobItem, file: LocalFile, digest: Buffer): boolean {
  return (
    properties.contentLength === file.bytes &&
    properties.contentMD5 !== undefined &&
    digest.equals(properties.contentMD5)
  );
}

const same = (blob: BlobItem, file: LocalFile, digest: Buffer, { caching }: Collection): boolean =>
  sameContent(blob, file, digest) &&
  blob.properties.contentType === file.contentType &&
  // A listing says "" where there is none.
  (blob.properties.cacheControl ?? "") === (caching?.controlOf(file.name) ?? "");

async function upload(
  container: ContainerClient,
  file: LocalFile,
  digest: Buffer,
  { caching }: Collection,
): Promise<void> {
  await container.getBlockBlobClient(file.name).uploadFile(file.file, {
    maxSingleShotSize: singleShot,
    blobHTTPHeaders: {
      blobContentType: file.contentType,
      ...(caching === undefined ? {} : { blobCacheControl: caching.controlOf(file.name) }),
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

function storageFault(container: ContainerClient, what: Collection, error: unknown): Error {
  const where = `${what.storage} ${container.accountName}/${container.containerName}`;
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
