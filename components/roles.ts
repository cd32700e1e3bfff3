import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Azure's built-in roles, by the ids that are the same in every tenant. */
const builtInRoles = {
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  keyVaultCertificatesOfficer: "a4417e6f-fecd-4de8-b567-7b0420556985",
  keyVaultSecretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  /**
   * The narrowest built-in role that may send: Communication Services has no data action for e-mail, and sending takes
   * its read and write actions (Azure's documentation, "Create and manage a Microsoft Entra application for SMTP").
   * Given on one service only, never on the group.
   */
  communicationAndEmailServiceOwner: "09976791-48a7-449e-bb21-39d1a415f350",
} as const;

export type PrincipalKind = "User" | "Group" | "ServicePrincipal";

export interface GrantArgs {
  readonly scope: pulumi.Input<string>;
  readonly role: keyof typeof builtInRoles;
  readonly principalId: pulumi.Input<string>;
  /**
   * What the principal is: Azure refuses another kind, and with it need not find one that was made a moment ago.
   * Left out where it can be any of them; Azure looks it up.
   */
  readonly principalType?: PrincipalKind;
  readonly subscriptionId: pulumi.Input<string>;
}

/** Gives a principal a built-in role. Its name is a UUID of its own, kept in state. */
export function grant(
  name: string,
  args: GrantArgs,
  parent: pulumi.Resource,
  opts: pulumi.CustomResourceOptions = {},
): authorization.RoleAssignment {
  const id = new random.RandomUuid(`${name}-id`, {}, { parent });
  return new authorization.RoleAssignment(
    name,
    {
      scope: args.scope,
      roleAssignmentName: id.result,
      roleDefinitionId: pulumi.interpolate`/subscriptions/${args.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles[args.role]}`,
      principalId: args.principalId,
      // The SDK takes User where it is left out; an output that is nothing stays nothing.
      principalType: pulumi.output<PrincipalKind | undefined>(args.principalType),
    },
    { ...opts, parent },
  );
}
