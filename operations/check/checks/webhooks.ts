import { movedTo, webhookTarget, type Webhook, type WebhookHosts } from "../../webhooks";
import { fail, pass, reason, warn, type Check, type Look, type Wants } from "../check";
import { getHttps } from "../probes/https";

/** The names that a webhook of this deployment can lead to. */
export function webhookHosts({ deployment: { prod, standby } }: Wants): WebhookHosts {
  const { standbyHost, publicHost, standbyName } = standby.outputs;
  return { publicHost, primary: [prod.outputs.targets.primary], standby: [standbyName, standbyHost] };
}

/** What was seen of one webhook: the target, and the status of the standby at its path. */
export interface SeenWebhook {
  readonly webhook: Webhook;
  /** The HTTP status, or why there is none. */
  readonly standby: number | string;
}

/**
 * Judges where webhooks lead and whether the standby has something there.
 * @param staysBehind the site that no longer counts after the takeover
 */
export function judgeWebhooks(
  seen: readonly SeenWebhook[],
  hosts: WebhookHosts,
  staysBehind: "primary" | "standby",
): Look {
  if (seen.length === 0) return pass("none are listed in the setting webhooks");
  const missing = seen.filter(({ standby }) => standby === 404);
  const unseen = seen.filter(({ standby }) => typeof standby === "string" || standby >= 500);
  const behind = seen.filter(({ webhook }) => webhookTarget(webhook, hosts) === staysBehind);
  const astray = seen.filter(({ webhook }) => webhookTarget(webhook, hosts) === "elsewhere");
  const named = (list: readonly SeenWebhook[]): string => list.map(({ webhook }) => webhook.name).join(", ");
  if (missing.length > 0)
    return fail(
      `the standby has nothing at the path of ${named(missing)} (404)`,
      "deploy the package that the primary runs; it must answer there, too",
    );
  if (unseen.length > 0)
    return warn(
      unseen
        .map(({ webhook, standby }) => `${webhook.name}: the standby answers ${String(standby)}`)
        .join("; "),
      "look at the web app's log, then check again",
    );
  if (behind.length > 0)
    return warn(
      `${named(behind)} would still lead to the ${staysBehind}`,
      behind
        .map(({ webhook }) => `set ${webhook.name} to ${movedTo(webhook, hosts.publicHost)} at its provider`)
        .join("; "),
    );
  if (astray.length > 0)
    return warn(`${named(astray)} leads to neither site`, "see that it still reaches the shop");
  return pass(`${named(seen)} follow ${hosts.publicHost}, and the standby answers there`);
}

/** Calls from outside that must not go on to the old site. */
export const webhooks: Check = {
  id: "webhooks",
  before: ["primary", "standby"],
  wanted: (context) =>
    `every webhook leads to https://${webhookHosts(context).publicHost}/… and the standby answers at its path`,
  fix: () => "change the addresses at the providers, and list them in the standby stack's setting webhooks",
  look: async (context) => {
    const { deployment, target, signal } = context;
    const seen = await Promise.all(
      deployment.standby.config.webhooks.map(async (webhook) => ({
        webhook,
        standby: await statusAt(deployment.standby.outputs.standbyName, webhook, signal),
      })),
    );
    return judgeWebhooks(seen, webhookHosts(context), target === "standby" ? "primary" : "standby");
  },
};

/** What a host says of a webhook's path, without setting it off: GET, and where that is not known there, OPTIONS. */
async function statusAt(host: string, webhook: Webhook, signal: AbortSignal): Promise<number | string> {
  const { pathname, search } = new URL(webhook.url);
  try {
    for (const method of ["GET", "OPTIONS"] as const) {
      const { status } = await getHttps({ connectTo: host, path: `${pathname}${search}`, method, signal });
      if (status !== 404) return status;
    }
    return 404;
  } catch (error) {
    return reason(error);
  }
}
