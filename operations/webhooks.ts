/** A payment provider's or another's call to the shop, by the address that was entered there. */
export interface Webhook {
  readonly name: string;
  readonly url: string;
}

/** The hosts that a webhook can lead to. */
export interface WebhookHosts {
  /** `www.<zone>`, which follows the cutover record. */
  readonly publicHost: string;
  /** The primary's own names. */
  readonly primary: readonly string[];
  /** The standby's own names. */
  readonly standby: readonly string[];
}

/** `follows` the public name; else the one site that it always leads to, or neither of them. */
export type WebhookTarget = "follows" | "primary" | "standby" | "elsewhere";

/** Where a webhook leads, cutover or not. */
export function webhookTarget({ url }: Webhook, hosts: WebhookHosts): WebhookTarget {
  const { hostname } = new URL(url);
  if (hostname === hosts.publicHost) return "follows";
  if (hosts.primary.includes(hostname)) return "primary";
  return hosts.standby.includes(hostname) ? "standby" : "elsewhere";
}

/** The same webhook by the public name. */
export function movedTo({ url }: Webhook, publicHost: string): string {
  const moved = new URL(url);
  moved.host = publicHost;
  return moved.href;
}

/**
 * What a runbook has to say about webhooks: a sentence each, in the order in which they are done. Where none are
 * configured, that is said, since the provider's own settings cannot be looked at from here.
 */
export function webhookNotes(webhooks: readonly Webhook[], hosts: WebhookHosts): readonly string[] {
  if (webhooks.length === 0)
    return [
      "No webhooks are listed (setting `webhooks` of the standby stack): look in the payment provider's settings for " +
        `addresses other than https://${hosts.publicHost}/… before the day, and list them.`,
    ];
  return webhooks.map((webhook) => {
    const { name, url } = webhook;
    switch (webhookTarget(webhook, hosts)) {
      case "follows":
        return (
          `${name} (${url}) follows the public name. Until the provider's resolver has let go of the old answer, its ` +
          "calls still reach the primary: have the provider send again what failed or came late."
        );
      case "primary":
        return (
          `${name} (${url}) leads to the primary whatever DNS says: set it to ${movedTo(webhook, hosts.publicHost)} at ` +
          "the provider before the day; on the day, before the cutover. What still arrived at the primary afterwards is " +
          "brought over by `standby reconcile`."
        );
      case "standby":
        return (
          `${name} (${url}) leads to the standby whatever DNS says: set it to ` +
          `${movedTo(webhook, hosts.publicHost)} at the provider, or it misses every order before a cutover and after a ` +
          "failback."
        );
      case "elsewhere":
        return `${name} (${url}) leads to neither site: nothing here moves it. Make sure that it still reaches the shop.`;
    }
  });
}
