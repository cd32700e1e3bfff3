import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bundle } from "./package-bundle";
import type { PackageSource } from "./package-upload-provider";

/** A package on this machine's disk. */
export interface ZipPackage {
  readonly file: string;
  readonly version: string;
}

/** App Service runs no larger package (azure-docs, app-service/deploy-run-package.md). */
export const packageLimit = 1 << 30;
const redirects = 5;
const downloadWithin = 15 * 60_000;

/**
 * Has the package as a file for as long as `use` runs: the named one, or one made for it and removed again.
 *
 * @throws Error naming the source, what is wrong with it and what to do
 */
export async function withPackage<T>(
  source: PackageSource,
  use: (content: ZipPackage) => Promise<T>,
  limit = packageLimit,
): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "package-"));
  try {
    const file = await fileOf(source, folder, limit);
    await judge(nameOf(source), file, limit);
    return await use({ file, version: await versionOf(file) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fileOf(source: PackageSource, folder: string, limit: number): Promise<string> {
  const made = path.join(folder, "package.zip");
  if (source.kind === "file") return Promise.resolve(path.resolve(source.path));
  return source.kind === "url" ? download(source.url, made, limit) : bundle(source.entry, made);
}

const nameOf = (source: PackageSource): string =>
  source.kind === "url" ? source.url : source.kind === "file" ? source.path : source.entry;

async function judge(name: string, file: string, limit: number): Promise<void> {
  const about = await stat(file).catch(() => undefined);
  if (about?.isFile() !== true)
    throw new Error(`package ${name}: there is no such file. Fix: give the path of the app's zip package`);
  if (about.size > limit) throw tooLarge(name, limit);
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    // Local file header of a zip archive (APPNOTE.TXT, 4.3.7).
    if (buffer.toString("latin1") !== "PK\u0003\u0004")
      throw new Error(
        `package ${name} is no zip archive. Fix: zip the app's folder without the folder itself`,
      );
  } finally {
    await handle.close();
  }
}

const tooLarge = (name: string, limit: number): Error =>
  new Error(
    `package ${name} is larger than ${String(limit)} bytes, which is the most that App Service runs. ` +
      `Fix: leave out of it what the app does not need`,
  );

/** The first 12 hexadecimal digits of the SHA-256. */
export async function versionOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex").slice(0, 12);
}

async function download(url: string, to: string, limit: number): Promise<string> {
  const response = await follow(url);
  const declared = Number(response.headers.get("content-length") ?? 0);
  if (declared > limit) throw tooLarge(url, limit);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(url, limit);
      yield chunk;
    }
  };
  if (response.body === null)
    throw new Error(`package ${url}: the answer is empty. Fix: look at the address`);
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(to));
  return to;
}

/** Follows redirects itself: each of them has to be https, too. */
async function follow(url: string): Promise<Response> {
  const signal = AbortSignal.timeout(downloadWithin);
  let next = new URL(url);
  for (let hop = 0; hop <= redirects; hop++) {
    if (next.protocol !== "https:")
      throw new Error(
        `package ${url} leads to ${next.origin}, which is not https. Fix: give an https address`,
      );
    const response = await fetch(next, { redirect: "manual", signal }).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `package ${url} cannot be downloaded: ${why}. Fix: look at the address, then try again`,
      );
    });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      next = new URL(location, next);
    } else if (response.ok) return response;
    else {
      await response.body?.cancel();
      throw new Error(`package ${url} is answered with ${String(response.status)}. Fix: look at the address`);
    }
  }
  throw new Error(`package ${url} redirects more than ${String(redirects)} times. Fix: look at the address`);
}
