import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";
import { getHttps, type HttpsAnswer } from "../probes/https";

const tries = 4;

/** The images of the standby's own front page come from the edge's cache. */
export const images: Check = {
  id: "images",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `an image of the standby's front page comes from https://${deployment.standby.outputs.imageHost}/ ` +
    `with Cache-Control, and from the cache when asked for again`,
  fix: () => "upload the images with `standby images push FOLDER`, then look at the edge's image route",
  look: async ({ deployment, signal }) => {
    const { standbyName, imageHost } = deployment.standby.outputs;
    const page = await getHttps({ connectTo: standbyName, path: "/", signal }).catch((error: unknown) =>
      reason(error),
    );
    if (typeof page === "string") return unknown(`the front page of ${standbyName}: ${page}`);
    const path = firstImage(page.body, imageHost);
    if (path === undefined)
      return fail(
        `the front page of ${standbyName} shows no image from https://${imageHost}/`,
        "lead the shop's images there (IMAGE_BASE_URL): images kept on the web server were the first thing to fail",
      );
    const answers: HttpsAnswer[] = [];
    // An edge is many machines: the first answers fill the caches.
    while (answers.length < tries && !(answers.length > 1 && fromCache(answers.at(-1)))) {
      const answer = await getHttps({ connectTo: imageHost, path, signal }).catch((error: unknown) =>
        reason(error),
      );
      if (typeof answer === "string") return fail(`https://${imageHost}${path}: ${answer}`);
      answers.push(answer);
    }
    return judgeImage(`https://${imageHost}${path}`, answers);
  },
};

/** The path of the first address on a page that leads to the image host. */
export function firstImage(html: string, imageHost: string): string | undefined {
  const start = `https://${imageHost}/`;
  const at = html.indexOf(start);
  if (at < 0) return undefined;
  const address = /^[^\s"'<>)\\]+/.exec(html.slice(at))?.[0] ?? start;
  return address.slice(start.length - 1).replaceAll("&amp;", "&");
}

/** Front Door says it in X-Cache; other caches in Age. */
export function fromCache(answer: HttpsAnswer | undefined): boolean {
  return /HIT/i.test(answer?.headers["x-cache"] ?? "") || Number(answer?.headers["age"] ?? 0) > 0;
}

export function judgeImage(address: string, answers: readonly HttpsAnswer[]): Look {
  const bad = answers.find(({ status }) => status !== 200);
  if (bad !== undefined) return fail(`${address} answered ${bad.status}`);
  const last = answers.at(-1);
  const type = last?.headers["content-type"] ?? "";
  if (!type.startsWith("image/"))
    return fail(`${address} is served as "${type}", not as an image`, "push it again: the type is set then");
  const cacheControl = last?.headers["cache-control"];
  if (cacheControl === undefined) return fail(`${address} carries no Cache-Control: nothing may keep it`);
  if (!answers.some(fromCache))
    return warn(`${address} was asked for ${answers.length} times and never came from the cache`);
  return pass(`${address} comes from the cache (${cacheControl})`);
}
