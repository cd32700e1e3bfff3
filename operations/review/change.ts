import { types } from "../../policy/resource-types";
import { nameOf, typeOf, type Change, type Preview, type Side } from "./preview";

/** What a change would lose, or take along. */
export interface Danger {
  readonly stack: string;
  readonly resource: string;
  readonly type: string;
  readonly message: string;
  readonly fix: string;
}

/** What a preview's change amounts to. */
export interface Judged {
  /** Where the public name would be led, if that is changed. */
  readonly flip: { readonly from: string; readonly to: string } | undefined;
  readonly dangers: readonly Danger[];
}

/** What holds something that a new one of its kind would not have, and what that is. */
const stateful: ReadonlyMap<string, string> = new Map([
  [types.resourceGroup, "everything that stands in it"],
  [types.sqlServer, "the databases on it, with every order"],
  [types.sqlDatabase, "every order in it"],
  [types.postgresServer, "the databases on it, with every order"],
  ["azure-native:dbforpostgresql:Database", "every order in it"],
  [types.mysqlServer, "the databases on it, with every order"],
  ["azure-native:dbformysql:Database", "every order in it"],
  [types.storageAccount, "the images, packages or uploaded files in it"],
  [types.blobContainer, "the files in it"],
  [types.vault, "the secrets and certificates in it, whose names stay taken for days"],
  [types.mailDomain, "its verification, the raised limits and the sender's good name"],
  ["azure-native:communication:EmailService", "its domains, their verification and the raised limits"],
  [types.communicationService, "the link to the verified domain, and its address"],
  [types.identityOffsets, "the record of how far ids are moved apart, so that two customers can get one id"],
  [types.customDomain, "its certificate, which takes up to an hour to come back, at times longer"],
  [types.frontDoor, "its host name, which DNS leads to, and every certificate"],
  ["azure-native:cdn:AFDEndpoint", "its host name, which DNS leads to"],
  [types.logs, "the logs in it: what happened on the day"],
]);

/** What groups others or stands for the whole: nothing outside changes with it. */
export const isGroup = ({ type }: Change): boolean =>
  type.startsWith("pulumi:") || type.startsWith("warm-standby:");

/** The changes to things that exist, or would. */
export const realChanges = ({ changes }: Preview): readonly Change[] =>
  changes.filter((change) => change.fate !== "same" && !isGroup(change));

/**
 * Judges a change, not a state: rules see what is wanted, never what becomes of what is there. A flip may change one
 * record, in place; nothing that holds data may be replaced or deleted, or lose the protection that refuses it.
 */
export function judgeChange(preview: Preview): Judged {
  const real = realChanges(preview);
  const moved = real.find(leadsElsewhere);
  return {
    flip:
      moved === undefined
        ? undefined
        : { from: text(moved.before, "content"), to: text(moved.after, "content") },
    dangers: [
      ...refused(preview),
      ...real
        .filter(({ urn }) => !preview.refused.some((other) => other.urn === urn))
        .flatMap((change) => lost(preview.stack, change)),
      ...preview.changes.flatMap((change) => unprotected(preview.stack, change)),
      ...(moved === undefined ? [] : takenAlong(preview.stack, moved, real)),
    ],
  };
}

const isRecord = ({ type }: Change): boolean => type === types.dnsRecord;
const text = (side: Side | undefined, input: string): string => {
  const value = side?.inputs[input];
  return typeof value === "string" ? value : "";
};
/** `www.<domain>`, and in the stack of it the names that it leads through. */
const isPublicName = (change: Change): boolean =>
  isRecord(change) && text(change.after ?? change.before, "name").startsWith("www.");

const leadsElsewhere = (change: Change): boolean =>
  isPublicName(change) &&
  ["update", "replace"].includes(change.fate) &&
  text(change.before, "content") !== text(change.after, "content");

function lost(stack: string, change: Change): readonly Danger[] {
  const { fate, type, name, properties } = change;
  if (fate !== "replace" && fate !== "delete") return [];
  const about = { stack, resource: name, type };
  if (isRecord(change)) {
    if (fate === "replace")
      return [
        {
          ...about,
          message: `the DNS record ${name} would be replaced${because(properties)}: its name vanishes in between`,
          fix: "keep its type and name, and change its content in place: both sites are CNAMEs for this",
        },
      ];
    return isPublicName(change) || change.urn.includes(":CutoverRecord$")
      ? [
          {
            ...about,
            message: `the DNS record ${name} would be deleted: the shop's own name leads nowhere`,
            fix: "keep it; to lead it elsewhere, set activeSite",
          },
        ]
      : [];
  }
  const what = stateful.get(type);
  if (what === undefined) return [];
  return [
    {
      ...about,
      message: `${name} would be ${fate === "replace" ? `replaced${because(properties)}` : "deleted"}, which loses ${what}`,
      fix:
        fate === "replace"
          ? "take back what asks for another one, or give the old one an alias or a resource of its own beside it"
          : "keep it, or rename it with an alias; to give it up for good, do so by hand once what is in it is safe",
    },
  ];
}

const because = (properties: readonly string[]): string =>
  properties.length === 0 ? "" : ` (because of ${properties.slice(0, 5).join(", ")})`;

/** What the engine itself refuses; one that would be lost all the same is told of once, as refused. */
function refused({ stack, refused: all }: Preview): readonly Danger[] {
  return all.map(({ urn, fate, with: cause }) => {
    const [resource, type] = [nameOf(urn), typeOf(urn)];
    const what = stateful.get(type);
    return {
      stack,
      resource,
      type,
      message:
        `${resource} is protected and would be ${fate}d${cause === undefined ? "" : ` together with ${nameOf(cause)}`}${what === undefined ? "" : `, which would lose ${what}`}; Pulumi ` +
        "refuses, and looked no further",
      fix:
        cause === undefined
          ? "take back what asks for it, and leave the protection on"
          : `take back what asks for another ${nameOf(cause)}, such as a changed location or name, and leave the protection on`,
    };
  });
}

function unprotected(stack: string, { fate, type, name, before, after }: Change): readonly Danger[] {
  if (!stateful.has(type) || fate === "delete" || before?.protect !== true || after?.protect !== false)
    return [];
  return [
    {
      stack,
      resource: name,
      type,
      message: `${name} would lose its protection, after which the next change may delete or replace it`,
      fix: "keep protect: true",
    },
  ];
}

/** A flip is one record of all stacks: what another one changes in the same pull request is brought up first, too. */
export function besidesFlip(previews: readonly Preview[], flipped: Preview): readonly Danger[] {
  const moved = realChanges(flipped).find(leadsElsewhere);
  if (moved === undefined) return [];
  return previews
    .filter((other) => other !== flipped)
    .flatMap((other) => {
      const real = realChanges(other);
      if (real.length === 0) return [];
      return [
        {
          stack: flipped.stack,
          resource: moved.name,
          type: moved.type,
          message: `a flip may change one record in place and nothing else; the stack ${other.stack} would change along with it: ${listed(real)}`,
          fix: `bring ${other.stack} up first, by a pull request of its own, then flip`,
        },
      ];
    });
}

const listed = (changes: readonly Change[]): string =>
  changes
    .slice(0, 10)
    .map(({ fate, name, type }) => `${fate} ${name} (${type})`)
    .join(", ") + (changes.length > 10 ? `, and ${String(changes.length - 10)} more` : "");

/** A flip is one record, in place: what rides along can fail, wait or ask at the worst minute. */
function takenAlong(stack: string, moved: Change, real: readonly Change[]): readonly Danger[] {
  const others = real.filter(({ urn }) => urn !== moved.urn);
  const alongside: readonly Danger[] =
    others.length === 0
      ? []
      : [
          {
            stack,
            resource: moved.name,
            type: moved.type,
            message:
              "a flip may change one record in place and nothing else; this one would also " + listed(others),
            fix: "bring the other changes up first, by a pull request of their own, then flip",
          },
        ];
  const besides = moved.properties.filter((property) => property !== "content");
  return moved.fate !== "update" || besides.length === 0
    ? alongside
    : [
        ...alongside,
        {
          stack,
          resource: moved.name,
          type: moved.type,
          message: `the flip would change ${besides.join(", ")} of the record along with where it leads`,
          fix: "bring that up first, by a pull request of its own, then flip",
        },
      ];
}
