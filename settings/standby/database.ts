import { z } from "zod";
import { databaseSizes } from "../database-sizes";
import { flag, ipv4, leaf, optionalLeaf, uuid } from "../leaf";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";
import { setCommand } from "../set-command";

export type DatabaseEngine = "sqlserver" | "postgres" | "mysql";
const engines = ["sqlserver", "postgres", "mysql"] as const;
const defaultEngine: DatabaseEngine = "postgres";

const identity = {
  allowed: "the ARM id of a user-assigned identity",
  example:
    "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader",
};

const administrator = z
  .strictObject({
    objectId: uuid(
      "the principal's Entra object id",
      "Who administers the database beside the generated password. With sqlserver prefer a group: Azure's own pages differ on whether a service principal goes by its object id or its application id.",
    ),
    name: leaf(z.string().min(1).max(256), {
      allowed: "the principal's name as Entra shows it: of a user its user principal name",
      example: "database-administrators",
      why: "The login that the administrator signs in with.",
    }),
    kind: leaf<"User" | "Group" | "ServicePrincipal">(z.enum(["User", "Group", "ServicePrincipal"]), {
      allowed: "User, Group or ServicePrincipal",
      example: "Group",
      why: "What the principal is; a group outlives whoever leaves.",
    }),
    tenantId: optionalLeaf(z.guid(), {
      allowed: "the Entra tenant, a UUID",
      example: "11111111-2222-4333-8444-555555555555",
      why: "The principal's tenant; the subscription's own where it is not set.",
    }),
    identityId: optionalLeaf(
      z
        .string()
        .regex(
          /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i,
        ),
      {
        ...identity,
        why: "mysql alone needs it: what the server looks principals up with. It must hold Microsoft Graph's User.Read.All, GroupMember.Read.All and Application.Read.All, which ARM cannot grant.",
      },
    ),
  })
  .readonly();

/** The database, and who may reach it beside the app. */
export const databaseSettings = {
  databaseEngine: leaf<DatabaseEngine>(
    z.enum(engines),
    { allowed: "sqlserver, postgres or mysql", example: "postgres", why: "The primary's own engine." },
    defaultEngine,
  ),
  databaseSku: optionalLeaf(z.string().min(1), {
    allowed: "the name of one of the engine's sizes",
    example: "Standard_D4ds_v5",
    why: "The database's size, whatever `size` says; derived from the forecast where it is not set. The sizes of each engine are in settings/database-sizes.ts.",
  }),
  databaseAdministrator: administrator.optional(),
  deletionLock: leaf(
    flag,
    {
      allowed: "true or false",
      example: "true",
      why: "Azure refuses to delete the database's server or anything in it, whoever asks. To take an operator's address or the administrator away, set it to false for that one `up`.",
    },
    true,
  ),
  operatorAddresses: z
    .array(
      leaf(
        // 0.0.0.0 would admit every Azure tenant.
        ipv4.refine((address) => address !== "0.0.0.0"),
        {
          allowed: "one IPv4 address, not 0.0.0.0",
          example: "203.0.113.20",
          why: "From where the database and the app's deployment site may be reached beside the private network. None: from nowhere.",
        },
      ),
    )
    .readonly()
    .default([]),
};

const engineOf = (raw: RawSettings): DatabaseEngine | undefined =>
  engines.find((engine) => engine === (raw["databaseEngine"] ?? defaultEngine));

/** A size has to be one of the engine's own: another family would move the data, and a serverless one would pause. */
export function sizeOfTheEngine(raw: RawSettings, stack: string): string | undefined {
  const engine = engineOf(raw);
  const given = raw["databaseSku"];
  if (engine === undefined || typeof given !== "string" || given === "") return undefined;
  const names = databaseSizes[engine].map(({ name }) => name);
  if (names.includes(given)) return undefined;
  return `${namespace()}databaseSku is '${given}'; allowed with databaseEngine ${engine}: ${names.join(", ")}. Fix: ${setCommand(["databaseSku"], stack, names[2] ?? "")}`;
}

const administratorOf = z.looseObject({ identityId: z.unknown().optional() });

/** MySQL looks principals up with an identity that has been given the right to. */
export function identityForMysql(raw: RawSettings, stack: string): string | undefined {
  const given = administratorOf.safeParse(raw["databaseAdministrator"]);
  if (engineOf(raw) !== "mysql" || !given.success || given.data.identityId !== undefined) return undefined;
  return `${namespace()}databaseAdministrator.identityId is not set; allowed with databaseEngine mysql: ${identity.allowed} that holds Microsoft Graph's User.Read.All, GroupMember.Read.All and Application.Read.All. Fix: ${setCommand(["databaseAdministrator", "identityId"], stack, identity.example)}`;
}
