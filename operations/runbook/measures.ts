import { chapter } from "./chapters";
import type { RunbookNames } from "./names";

/** What can be done at any time of the day: closing the shop, growing it. */
export function measures({ hosts, primary, stacks, surge }: RunbookNames): readonly string[] {
  return [
    ...chapter("Close the shop, open it again", [
      `\`npx standby pause\`: ${hosts.public} answers 503 with a page that says so, from the edge, without the app or the database. It says how many seconds it took to be seen; the edge needs minutes.`,
      `\`npx standby resume\`: open again.`,
      `Both close the standby only. While ${hosts.public} leads to ${primary.called}, and for whom the tail still sends there, only that site's own switch closes it: ${ownSwitch(primary.stack)}`,
      `Without the command: \`pulumi config set shopOpen false --stack ${stacks.standby}\`, \`pulumi up --stack ${stacks.standby}\`.`,
    ]),
    ...chapter("Surge", [
      `\`pulumi config set size surge --stack ${stacks.standby}\`, \`pulumi up --stack ${stacks.standby}\`: from ${String(surge.instances)} instances of ${surge.plan} on, and a database of size ${surge.database}. In place; the database restarts for a minute or two, so do it before the visitors come.`,
      `Still not enough? Raise \`visitorsPerHour\` and \`ordersPerHour\` in Pulumi.${stacks.standby}.yaml and \`pulumi up\` again: sizes follow from them.`,
      `\`npx standby check\` says whether the subscription's quotas let it.`,
    ]),
  ];
}

/** How the primary is closed: one of this project by its stack, any other as its host has it. */
const ownSwitch = (stack: string | undefined): string =>
  stack === undefined
    ? "find it before the day, and write it here by hand."
    : `\`pulumi config set shopOpen false --stack ${stack}\`, \`pulumi up --stack ${stack}\` puts the pause page in the app's place, in the minute that the app takes to start; \`shopOpen true\` opens it again.`;
