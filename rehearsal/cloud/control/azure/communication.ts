import { z } from "zod";
import type { Cloud, VerificationState } from "../cloud";
import { badRequest, conflict } from "../fault";
import { guidOf } from "../guid";
import type { JsonObject } from "../json";
import { parentId } from "./ids";
import { pick, sameId, lastOf, type RuleBook } from "./rules";

const domainSchema = z.object({ domainName: z.string(), domainManagement: z.string() });
const serviceSchema = z.object({ linkedDomains: z.array(z.string()).default([]) });
const smtpSchema = z.object({
  username: z.string(),
  entraApplicationId: z.string(),
  tenantId: z.string(),
});

const listSchema = z.object({ listName: z.string().optional() });
const senderSchema = z.object({ username: z.string() });
/** The sender that every domain has from the start. */
export const defaultSender = "donotreply";

/** Kinds of verification, spelled as the ARM action's `verificationType`. */
export const verificationTypes = ["Domain", "SPF", "DKIM", "DKIM2", "DMARC"] as const;
export type VerificationType = (typeof verificationTypes)[number];
/** What has to be verified before a domain can be linked. */
const neededToLink: readonly VerificationType[] = ["Domain", "SPF", "DKIM", "DKIM2"];

export interface VerificationRecord {
  readonly type: "CNAME" | "TXT";
  /** As Azure gives it: the domain itself, or a name below it that leaves the domain out. */
  readonly name: string;
  /** Where the record is looked up. */
  readonly at: string;
  readonly value: string;
  readonly ttl: number;
}

/** The DNS records that Azure wants to see for a domain. */
export function verificationRecords(
  id: string,
  domainName: string,
): Record<VerificationType, VerificationRecord> {
  const selector = (number: number): VerificationRecord => {
    const name = `selector${number}-azurecomm-prod-net._domainkey`;
    return { type: "CNAME", name, at: `${name}.${domainName}`, value: `${name}.azurecomm.net`, ttl: 3600 };
  };
  const text = (name: string, at: string, value: string): VerificationRecord => ({
    type: "TXT",
    name,
    at,
    value,
    ttl: 3600,
  });
  return {
    Domain: text(domainName, domainName, `ms-domain-verification=${guidOf(`mail domain ${id}`)}`),
    SPF: text(domainName, domainName, "v=spf1 include:spf.protection.outlook.com -all"),
    DKIM: selector(1),
    DKIM2: selector(2),
    DMARC: text("_dmarc", `_dmarc.${domainName}`, "v=DMARC1; p=none"),
  };
}

/** Names of the SDK's outputs, which differ from the action's. */
const outputName = { Domain: "domain", SPF: "sPF", DKIM: "dKIM", DKIM2: "dKIM2", DMARC: "dMARC" } as const;

export const stateOf = (cloud: Cloud, id: string, type: VerificationType): VerificationState =>
  cloud.verifications.get(id.toLowerCase())?.get(type) ?? "NotStarted";

/** Whether a domain is ready to be linked and to send. */
export const isVerified = (cloud: Cloud, id: string): boolean =>
  neededToLink.every((type) => stateOf(cloud, id, type) === "Verified");

/** A domain's states by record, named as ARM (`SPF`) or as the SDK (`sPF`) does. */
export function statesOf(cloud: Cloud, id: string, names: "arm" | "sdk"): JsonObject {
  return Object.fromEntries(
    verificationTypes.map((type) => [
      names === "arm" ? type : outputName[type],
      { status: stateOf(cloud, id, type) },
    ]),
  );
}

/** A domain's records, named as ARM or as the SDK does. */
export function recordsOf(id: string, domainName: string, names: "arm" | "sdk"): JsonObject {
  const records = verificationRecords(id, domainName);
  return Object.fromEntries(
    verificationTypes.map((key) => {
      const { type, name, value, ttl } = records[key];
      return [names === "arm" ? key : outputName[key], { type, name, value, ttl }];
    }),
  );
}

/**
 * Looks up one of a domain's records by DNS packets and sets its state: Verified where the record says exactly what
 * was asked for, else VerificationFailed.
 */
export async function verify(
  cloud: Cloud,
  id: string,
  domainName: string,
  type: VerificationType,
): Promise<void> {
  const states = cloud.verifications.get(id.toLowerCase());
  if (states === undefined) return;
  states.set(type, "VerificationInProgress");
  const record = verificationRecords(id, domainName)[type];
  const found = await cloud.parts.lookup(record.at, record.type).catch(() => []);
  const matches = found.some((text) =>
    type === "DMARC" ? /^v=DMARC1;/i.test(text) : sameId(text.replace(/\.$/, ""), record.value),
  );
  // A domain with two SPF records has none that counts (RFC 7208, 4.5).
  const single = type !== "SPF" || found.filter((text) => /^v=spf1\b/i.test(text)).length === 1;
  states.set(type, matches && single ? "Verified" : "VerificationFailed");
  await cloud.realise();
}

export const communicationRules: RuleBook = {
  "communication:Domain": {
    replaces: ["domainManagement"],
    check: (values) => {
      const { success, data } = domainSchema.safeParse(values);
      return success &&
        data.domainManagement === "CustomerManaged" &&
        !/^[a-z0-9.-]+\.[a-z]+$/.test(data.domainName)
        ? [
            {
              property: "domainName",
              reason: `is ${JSON.stringify(data.domainName)}; a lower-case FQDN is wanted`,
            },
          ]
        : [];
    },
    outputs: ({ id, values }) => {
      const { domainName, domainManagement } = pick(domainSchema, values);
      const sender = domainManagement === "AzureManaged" ? `${guidOf(id)}.azurecomm.net` : domainName;
      return {
        fromSenderDomain: sender,
        mailFromSenderDomain: sender,
        dataLocation: "Europe",
        verificationRecords: recordsOf(id, domainName, "sdk"),
      };
    },
    realise: ({ id, values, before }, { verifications }) => {
      const { domainManagement } = pick(domainSchema, values);
      const first: VerificationState = domainManagement === "AzureManaged" ? "Verified" : "NotStarted";
      if (before === undefined)
        verifications.set(id.toLowerCase(), new Map(verificationTypes.map((type) => [type, first])));
      return Promise.resolve();
    },
    live: ({ id }, cloud) => ({ verificationStates: statesOf(cloud, id, "sdk") }),
    release: ({ id }, { world }) => {
      const service = world
        .ofType("communication:CommunicationService")
        .find(({ values }) => pick(serviceSchema, values).linkedDomains.some((linked) => sameId(linked, id)));
      if (service !== undefined)
        throw conflict(
          "DomainLinked",
          `Domain ${lastOf(id)} is still linked to ${lastOf(service.id)}; unlink it first.`,
        );
    },
    retire: ({ id }, { verifications }) => {
      verifications.delete(id.toLowerCase());
      return Promise.resolve();
    },
  },
  "communication:SuppressionList": {
    // A list holds for the sender whose user name it has; one that nobody has would suppress nothing.
    admit: ({ id, values }, { world }) => {
      const { listName = "" } = pick(listSchema, values);
      const domain = parentId(id) ?? "";
      const senders = world
        .ofType("communication:SenderUsername")
        .filter((sender) => sameId(parentId(sender.id) ?? "", domain))
        .map((sender) => pick(senderSchema, sender.values).username);
      if (![defaultSender, ...senders].some((username) => sameId(username, listName)))
        throw badRequest(
          "InvalidListName",
          `Suppression list ${lastOf(id)}: listName ${JSON.stringify(listName)} is no sender user name of ` +
            `${lastOf(domain)}; it has ${[defaultSender, ...senders].join(", ")}.`,
        );
    },
    retire: ({ id }, { suppressed }) => {
      suppressed.delete(id.toLowerCase());
      return Promise.resolve();
    },
  },
  "communication:EmailService": {
    replaces: ["dataLocation"],
    release: ({ id }, { world }) => {
      const inner = world.ofType("communication:Domain").find((domain) => domain.id.startsWith(`${id}/`));
      if (inner !== undefined)
        throw conflict(
          "NestedResourcesExist",
          `${lastOf(id)} still has the domain ${lastOf(inner.id)}; delete it first.`,
        );
    },
  },
  "communication:CommunicationService": {
    replaces: ["dataLocation"],
    admit: ({ values }, cloud) => {
      for (const domain of pick(serviceSchema, values).linkedDomains) {
        if (isVerified(cloud, domain)) continue;
        const states = neededToLink.map((type) => `${type} ${stateOf(cloud, domain, type)}`).join(", ");
        throw badRequest(
          "DomainValidationError",
          `Requested domain ${lastOf(domain)} is not in a valid state for linking (${states}); verification has to ` +
            "be initiated and to succeed before.",
        );
      }
    },
    outputs: ({ id }) => ({
      hostName: `${lastOf(id)}.europe.communication.azure.com`,
      immutableResourceId: guidOf(`communication ${id}`),
    }),
  },
  "communication:SmtpUsername": {
    admit: ({ id, values }, { directory, world }) => {
      const { username, entraApplicationId, tenantId } = pick(smtpSchema, values);
      const application = directory.application(entraApplicationId);
      if (application?.tenantId !== tenantId)
        throw badRequest(
          "InvalidEntraApplication",
          `SMTP username ${username}: application ${entraApplicationId} does not exist in tenant ${tenantId}.`,
        );
      const taken = world
        .ofType("communication:SmtpUsername")
        .find((other) => !sameId(other.id, id) && sameId(pick(smtpSchema, other.values).username, username));
      if (taken !== undefined)
        throw conflict("SmtpUsernameInUse", `SMTP username ${username} is already in use.`);
    },
  },
};
