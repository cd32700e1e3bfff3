import { azureCredential } from "../../azure-credential";
import type { StandbyOutputs } from "../../deployment";
import { subscription, type ActionGroup } from "./azure";

/**
 * Has Azure send a real test notification to everyone in the action group, and waits for what became of it.
 * (@azure/arm-monitor 7: `actionGroups.beginPostTestNotifications`, ARM's `createNotifications`.)
 *
 * @returns whom it reached
 * @throws Error naming whom it did not reach
 */
export async function notifyGroup(
  outputs: StandbyOutputs,
  { emailReceivers, smsReceivers }: ActionGroup,
  signal: AbortSignal,
): Promise<string> {
  const { MonitorClient } = await import("@azure/arm-monitor");
  const { actionGroups } = new MonitorClient(
    await azureCredential(),
    subscription(outputs.alerts.actionGroup),
  );
  let id: string | undefined;
  const poller = await actionGroups.beginPostTestNotifications(
    {
      alertType: "servicehealth",
      emailReceivers: emailReceivers.map(({ name, emailAddress }) => ({ name, emailAddress })),
      smsReceivers: [...smsReceivers],
    },
    {
      abortSignal: signal,
      // The last answer is another kind of document: the id is in the first alone.
      onResponse: (response) => {
        const { notificationId } = (response.parsedBody ?? {}) as { notificationId?: string };
        id ??= notificationId;
      },
    },
  );
  await poller.pollUntilDone();
  if (id === undefined) throw new Error("Azure gave the test notification no id");
  const { state, actionDetails = [] } = await actionGroups.getTestNotifications(id, { abortSignal: signal });
  const bad = actionDetails.filter(({ status }) => !/^(completed|succeeded|success)$/i.test(status ?? ""));
  if (state !== "Complete" || bad.length > 0 || actionDetails.length === 0)
    throw new Error(
      `the test notification is ${state}: ${bad.map(({ name, status, detail }) => `${name ?? "?"} ${status ?? "?"} ${detail ?? ""}`.trim()).join(", ")}`,
    );
  return `a test notification went to ${actionDetails.map(({ mechanismType, name }) => `${name ?? "?"} (${mechanismType ?? "?"})`).join(", ")}`;
}
