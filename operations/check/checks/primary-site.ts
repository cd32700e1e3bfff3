import { fail, pass, reason, warn, type Check, type Look } from "../check";
import { getHttps, sitePatience, type HttpsAnswer } from "../probes/https";

/** The primary answers. Before a cutover a dead primary is the very reason for it; before a failback it is not. */
export const primarySite: Check = {
  id: "primary-site",
  before: ["primary", "standby"],
  wanted: ({ deployment }) =>
    `${deployment.prod.outputs.targets.primary} answers for https://${deployment.prod.outputs.record.name}/`,
  fix: ({ target }) =>
    target === "primary"
      ? "bring the primary back first; until then the standby stays in charge"
      : "nothing to do for a cutover: orders left on it can be brought over once it answers again",
  look: async ({ deployment: { prod }, target, signal }) => {
    const { targets, record } = prod.outputs;
    const patient = AbortSignal.any([signal, AbortSignal.timeout(sitePatience)]);
    const asked = getHttps({ connectTo: targets.primary, as: record.name, path: "/", signal: patient });
    const look = await judgePrimary(targets.primary, asked);
    return look.status === "fail" && target === "standby" ? warn(look.found) : look;
  },
};

async function judgePrimary(host: string, asked: Promise<HttpsAnswer>): Promise<Look> {
  const answer = await asked.catch((error: unknown) => reason(error));
  if (typeof answer === "string") return fail(`${host}: ${answer}`);
  const found = `${host} answered ${answer.status} in ${answer.milliseconds} ms`;
  return answer.status < 500 ? pass(found) : fail(found);
}
