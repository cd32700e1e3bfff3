import type { BlobAccount } from "../contracts";

/** Headers of a blob's content as they are kept and served, by the names they are served under. */
export const contentHeaders = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-disposition",
  "cache-control",
] as const;
export type ContentHeaders = Readonly<Partial<Record<(typeof contentHeaders)[number], string>>>;

export interface Block {
  readonly id: string;
  readonly body: Buffer;
}

export interface Blob {
  readonly body: Buffer;
  readonly headers: ContentHeaders;
  /** Base64; a blob made of blocks has one only where its writer gave it. */
  readonly md5: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The blocks it was made of. */
  readonly blocks: readonly Block[];
  readonly etag: string;
  readonly created: Date;
  readonly modified: Date;
}

export type PublicAccess = "Blob" | "Container" | "None";

export interface Container {
  readonly publicAccess: PublicAccess;
  readonly etag: string;
  readonly modified: Date;
  /** In the order of their names, which is the order they are listed in, is made when listed. */
  readonly blobs: Map<string, Blob>;
  /** Blocks that were put but not committed, by blob name and block id. */
  readonly uncommitted: Map<string, Map<string, Buffer>>;
}

export interface Account {
  readonly settings: BlobAccount;
  readonly containers: Map<string, Container>;
}

let version = 0;

/** A new version of something, in the form of Azure's tags. */
export function newEtag(): string {
  version += 1;
  return `"0x8D${(Date.now() * 1000 + version).toString(16).toUpperCase().padStart(13, "0")}"`;
}

export function newContainer(publicAccess: PublicAccess): Container {
  return { publicAccess, etag: newEtag(), modified: new Date(), blobs: new Map(), uncommitted: new Map() };
}

/** Everything that is stored: in memory, gone with the process. */
export class BlobStore {
  readonly accounts = new Map<string, Account>();

  /** Adds an account, or changes the settings of one and keeps what it holds. */
  addAccount(settings: BlobAccount): void {
    const containers = this.accounts.get(settings.name)?.containers ?? new Map<string, Container>();
    this.accounts.set(settings.name, { settings, containers });
  }

  /** Adds a container, or changes the access to one and keeps what it holds. Throws for an unknown account. */
  addContainer(account: string, name: string, publicAccess: PublicAccess): void {
    const containers = this.containersOf(account);
    const existing = containers.get(name);
    containers.set(name, { ...(existing ?? newContainer(publicAccess)), publicAccess });
  }

  /** Throws for an unknown account. */
  containersOf(account: string): Map<string, Container> {
    const found = this.accounts.get(account);
    if (found === undefined)
      throw new Error(
        `There is no storage account ${JSON.stringify(account)}; known are: ` +
          `${[...this.accounts.keys()].join(", ") || "none"}.`,
      );
    return found.containers;
  }
}
