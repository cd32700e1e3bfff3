import type { DomainResource } from "@azure/arm-communication";
import { azureCredential } from "../../azure-credential";
import type { StandbyOutputs } from "../../deployment";

/** The caller has a time limit of its own; the SDK's retries would outlast it. */
const patience = { retryOptions: { maxRetries: 1, retryDelayInMs: 500 } };

/** The mail domain as Azure Resource Manager has it, verification included. */
export async function mailDomain(outputs: StandbyOutputs, signal: AbortSignal): Promise<DomainResource> {
  // Loaded only here: the SDKs take longer to load than the other checks take to run.
  const { CommunicationServiceManagementClient } = await import("@azure/arm-communication");
  const { resourceGroup, emailService, domain } = outputs.mail;
  const client = new CommunicationServiceManagementClient(
    await azureCredential(),
    subscription(outputs.frontDoor.profileId),
    patience,
  );
  return client.domains.get(resourceGroup, emailService, domain, { abortSignal: signal });
}

/** ARM ids of the domains that the communication service is linked to. */
export async function linkedDomains(
  outputs: StandbyOutputs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { CommunicationServiceManagementClient } = await import("@azure/arm-communication");
  const { resourceGroup, communicationService } = outputs.mail;
  const client = new CommunicationServiceManagementClient(
    await azureCredential(),
    subscription(outputs.frontDoor.profileId),
    patience,
  );
  const { linkedDomains: linked = [] } = await client.communicationServices.get(
    resourceGroup,
    communicationService,
    { abortSignal: signal },
  );
  return linked;
}

/** Whom an alert calls, as Azure has it. */
export interface ActionGroup {
  readonly enabled: boolean;
  readonly emailReceivers: readonly {
    readonly name: string;
    readonly emailAddress: string;
    readonly status?: string;
  }[];
  readonly smsReceivers: readonly {
    readonly name: string;
    readonly countryCode: string;
    readonly phoneNumber: string;
  }[];
}

export async function actionGroup({ alerts }: StandbyOutputs, signal: AbortSignal): Promise<ActionGroup> {
  const { MonitorClient } = await import("@azure/arm-monitor");
  const [, , , , resourceGroup = "", , , , name = ""] = alerts.actionGroup.split("/");
  const client = new MonitorClient(await azureCredential(), subscription(alerts.actionGroup), patience);
  const found = await client.actionGroups.get(resourceGroup, name, { abortSignal: signal });
  return {
    enabled: found.enabled ?? true,
    emailReceivers: (found.emailReceivers ?? []).map(({ name: receiver, emailAddress, status }) => ({
      name: receiver,
      emailAddress,
      ...(status === undefined ? {} : { status }),
    })),
    smsReceivers: (found.smsReceivers ?? []).map(({ name: receiver, countryCode, phoneNumber }) => ({
      name: receiver,
      countryCode,
      phoneNumber,
    })),
  };
}

/** What the e-mail API of a communication service says to us: nothing is sent. */
export async function askCommunication(
  endpoint: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly said: string }> {
  const credential = await azureCredential();
  const granted = await credential.getToken("https://communication.azure.com/.default", {
    abortSignal: signal,
  });
  // An operation that there cannot be: whoever may not send is refused before it is looked for.
  const unknown = `${endpoint}/emails/operations/00000000-0000-0000-0000-000000000000?api-version=2023-03-31`;
  const response = await fetch(unknown, {
    headers: { authorization: `Bearer ${granted?.token ?? ""}` },
    signal,
  });
  return { status: response.status, said: await response.text() };
}

/** The subscription in an ARM id: `/subscriptions/<id>/resourceGroups/…`. */
export function subscription(armId: string): string {
  return armId.split("/")[2] ?? "";
}
