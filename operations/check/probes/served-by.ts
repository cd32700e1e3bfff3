import { healthPath } from "../../../settings/health";
import type { Site } from "../../deployment";
import { getHttps, type HttpsAnswer } from "./https";

/** Whose page a name shows. */
export interface Served {
  /** Undefined where the proxy got no page from either. */
  readonly site: Site | undefined;
  /** Cloudflare's proxy is on the way. */
  readonly proxied: boolean;
  /** What was found, for a person. */
  readonly words: string;
}

/**
 * Asks for a name's page as a visitor does, and tells the site by what its answer carries.
 *
 * @throws Error where nothing answers.
 */
export async function servedBy(name: string, signal: AbortSignal): Promise<Served> {
  return judgeServed(name, await getHttps({ connectTo: name, path: healthPath, signal }));
}

/**
 * The standby's edge stamps every answer with `x-azure-ref` (learn.microsoft.com, Front Door HTTP headers), which a
 * primary does not that has no Front Door of its own; Cloudflare's proxy with `cf-ray`, and answers 520 to 530 itself
 * where it gets no page (developers.cloudflare.com, 5xx errors).
 */
export function judgeServed(name: string, { status, headers }: HttpsAnswer): Served {
  const proxied = headers["cf-ray"] !== undefined;
  if (headers["x-azure-ref"] !== undefined)
    return { site: "standby", proxied, words: `${name} is served by the standby` };
  if (proxied && status >= 520 && status <= 530)
    return {
      site: undefined,
      proxied,
      words: `Cloudflare's proxy gets no page for ${name} (error ${status})`,
    };
  return { site: "primary", proxied, words: `${name} is served by the primary` };
}
