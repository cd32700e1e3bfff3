import { pauseHeader, pauseReadyPath, pauseStates } from "../../../settings/pause-page";
import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";
import { getHttps, type HttpsAnswer } from "../probes/https";
import { isPausePage } from "../probes/pause-page";

/** The page that closes the shop stands ready, asked for by the way that it would take. */
export const pausePage: Check = {
  id: "pause-page",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `https://${deployment.standby.outputs.standbyName}${pauseReadyPath}, which always leads to the pause page, answers 200`,
  fix: ({ deployment }) =>
    `run \`pulumi up --stack ${deployment.settings.standby.name}\`, then look at the pause page's web app and its route`,
  look: async ({ deployment, signal }) => {
    const host = deployment.standby.outputs.standbyName;
    const asked = getHttps({ connectTo: host, path: pauseReadyPath, signal });
    return judgePausePage(`https://${host}${pauseReadyPath}`, await asked.catch(reason));
  },
};

export function judgePausePage(url: string, answer: HttpsAnswer | string): Look {
  if (typeof answer === "string") return fail(`${url}: ${answer}`);
  if (answer.headers[pauseHeader] !== pauseStates.ready)
    return fail(`${url} answered ${answer.status}, and it is not the pause page that answers`);
  const found = `the pause page answered ${answer.status} in ${answer.milliseconds} ms`;
  return answer.status === 200 ? pass(found) : fail(found);
}

/** The shop is open or closed as its config says. */
export const shopOpen: Check = {
  id: "shop-open",
  // What is declared stands in the stack's file: told to the job, a pause would change the job as well.
  operatorOnly: true,
  before: ["standby"],
  wanted: ({ deployment: { standby } }) =>
    standby.config.shopOpen
      ? `the edge shows the shop for https://${standby.outputs.publicHost}/, as shopOpen: true says`
      : `the shop is open before visitors come; shopOpen is false`,
  fix: () => "open it with `standby resume`; the edge takes minutes to follow",
  look: async ({ deployment: { standby }, signal }) => {
    const { standbyHost, publicHost } = standby.outputs;
    const asked = getHttps({ connectTo: standbyHost, as: publicHost, path: "/", signal });
    return judgeOpen(standby.config.shopOpen, await asked.catch(reason));
  },
};

export function judgeOpen(declared: boolean, answer: HttpsAnswer | string): Look {
  if (typeof answer === "string") return unknown(`the shop's front page: ${answer}`);
  const closed = isPausePage(answer);
  if (declared)
    return closed
      ? fail("the pause page is shown although shopOpen is true")
      : pass(`the shop answers (${answer.status})`);
  return closed
    ? warn("the pause page is shown, as shopOpen: false says")
    : fail(
        "the shop is shown although shopOpen is false",
        "close it with `standby pause`, or set shopOpen to true; the edge takes minutes to follow",
      );
}
