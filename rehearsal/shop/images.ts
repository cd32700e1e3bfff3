import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drawAll } from "./images/drawings";

/** A picture of the shop under its immutable name: another content is another file. */
export interface ShopImage {
  /** `<plain name>.<digest>.<extension>`. */
  readonly file: string;
  readonly contentType: "image/png" | "image/svg+xml";
  readonly content: Buffer;
}

interface Collection {
  readonly byFile: ReadonlyMap<string, ShopImage>;
  readonly files: ReadonlyMap<string, string>;
}

let collection: Collection | undefined;

/** All pictures by file name, drawn once a process. */
export function shopImages(): ReadonlyMap<string, ShopImage> {
  return collect().byFile;
}

/** Plain name to file name. */
export function imageNames(): ReadonlyMap<string, string> {
  return collect().files;
}

/** Writes every picture into a folder, which is made where it is missing, and returns their file names. */
export function writeImages(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  for (const { file, content } of shopImages().values()) writeFileSync(path.join(folder, file), content);
  return [...shopImages().keys()];
}

function collect(): Collection {
  if (collection !== undefined) return collection;
  const byFile = new Map<string, ShopImage>();
  const files = new Map<string, string>();
  for (const { name, extension, content } of drawAll()) {
    const digest = createHash("sha256").update(content).digest("hex").slice(0, 10);
    const file = `${name}.${digest}.${extension}`;
    byFile.set(file, { file, content, contentType: extension === "png" ? "image/png" : "image/svg+xml" });
    files.set(name, file);
  }
  return (collection = { byFile, files });
}
