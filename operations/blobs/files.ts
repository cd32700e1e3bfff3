import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { usage } from "../fault";

/** What a folder is a collection of, and how its files lie in storage. */
export interface Collection {
  /** As in `3 of 5 images`. */
  readonly name: string;
  /** As in `the folder that holds the shop's images`. */
  readonly whole: string;
  /** As in `the image storage does not let you write`. */
  readonly storage: string;
  /** How an edge and browsers keep them, by name; none where neither is served them. */
  readonly caching?: {
    readonly controlOf: (name: string) => string;
    /** Whether a name promises that what is behind it never changes. */
    readonly isImmutable: (name: string) => boolean;
  };
}

/** A file to be in storage. */
export interface LocalFile {
  /** Absolute path. */
  readonly file: string;
  /** Its path below the folder with `/` between: its path in the container. */
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mp4": "video/mp4",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webm": "video/webm",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** By the file's extension; what a browser downloads rather than shows where it is not known. */
export const contentType = (name: string): string =>
  contentTypes[path.extname(name).toLowerCase()] ?? "application/octet-stream";

/**
 * Every file below a folder, sorted by name. Names that begin with a dot are left out; symbolic links are followed
 * only where they lead to a file.
 *
 * @throws Fault (2) where the folder is missing, no folder, unreadable or empty.
 */
export async function localFiles(folder: string, what: Collection): Promise<readonly LocalFile[]> {
  const root = path.resolve(folder);
  const about = await stat(root).catch((error: unknown) => {
    throw usage(`FOLDER is "${folder}": ${missing(error)}; give the folder that holds ${what.whole}`, {
      cause: error,
    });
  });
  if (!about.isDirectory())
    throw usage(`FOLDER is "${folder}", which is a file; give the folder that holds ${what.whole}`);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(async (entry): Promise<readonly LocalFile[]> => {
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(root, file).split(path.sep).join("/");
        if (name.split("/").some((part) => part.startsWith("."))) return [];
        const about = await stat(file).catch((error: unknown) => {
          throw usage(`${file} cannot be read: ${missing(error)}; mend or remove it`, { cause: error });
        });
        return about.isFile() ? [{ file, name, bytes: about.size, contentType: contentType(name) }] : [];
      }),
  );
  const files = found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length === 0)
    throw usage(`FOLDER is "${folder}", which holds no files; give the folder that holds ${what.whole}`);
  return files;
}

/** The file's MD5, which is what storage keeps as Content-MD5. */
export async function md5(file: string): Promise<Buffer> {
  const hash = createHash("md5");
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}

const missing = (error: unknown): string =>
  error instanceof Error && "code" in error && error.code === "ENOENT"
    ? "there is no such file or folder"
    : `it cannot be read (${error instanceof Error ? error.message : String(error)})`;
