import type * as pulumi from "@pulumi/pulumi";

/**
 * Who may call an app behind the edge: this shop's own Front Door alone. Its service tag by itself would admit
 * everyone's (https://learn.microsoft.com/azure/frontdoor/origin-security).
 */
export const onlyFrontDoor = (frontDoorId: pulumi.Input<string>) => ({
  ipSecurityRestrictionsDefaultAction: "Deny",
  ipSecurityRestrictions: [
    {
      name: "front-door",
      action: "Allow",
      priority: 100,
      tag: "ServiceTag",
      ipAddress: "AzureFrontDoor.Backend",
      headers: { "x-azure-fdid": [frontDoorId] },
    },
  ],
});

/** For an app that its visitors call directly. */
export const everyone = { ipSecurityRestrictionsDefaultAction: "Allow" } as const;
