import { unraisedMailLimits } from "../../settings/mail-service";
import type { RunbookNames } from "./names";

const numbered = (steps: readonly string[]): readonly string[] =>
  steps.map((step, position) => `${String(position + 1)}. ${step}`);

/** A chapter of numbered steps. */
export const chapter = (title: string, steps: readonly string[]): readonly string[] => [
  `## ${title}`,
  "",
  ...numbered(steps),
  "",
];

const perHour = (count: number): string => `${count.toLocaleString("en-US")} an hour`;

/** All that takes days, and the hour before. */
export function before(names: RunbookNames): readonly string[] {
  const { hosts, standby, stacks } = names;
  return [
    ...chapter("Weeks before", [
      ...ownPrimary(names),
      `\`pulumi up --stack ${stacks.prod}\`: from now on ${hosts.public} is a CNAME that can be moved. Is it an A record today? \`npx standby adopt\` moves it once, in one call, and shows it before.`,
      `\`pulumi up --stack ${stacks.standby}\`, then \`pulumi config set standbyStack ORGANIZATION/PROJECT/${stacks.standby} --stack ${stacks.prod}\` and \`pulumi up --stack ${stacks.prod}\` once more.`,
      mailTicket(names),
      `\`npx standby mail ramp\` says how many mails to send from ${hosts.mail} on which day, so that its good name has grown before the day. Send real ones.`,
      `\`npx standby images push FOLDER\`, and let the shop's pages load their images from https://${hosts.images} from now on; ${standby.watchedImage} is watched there.`,
      `\`npx standby uploads push FOLDER\`: what customers have uploaded.`,
      `\`npx standby sync --from primary --to standby\`, once by hand; from then on the standby's own job does it every night, until the standby is live.`,
      ...names.webhooks,
      `\`npx standby check --deep\`: sends a real mail and a test alert to ${standby.alertEmail}. Quotas for surge are looked at too; a raise is a support request and takes days.`,
      `\`npx standby cost\`: what it costs a month, warm and at surge. \`npm run drill\`: the whole day, on this machine.`,
    ]),
    ...chapter("The hour before", [
      `Close no terminal: \`npx standby watch\` in one of them, shows both sites, their orders and DNS.`,
      `\`npx standby sync --from primary --to standby\`: the base is then minutes old, not a night.`,
      `\`npx standby identities --from primary --to standby\`: how far apart the new ids start; add \`--apply\` where it says "raise".`,
      `Is the forecast of ${perHour(standby.visitorsPerHour)} too small for what is coming? Grow first, see "Surge".`,
      `\`npx standby check\`: READY, or what to do first. A certificate that waits for a new validation: \`npx standby certificate renew\`.`,
    ]),
  ];
}

/** Before everything else, where the primary is one of this project. */
function ownPrimary({ hosts, primary }: RunbookNames): readonly string[] {
  const { stack } = primary;
  if (stack === undefined) return [];
  return [
    `\`pulumi up --stack ${stack}\`, then the next step, and once ${hosts.public} leads to it: \`pulumi config set managedCertificate true --stack ${stack}\` and \`pulumi up --stack ${stack}\` again. App Service renews that certificate only while ${hosts.public} leads there: after weeks on the standby look at \`npx standby check --for primary\` before a failback.`,
  ];
}

function mailTicket({ hosts, standby }: RunbookNames): string {
  const { perHour: now, ticket } = standby.mailSendLimits;
  if (standby.mailsPerHour <= now)
    return `Mail: Azure lets ${String(now)} mails an hour go${ticket === undefined ? "" : ` (request ${ticket})`}; the forecast is ${String(standby.mailsPerHour)}. Nothing to ask for.`;
  const exchange =
    standby.mailExchange === undefined
      ? `Set \`mailExchange\` first: Azure asks for an MX record of ${hosts.mail}.`
      : `Its MX record is ${standby.mailExchange}.`;
  return `Mail: ask Azure's support to raise the limits for ${hosts.mail} from ${String(now)} to ${String(standby.mailsPerHour)} mails an hour (${String(unraisedMailLimits.perHour)} is where all begin). It takes up to 72 hours. ${exchange} Then set \`mailSendLimits.perHour\` and \`mailSendLimits.ticket\`, \`pulumi up\`.`;
}

/** The flip. */
export function cutover({ hosts, stacks, outputs, proxied, ttl, standby }: RunbookNames): readonly string[] {
  const edge = outputs?.standbyHost ?? "the edge";
  return chapter("Cutover", [
    `\`npx standby cutover standby\`: plans the ids again, checks, changes the one record ${hosts.public} to ${edge}, and waits until every name server says so. The same by hand: \`pulumi config set activeSite standby --stack ${stacks.prod}\`, \`pulumi up --stack ${stacks.prod}\`.`,
    `It says no? It says why, and what to do. Only if you know better: \`npx standby cutover standby --force "REASON"\`.`,
    `Pulumi or its state cannot be reached? \`npx standby cutover standby --break-glass --force "REASON"\` needs Cloudflare's API alone; afterwards \`pulumi up --refresh --stack ${stacks.prod}\` shows no change.`,
    proxied
      ? `The record is proxied: visitors follow at once.`
      : `Visitors follow within ${String(ttl)} s where resolvers keep to the record's time; some will not for up to ${String(standby.tailHours)} hours: the tail.`,
  ]);
}

/** While stale DNS still sends visitors to the old site. */
export function tail({ hosts, primary, standby }: RunbookNames): readonly string[] {
  return chapter(`The tail: ${String(standby.tailHours)} hours`, [
    `Leave ${primary.called} and its database running: it still takes orders.`,
    `Every hour: \`npx standby reconcile --from primary --to standby --dry-run\`, read it, then the same without \`--dry-run\`. What it holds back it names, with the options that settle it (\`--take\`, \`--remap\`, \`--merge\`).`,
    `Webhooks that still arrive at ${primary.called}: change their address to https://${hosts.public} at the payment provider now, one by one; what came to the old site meanwhile comes over with reconcile.`,
    `\`npx standby watch\`: orders on both sides, room that is left for new ids, mail, certificate.`,
    `\`npx standby uploads push FOLDER\` again: what was uploaded to the old site since.`,
    `Done when two runs in a row bring nothing and ${primary.called} has had no order for an hour.`,
  ]);
}

/** Back, and the morning after. */
export function afterwards({ hosts, primary, standby, stacks }: RunbookNames): readonly string[] {
  return [
    ...chapter("Failback", [
      `\`npx standby check --for primary\`: ${primary.called} answers and its database can be reached.`,
      `\`npx standby pause\`: for the minutes in which both databases are brought together nobody orders.`,
      `\`npx standby reconcile --from standby --to primary --dry-run\`, then without.`,
      `\`npx standby cutover primary\`, then \`npx standby resume\`: the standby is open again for those whom stale DNS still sends to it.`,
      `During this tail too: \`npx standby reconcile --from standby --to primary\`, until nothing comes any more.`,
    ]),
    ...chapter("The morning after", [
      `\`npx standby reconcile --from primary --to standby\` says that nothing is left; keep its last output.`,
      `Back to warm, if it grew: \`pulumi config set size warm --stack ${stacks.standby}\`, \`pulumi up --stack ${stacks.standby}\`.`,
      `\`npx standby cost\`, and the budget's mails to ${standby.alertEmail}.`,
      `\`pulumi preview --refresh --stack ${stacks.prod}\` and the same for ${stacks.standby}: no change, or what was done by hand in the night.`,
      `\`npx standby check\`: is ${hosts.standby} ready for the next time?`,
    ]),
  ];
}
