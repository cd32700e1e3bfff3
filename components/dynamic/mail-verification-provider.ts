import { setTimeout as pause } from "node:timers/promises";
import type { CreateResult, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import { checked } from "./checked";
import { azureCredential } from "../../operations/azure-credential";

/** What must be proven before a domain can be linked, as ARM names the records when they are to be looked at. */
export const verificationTypes = ["Domain", "SPF", "DKIM", "DKIM2"] as const;
export type VerificationType = (typeof verificationTypes)[number];
/** As ARM spells the states. */
export type VerificationStates = Readonly<Partial<Record<VerificationType, string>>>;

const inputs = z.object({
  subscriptionId: z.string(),
  resourceGroupName: z.string(),
  emailServiceName: z.string(),
  domainName: z.string(),
  domainId: z.string(),
});
export type MailVerificationInputs = Readonly<z.infer<typeof inputs>>;

/** The two calls that a verification is made of. */
export interface MailDomainApi {
  states(): Promise<VerificationStates>;
  initiate(type: VerificationType): Promise<void>;
}

export interface Patience {
  /** Milliseconds between two looks: the first, and the most it grows to. */
  readonly first: number;
  readonly most: number;
  /** Looks in all; then it gives up. */
  readonly looks: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** About 30 minutes: what Azure may take to see a record. */
const patience: Patience = { first: 1_000, most: 20_000, looks: 95, wait: pause };

const underWay = new Set(["VerificationRequested", "VerificationInProgress"]);

/**
 * Starts what is not verified yet and waits until all of it is. A record that failed is tried again while looks are
 * left: Azure may have looked before every name server had it.
 * @throws Error naming the records that did not pass, and what to look at
 */
export async function verify(
  api: MailDomainApi,
  domainName: string,
  { first, most, looks, wait }: Patience,
): Promise<VerificationStates> {
  let pauseFor = first;
  for (let look = 1; ; look++) {
    const states = await api.states();
    const open = verificationTypes.filter((type) => states[type] !== "Verified");
    if (open.length === 0) return states;
    if (look === looks)
      throw new Error(
        `mail domain ${domainName} is not verified: ${open.map((type) => `${type} is ${states[type] ?? "NotStarted"}`).join(", ")}. ` +
          `Fix: see that its TXT and DKIM records can be resolved from outside, then run pulumi up again`,
      );
    for (const type of open) if (!underWay.has(states[type] ?? "")) await api.initiate(type);
    await wait(pauseFor);
    pauseFor = Math.min(most, pauseFor * 1.5);
  }
}

async function domainApi(given: MailVerificationInputs): Promise<MailDomainApi> {
  // Loaded when something is done, which a preview never does.
  const { CommunicationServiceManagementClient } = await import("@azure/arm-communication");
  const { domains } = new CommunicationServiceManagementClient(await azureCredential(), given.subscriptionId);
  const place = [given.resourceGroupName, given.emailServiceName, given.domainName] as const;
  return {
    states: async () => {
      const states = (await domains.get(...place)).verificationStates;
      const found = {
        Domain: states?.domain?.status,
        SPF: states?.spf?.status,
        DKIM: states?.dkim?.status,
        DKIM2: states?.dkim2?.status,
      };
      return Object.fromEntries(
        verificationTypes.flatMap((type) => (found[type] === undefined ? [] : [[type, found[type]]])),
      );
    },
    initiate: async (verificationType) => {
      await domains.beginInitiateVerificationAndWait(...place, { verificationType });
    },
  };
}

const outputs = (given: MailVerificationInputs, states: VerificationStates) => ({
  ...given,
  verifiedDomainId: given.domainId,
  states,
});

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: (_olds: unknown, news: unknown) => Promise.resolve(checked(inputs, news)),
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> => {
    const [before, after] = [inputs.parse(olds), inputs.parse(news)];
    const changed = inputs.keyof().options.filter((key) => before[key] !== after[key]);
    // Another domain, or the same one made anew.
    const replaces = changed.filter((key) => key === "domainId");
    return Promise.resolve({ changes: changed.length > 0, replaces });
  },
  create: async (news: unknown): Promise<CreateResult> => {
    const given = inputs.parse(news);
    const states = await verify(await domainApi(given), given.domainName, patience);
    return { id: given.domainId, outs: outputs(given, states) };
  },
  update: async (_id: string, _olds: unknown, news: unknown) => {
    const given = inputs.parse(news);
    return { outs: outputs(given, await verify(await domainApi(given), given.domainName, patience)) };
  },
  // A verification is not undone; it goes with its domain.
  delete: () => Promise.resolve(),
};
