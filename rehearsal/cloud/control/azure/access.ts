import { z } from "zod";
import { guidOf } from "../guid";
import { conflict, badRequest } from "../fault";
import type { World } from "../world";
import { webAppsOf } from "./identities";
import { pick, sameId, type RuleBook } from "./rules";

/** Azure's built-in roles, by the id that is the same in every tenant. */
export const roles = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  monitoringReader: "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
  cdnProfileContributor: "ec156ff8-a8d1-4d15-830c-5b80698ca432",
  keyVaultCertificatesOfficer: "a4417e6f-fecd-4de8-b567-7b0420556985",
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  keyVaultSecretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  keyVaultAdministrator: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  storageBlobDataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  communicationAndEmailServiceOwner: "09976791-48a7-449e-bb21-39d1a415f350",
} as const;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const assignment = z.object({ scope: z.string(), roleDefinitionId: z.string(), principalId: z.string() });
const assignmentName = z.object({ roleAssignmentName: z.string() });

const slashed = (scope: string): string => (scope.startsWith("/") ? scope : `/${scope}`).toLowerCase();

/** Whether a principal holds one of the roles on a resource, assigned there or on anything that it lies in. */
export function holdsRole(
  world: World,
  principalId: string,
  resource: string,
  wanted: readonly string[],
): boolean {
  return world.ofType("authorization:RoleAssignment").some(({ values }) => {
    const { scope, roleDefinitionId, principalId: holder } = pick(assignment, values);
    const role = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
    const target = resource.toLowerCase();
    const within = target === slashed(scope) || target.startsWith(`${slashed(scope)}/`);
    return sameId(holder, principalId) && within && wanted.includes(role);
  });
}

export const accessRules: RuleBook = {
  "managedidentity:UserAssignedIdentity": {
    outputs: ({ id }, { settings }) => ({
      principalId: guidOf(`principal ${id}`),
      clientId: guidOf(`client ${id}`),
      tenantId: settings.operator.tenantId,
    }),
  },
  "authorization:RoleAssignment": {
    replaces: ["roleDefinitionId", "principalId", "principalType"],
    check: (values) => {
      const name = values["roleAssignmentName"];
      return typeof name === "string" && !guid.test(name)
        ? [{ property: "roleAssignmentName", reason: `is ${JSON.stringify(name)}; a GUID is wanted` }]
        : [];
    },
    admit: ({ id, values, before }, { world, settings }) => {
      const wanted = pick(assignment, values);
      if (before === undefined) {
        const same = world.ofType("authorization:RoleAssignment").some((other) => {
          const held = pick(assignment, other.values);
          return (
            !sameId(other.id, id) &&
            slashed(held.scope) === slashed(wanted.scope) &&
            sameId(held.roleDefinitionId, wanted.roleDefinitionId) &&
            sameId(held.principalId, wanted.principalId)
          );
        });
        if (same) throw conflict("RoleAssignmentExists", "The role assignment already exists.");
      }
      const { roleAssignmentName } = pick(assignmentName, values);
      if (!wanted.roleDefinitionId.toLowerCase().includes("/roledefinitions/"))
        throw badRequest(
          "InvalidRoleDefinitionId",
          `Role assignment ${roleAssignmentName}: roleDefinitionId ${JSON.stringify(wanted.roleDefinitionId)} is not ` +
            "the id of a role definition (/subscriptions/…/providers/Microsoft.Authorization/roleDefinitions/…).",
        );
      const known =
        [settings.operator.objectId, settings.smtpApplication.objectId].includes(wanted.principalId) ||
        world
          .ofType("managedidentity:UserAssignedIdentity")
          .some(({ outputs }) => outputs["principalId"] === wanted.principalId) ||
        [...webAppsOf(world), ...world.ofType("cdn:Profile")].some(({ outputs }) => {
          const identity = outputs["identity"];
          return JSON.stringify(identity ?? null).includes(wanted.principalId);
        });
      if (!known)
        throw badRequest(
          "PrincipalNotFound",
          `Principal ${wanted.principalId} does not exist in the directory ${settings.operator.tenantId}.`,
        );
    },
  },
};
