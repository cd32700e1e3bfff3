import { afterwards, before, cutover, tail } from "./chapters";
import type { RunbookNames } from "./names";
import { measures } from "./measures";

/** The steps of the day, in Markdown, with the project's own names. */
export function runbook(names: RunbookNames): string {
  return [
    ...head(names),
    ...before(names),
    ...cutover(names),
    ...tail(names),
    ...measures(names),
    ...afterwards(names),
  ]
    .join("\n")
    .trimEnd();
}

function head({
  hosts,
  primary,
  standby,
  stacks,
  local,
  outputs,
  ttl,
  proxied,
}: RunbookNames): readonly string[] {
  const open = `open until \`pulumi up --stack ${stacks.standby}\` has run`;
  const rows: readonly (readonly [what: string, name: string])[] = [
    ["the shop, moved by the cutover", hosts.public],
    ["the primary", primary.called],
    ["the standby, always", hosts.standby],
    ["the edge, what the record points at after a cutover", outputs?.standbyHost ?? open],
    ["images, always from the edge", hosts.images],
    ["mail is sent from", hosts.mail],
    ["resource group, region", `${local.resourceGroup}, ${standby.location}`],
    ["web app", outputs?.webApp.name ?? open],
    ["database", `${standby.databaseEngine}, size ${standby.size}`],
    ["how long a resolver may keep the record", proxied ? "proxied: no tail" : `${String(ttl)} s`],
    [
      "who is called",
      [standby.alertEmail, standby.alertPhone].filter((each) => each !== undefined).join(", "),
    ],
  ];
  return [
    `# The day of ${hosts.public}`,
    "",
    "Printed by `npx standby runbook` from the stacks' own config. Print it again after each change of it, and on paper.",
    "",
    "| what | name |",
    "| --- | --- |",
    ...rows.map(([what, name]) => `| ${what} | ${name} |`),
    "",
  ];
}
