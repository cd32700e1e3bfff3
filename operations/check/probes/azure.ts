import type { DomainResource } from "@azure/arm-communication";
import { azureCredential } from "../../azure-credential";
import type { StandbyOutputs } from "../../deployment";

/** The mail domain as Azure Resource Manager has it, verification included. */
export async function mailDomain(outputs: StandbyOutputs, signal: AbortSignal): Promise<DomainResource> {
  // Loaded only here: the SDKs take longer to load than the other checks take to run.
  const { CommunicationServiceManagementClient } = await import("@azure/arm-communication");
  const { resourceGroup, emailService, domain } = outputs.mail;
  const client = new CommunicationServiceManagementClient(
    await azureCredential(),
    subscription(outputs.frontDoor.profileId),
    // The caller has a time limit of its own; the SDK's retries would outlast it.
    { retryOptions: { maxRetries: 1, retryDelayInMs: 500 } },
  );
  return client.domains.get(resourceGroup, emailService, domain, { abortSignal: signal });
}

/** The subscription in an ARM id: `/subscriptions/<id>/resourceGroups/…`. */
export function subscription(armId: string): string {
  return armId.split("/")[2] ?? "";
}
