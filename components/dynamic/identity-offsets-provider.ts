import type { CheckResult, CreateResult, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import type { IdentityCache } from "../../operations/data/engines/sqlserver/identity-cache";
import type { OffsetPolicy } from "../../operations/data/offsets";
import { exitCodes, Fault } from "../../operations/fault";
import { checked } from "./checked";
import { identityCache, offsets, outlook, type Looks } from "./identity-outlook";
import { isKnown } from "./unknown";

const inputs = z.object({
  databaseUrl: z.string(),
  rowsPerHour: z.number(),
  tailHours: z.number(),
  syncAgeHours: z.number(),
  safety: z.number(),
});
export type IdentityOffsetsInputs = Readonly<z.infer<typeof inputs>>;

/** What a look at the database adds to the inputs: see {@link outlook}. */
const seen = z.object({
  covered: z.record(z.string(), z.string()).optional(),
  pending: z.record(z.string(), z.string()).optional(),
});

/**
 * `recorded`: the policy lies in the database, and what its last sync knew of was raised by it. `unreached`: the
 * database is private and Pulumi ran outside; `sync` and `cutover` set it.
 */
export type OffsetsStatus = "recorded" | "unreached";

export interface Applied {
  readonly status: OffsetsStatus;
  /** SQL Server's alone. */
  readonly identityCache?: IdentityCache | "unreached";
}

/** What is done to a database. */
export interface Deeds {
  readonly raise: (url: string, policy: OffsetPolicy) => Promise<unknown>;
  readonly switchOff: (url: string, milliseconds: number) => Promise<IdentityCache>;
}

const deeds: Deeds = {
  raise: (...of) => offsets().raiseIdentities(...of),
  switchOff: (...of) => identityCache().switchOffIdentityCache(...of),
};
const patience = 15_000;

/** A private database is the normal case; anything else is for a person to see. */
async function orUnreached<T>(work: Promise<T>): Promise<T | "unreached"> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault && error.exitCode === exitCodes.outside) return "unreached";
    throw error;
  }
}

/**
 * Leaves the policy in the database and raises what can be raised; on SQL Server switches the identity cache off.
 * @throws Fault where an identity has no room
 */
export async function apply(
  { databaseUrl, ...policy }: IdentityOffsetsInputs,
  { raise, switchOff }: Deeds = deeds,
): Promise<Applied> {
  // First of all: what a restart burns is part of every offset.
  const identityCache = databaseUrl.startsWith("sqlserver://")
    ? await orUnreached(switchOff(databaseUrl, patience))
    : undefined;
  if (identityCache === "unreached") return { status: "unreached", identityCache };
  const raised = await orUnreached(raise(databaseUrl, policy));
  return {
    status: raised === "unreached" ? raised : "recorded",
    ...(identityCache === undefined ? {} : { identityCache }),
  };
}

/** The inputs as they are, and what the database shows of them. */
export async function check(olds: unknown, news: unknown, looks?: Looks): Promise<CheckResult> {
  const result = checked(inputs, news);
  if ((result.failures ?? []).length > 0) return result;
  const { databaseUrl, ...policy } = inputs.parse(news);
  const before = seen.catch({}).parse(olds);
  const kept = { ...(before.covered === undefined ? {} : { covered: before.covered }) };
  return {
    inputs: { ...inputs.parse(news), ...(await outlook(databaseUrl, policy, kept, looks)) },
    failures: [],
  };
}

/** A change is what the program or the database changed, or what is still to be done there. */
function differs(olds: unknown, news: unknown): boolean {
  const [before, after] = [inputs.parse(olds), inputs.parse(news)];
  if (inputs.keyof().options.some((key) => isKnown(after[key]) && before[key] !== after[key])) return true;
  const [had, has] = [seen.parse(olds).covered, seen.parse(news)];
  if (has.pending !== undefined) return true;
  return has.covered !== undefined && text(had ?? {}) !== text(has.covered);
}

const text = (covered: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(covered).sort(([one], [other]) => (one < other ? -1 : 1)));

/** What is kept: never what was pending, which is done by then. */
async function outputs(news: unknown) {
  const { covered } = seen.parse(news);
  const given = inputs.parse(news);
  return { ...given, ...(covered === undefined ? {} : { covered }), ...(await apply(given)) };
}

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: (olds: unknown, news: unknown) => check(olds, news),
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> =>
    Promise.resolve({ changes: differs(olds, news) }),
  create: async (news: unknown): Promise<CreateResult> => ({
    id: "identity-offsets",
    outs: await outputs(news),
  }),
  update: async (_id: string, _olds: unknown, news: unknown) => ({ outs: await outputs(news) }),
  // What was raised stays raised, and the policy goes with its database.
  delete: () => Promise.resolve(),
};
