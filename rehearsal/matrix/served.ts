import { z } from "zod";
import { refusal } from "../../operations/fault";
import { pauseHeader, pauseStates } from "../../settings/pause-page";
import { runCommand } from "../engine/command";
import { standbyName } from "../shop-of-the-story";
import type { Stage } from "../stage";
import type { LifeChoice, StandingChoice } from "./configurations";

const answer = z.object({
  status: z.number(),
  pause: z.string().nullable(),
  retryAfter: z.string().nullable(),
});

const visit = `fetch(process.argv[1]).then(({ status, headers }) => console.log(JSON.stringify({
  status, pause: headers.get(process.argv[2]), retryAfter: headers.get("retry-after") })))`;

/**
 * Visits the standby by its own name, over the edge and with the certificate checked. A closed shop shows the page that
 * says so. An open one shows itself, where its database runs here: no SQL Server or MySQL does.
 *
 * @throws Fault where something else is served
 */
export async function expectServed(
  { workspace }: Stage,
  { engine }: LifeChoice,
  { shop }: StandingChoice,
): Promise<void> {
  const url = `https://${standbyName}/`;
  const { code, stdout, stderr } = await runCommand(process.execPath, {
    args: ["-e", visit, url, pauseHeader],
    cwd: workspace.folder,
    env: workspace.env,
  });
  if (code !== 0) throw refusal(`${url} was not reached: ${stderr}`);
  const { status, pause, retryAfter } = answer.parse(JSON.parse(stdout));
  const isPage = status === 503 && pause === pauseStates.closed && retryAfter !== null;
  const isShop = pause === null && (status === 200 || engine !== "postgres");
  if (shop === "open" ? !isShop : !isPage)
    throw refusal(`${url}: while the shop is ${shop}, it is ${stdout}`);
}
