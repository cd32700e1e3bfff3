import { healthPath } from "../../../settings/health";
import { fail, pass, reason, warn, type Check, type Look } from "../check";
import { getHttps, type HttpsAnswer } from "../probes/https";
import { isPausePage } from "../probes/pause-page";

const slowMilliseconds = 2_000;

/** The standby is alive under the name that always leads to it. */
export const standbySite: Check = {
  id: "standby-site",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `https://${deployment.standby.outputs.standbyName}${healthPath} answers 200 within ${slowMilliseconds} ms`,
  fix: ({ deployment }) =>
    `look at the web app's log: \`az webapp log tail --resource-group ${deployment.standby.outputs.webApp.resourceGroup} ` +
    `--name ${deployment.standby.outputs.webApp.name}\``,
  look: async ({ deployment, signal }) => {
    const host = deployment.standby.outputs.standbyName;
    return judgeHealth(
      `https://${host}${healthPath}`,
      getHttps({ connectTo: host, path: healthPath, signal }),
    );
  },
};

/** The standby answers as the public name before the public name leads there: what visitors get after the flip. */
export const standbyAsPublic: Check = {
  id: "standby-as-www",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `${deployment.standby.outputs.standbyHost} answers 200 when asked for ` +
    `https://${deployment.standby.outputs.publicHost}${healthPath}`,
  fix: ({ deployment }) =>
    `run \`pulumi up --stack ${deployment.settings.standby.name}\`: the edge must serve ` +
    `${deployment.standby.outputs.publicHost} with a certificate and a route before DNS leads there`,
  look: async ({ deployment, signal }) => {
    const { standbyHost, publicHost } = deployment.standby.outputs;
    return judgeHealth(
      `${standbyHost} asked for ${publicHost}`,
      getHttps({ connectTo: standbyHost, as: publicHost, path: healthPath, signal }),
    );
  },
};

/** A site that does not answer is a finding, not a failure to look. */
export async function judgeHealth(what: string, asked: Promise<HttpsAnswer>): Promise<Look> {
  const answer = await asked.catch((error: unknown) => reason(error));
  if (typeof answer === "string") return fail(`${what}: ${answer}`);
  if (isPausePage(answer)) return fail(`${what} shows the pause page`, "open the shop with `standby resume`");
  const found = `${what} answered ${answer.status} in ${answer.milliseconds} ms`;
  if (answer.status !== 200) return fail(found);
  if (answer.milliseconds > slowMilliseconds)
    return warn(found, "look whether the web app is still starting");
  return pass(found);
}
