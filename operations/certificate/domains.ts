import { azureCredential } from "../azure-credential";
import { subscription } from "../check/probes/azure";
import type { StandbyOutputs } from "../deployment";

/** A public name at the edge as Azure Resource Manager has it; states are spelled as Azure does. */
export interface EdgeDomain {
  readonly hostName: string;
  /** Approved, Pending, PendingRevalidation, RefreshingValidationToken, TimedOut, Rejected, … */
  readonly validation: string;
  /** NotStarted, InProgress, Succeeded, Failed. */
  readonly deployment: string;
  /** What TXT `_dnsauth.<host>` must hold; undefined where Azure gives none. */
  readonly token: string | undefined;
}

/** The domains of the standby's profile. Names are those of the resources, not of the hosts. */
export interface EdgeDomains {
  readonly names: readonly string[];
  look(name: string, signal?: AbortSignal): Promise<EdgeDomain>;
  /** Has Azure make a new token, and waits until it has (ARM action refreshValidationToken). */
  renewToken(name: string): Promise<void>;
}

export async function edgeDomains({ frontDoor }: StandbyOutputs): Promise<EdgeDomains> {
  // Loaded only here: the SDK takes longer to load than most commands take to run.
  const { CdnManagementClient } = await import("@azure/arm-cdn");
  const { afdCustomDomains } = new CdnManagementClient(
    await azureCredential(),
    subscription(frontDoor.profileId),
  );
  const place = [frontDoor.resourceGroup, frontDoor.profile] as const;
  return {
    names: frontDoor.customDomains,
    look: async (name, signal) => {
      const found = await afdCustomDomains.get(
        ...place,
        name,
        signal === undefined ? {} : { abortSignal: signal },
      );
      return {
        hostName: found.hostName ?? name,
        validation: found.domainValidationState ?? "Unknown",
        deployment: found.deploymentStatus ?? "NotStarted",
        token: found.validationProperties?.validationToken,
      };
    },
    renewToken: async (name) => {
      await afdCustomDomains.beginRefreshValidationTokenAndWait(...place, name, {
        updateIntervalInMs: 2_000,
      });
    },
  };
}
