import { setTimeout as pause } from "node:timers/promises";
import type { CreateResult, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import { azureCredential } from "../../operations/azure-credential";
import { checked } from "./checked";
import { withPackage, type ZipPackage } from "./package-content";

const source = z.discriminatedUnion("kind", [
  /** An https address that the zip is downloaded from. */
  z.strictObject({ kind: z.literal("url"), url: z.url({ protocol: /^https$/ }) }),
  /** A zip on this machine, by its path from the project's folder. */
  z.strictObject({ kind: z.literal("file"), path: z.string().min(1) }),
  /** A module of this project, by its path: bundled with what it imports into `main.js`. */
  z.strictObject({ kind: z.literal("bundle"), entry: z.string().min(1) }),
]);
export type PackageSource = Readonly<z.infer<typeof source>>;

const inputs = z.object({
  account: z.string(),
  container: z.string(),
  label: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens are wanted"),
  source,
  /** Known before the upload where the content is on this machine. */
  version: z.string().optional(),
});
export type PackageUploadInputs = Readonly<z.infer<typeof inputs>>;

/** Puts a file under a name, and says so when storage does not let it. */
export type Put = (name: string, file: string) => Promise<"done" | "forbidden">;

export interface Patience {
  /** Milliseconds between two tries: the first, and the most it grows to. */
  readonly first: number;
  readonly most: number;
  readonly tries: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** About 10 minutes: how long a role that was given a moment ago may take to count (Azure RBAC, "Troubleshooting"). */
const patience: Patience = { first: 1_000, most: 20_000, tries: 36, wait: pause };

/**
 * Uploads a package, once its uploader's role has arrived in storage.
 *
 * @returns its name in the container
 * @throws Error naming the role that is missing, when it does not arrive in time
 */
export async function upload(
  put: Put,
  given: Pick<PackageUploadInputs, "account" | "container" | "label">,
  { file, version }: Pick<ZipPackage, "file" | "version">,
  { first, most, tries, wait }: Patience,
): Promise<string> {
  const name = `${given.label}-${version}.zip`;
  let pauseFor = first;
  for (let attempt = 1; ; attempt++) {
    if ((await put(name, file)) === "done") return name;
    if (attempt === tries)
      throw new Error(
        `package ${name} was not let into storage ${given.account}/${given.container}. ` +
          `Fix: have the role "Storage Blob Data Contributor" on it (operatorObjectIds in the standby stack's config), ` +
          `then run pulumi up again`,
      );
    await wait(pauseFor);
    pauseFor = Math.min(most, pauseFor * 1.5);
  }
}

async function storagePut(account: string, container: string): Promise<Put> {
  // Loaded only here: a preview needs no SDK.
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const service = new BlobServiceClient(`https://${account}.blob.core.windows.net`, await azureCredential(), {
    retryOptions: { maxTries: 5 },
  });
  return async (name, file) => {
    try {
      await service
        .getContainerClient(container)
        .getBlockBlobClient(name)
        .uploadFile(file, {
          blobHTTPHeaders: { blobContentType: "application/zip" },
          // The name holds the content's hash: what is there is the same.
          conditions: { ifNoneMatch: "*" },
        });
      return "done";
    } catch (error) {
      const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
      if (status === 409 || status === 412) return "done";
      if (status === 403) return "forbidden";
      throw error;
    }
  };
}

async function place(given: PackageUploadInputs): Promise<PackageUploadInputs & { url: string }> {
  return withPackage(given.source, async (content) => {
    const put = await storagePut(given.account, given.container);
    const name = await upload(put, given, content, patience);
    const url = `https://${given.account}.blob.core.windows.net/${given.container}/${name}`;
    return { ...given, url, version: content.version };
  });
}

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: async (_olds: unknown, news: unknown) => {
    const parsed = inputs.safeParse(news);
    if (!parsed.success || parsed.data.source.kind === "url") return checked(inputs, news);
    try {
      const version = await withPackage(parsed.data.source, (content) => Promise.resolve(content.version));
      return { inputs: { ...parsed.data, version } };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { inputs: news, failures: [{ property: "source", reason }] };
    }
  },
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> => {
    const [before, after] = [inputs.parse(olds), inputs.parse(news)];
    const content = (given: PackageUploadInputs): string | undefined =>
      given.source.kind === "url" ? given.source.url : given.version;
    const changes =
      (["account", "container", "label"] as const).some((key) => before[key] !== after[key]) ||
      content(before) !== content(after);
    return Promise.resolve({ changes });
  },
  create: async (news: unknown): Promise<CreateResult> => {
    const outs = await place(inputs.parse(news));
    return { id: outs.label, outs };
  },
  update: async (_id: string, _olds: unknown, news: unknown) => ({ outs: await place(inputs.parse(news)) }),
  // An app may still run what was uploaded; it goes with its container.
  delete: () => Promise.resolve(),
};
