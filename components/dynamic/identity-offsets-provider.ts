import type { CreateResult, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import { raiseIdentities, type OffsetPolicy } from "../../operations/data/offsets";
import { exitCodes, Fault } from "../../operations/fault";
import { checked } from "./checked";
import { isKnown } from "./unknown";

const inputs = z.object({
  databaseUrl: z.string(),
  rowsPerHour: z.number(),
  tailHours: z.number(),
  syncAgeHours: z.number(),
  safety: z.number(),
});
export type IdentityOffsetsInputs = Readonly<z.infer<typeof inputs>>;

/**
 * `recorded`: the policy lies in the database, and what its last sync knew of was raised by it. `unreached`: the
 * database is private and Pulumi ran outside; `sync` and `cutover` set it. `unsupported`: so does whoever moves the
 * identities of an engine that operations do not know yet.
 */
export type OffsetsStatus = "recorded" | "unreached" | "unsupported";

/** Leaves the policy in the database and raises what can be raised. @throws Fault where an identity has no room */
export async function apply(
  given: IdentityOffsetsInputs,
  raise: (url: string, policy: OffsetPolicy) => Promise<unknown> = raiseIdentities,
): Promise<OffsetsStatus> {
  const { databaseUrl, ...policy } = given;
  if (!databaseUrl.startsWith("postgres://")) return "unsupported";
  try {
    await raise(databaseUrl, policy);
    return "recorded";
  } catch (error) {
    // A private database is the normal case; anything else is for a person to see.
    if (error instanceof Fault && error.exitCode === exitCodes.outside) return "unreached";
    throw error;
  }
}

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: (_olds: unknown, news: unknown) => Promise.resolve(checked(inputs, news)),
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> => {
    const [before, after] = [inputs.parse(olds), inputs.parse(news)];
    const changes = inputs.keyof().options.some((key) => isKnown(after[key]) && before[key] !== after[key]);
    return Promise.resolve({ changes });
  },
  create: async (news: unknown): Promise<CreateResult> => {
    const given = inputs.parse(news);
    return { id: "identity-offsets", outs: { ...given, status: await apply(given) } };
  },
  update: async (_id: string, _olds: unknown, news: unknown) => {
    const given = inputs.parse(news);
    return { outs: { ...given, status: await apply(given) } };
  },
  // What was raised stays raised, and the policy goes with its database.
  delete: () => Promise.resolve(),
};
