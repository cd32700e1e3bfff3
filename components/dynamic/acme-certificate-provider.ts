import { setTimeout as pause } from "node:timers/promises";
import type { CreateResult, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import { issueIntoVault } from "../../operations/certificate/acme";
import { acmeSettingsSchema, type AcmeSettings } from "../../operations/certificate/acme-settings";
import { exitCodes, Fault } from "../../operations/fault";
import { checked } from "./checked";
import { isKnown } from "./unknown";

const inputs = acmeSettingsSchema.extend({ vaultId: z.string(), vaultUrl: z.string() });
export type AcmeCertificateInputs = Readonly<z.infer<typeof inputs>>;

/** Roles on a vault that was made a moment ago take up to ten minutes (learn.microsoft.com/azure/key-vault/general/rbac-guide). */
const spreading = { tries: 60, wait: () => pause(10_000) } as const;

/** Issues it, again while the roles on the vault have not arrived yet. @throws Fault once they should have */
export async function issue(
  settings: AcmeSettings,
  issueOnce: (settings: AcmeSettings) => Promise<unknown> = (given) => issueIntoVault(given, () => undefined),
  { tries, wait }: { readonly tries: number; readonly wait: () => Promise<unknown> } = spreading,
): Promise<void> {
  for (let left = tries - 1; ; left--)
    try {
      await issueOnce(settings);
      return;
    } catch (error) {
      const refused = error instanceof Fault && error.exitCode === exitCodes.no && isForbidden(error.cause);
      if (!refused || left === 0) throw error;
      await wait();
    }
}

const isForbidden = (cause: unknown): boolean =>
  cause instanceof Error && "statusCode" in cause && cause.statusCode === 403;

const outputs = (given: AcmeCertificateInputs) => ({
  ...given,
  vaultSecretId: `${given.vaultId}/secrets/${given.certificateName}`,
});

/** What makes another certificate of it. Whom the authority writes to does not. */
const ofTheCertificate = ["vaultId", "certificateName", "hostNames", "directory"] as const;

const differs = (before: unknown, after: unknown): boolean =>
  isKnown(after) && JSON.stringify(before) !== JSON.stringify(after);

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: (_olds: unknown, news: unknown) => Promise.resolve(checked(inputs, news)),
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> => {
    const [before, after] = [inputs.parse(olds), inputs.parse(news)];
    const changed = inputs.keyof().options.filter((key) => differs(before[key], after[key]));
    // Another vault, or the same one made anew.
    const replaces = changed.filter((key) => key === "vaultId");
    return Promise.resolve({ changes: changed.length > 0, replaces });
  },
  create: async (news: unknown): Promise<CreateResult> => {
    const given = inputs.parse(news);
    await issue(given);
    return { id: `${given.vaultId}/secrets/${given.certificateName}`, outs: outputs(given) };
  },
  update: async (_id: string, olds: unknown, news: unknown) => {
    const [before, given] = [inputs.parse(olds), inputs.parse(news)];
    if (ofTheCertificate.some((key) => differs(before[key], given[key]))) await issue(given);
    return { outs: outputs(given) };
  },
  // It goes with its vault.
  delete: () => Promise.resolve(),
};
