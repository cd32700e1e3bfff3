import { fail, pass, reason, warn, type Check, type Look } from "../check";
import { getHttps, sitePatience, type HttpsAnswer } from "../probes/https";

/** What a site said of its version: the text, or why there is none. */
export type SaidVersion = { readonly version: string } | { readonly missing: string };

/** A text of one line, or JSON with `version`: what an app answers at versionPath. */
export function readVersion({ status, body }: Pick<HttpsAnswer, "status" | "body">): SaidVersion {
  if (status !== 200) return { missing: `answers ${String(status)}` };
  const text = body.trim();
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "version" in parsed)
      return { version: String(parsed.version) };
  } catch {
    // Not JSON: the text itself.
  }
  return text !== "" && text.length <= 200 && !/[<\n]/.test(text)
    ? { version: text }
    : { missing: "answers no text of one line and no JSON with version" };
}

export interface DeployedApp {
  /** By the package's or image's own name, where that tells one: `1.0.0` of `shop-1.0.0.zip`. */
  readonly version: string | undefined;
  /** Hash of the package that was uploaded. */
  readonly hash: string | undefined;
}

/** Holds what the two sites say against each other and against what was deployed. */
export function judgeVersions(
  primary: SaidVersion,
  standby: SaidVersion,
  deployed: DeployedApp,
  path: string,
): Look {
  const tell = `let the app answer its version at ${path}, or set versionPath in the standby stack's config`;
  if ("missing" in standby) return warn(`the standby ${standby.missing} at ${path}`, tell);
  const known = [deployed.version, deployed.hash].filter((name) => name !== undefined);
  const asDeployed = known.length === 0 || known.some((name) => standby.version.includes(name));
  if ("missing" in primary)
    return warn(`the standby runs ${standby.version}; the primary ${primary.missing} at ${path}`, tell);
  if (primary.version !== standby.version)
    return fail(`the primary runs ${primary.version}, the standby ${standby.version}`);
  if (!asDeployed)
    return warn(
      `both run ${standby.version}, but ${known.join(" or ")} was deployed`,
      "run `pulumi up` on the standby stack, or look at the web app's log: it may have fallen back",
    );
  return pass(`both run ${standby.version}`);
}

/** Another version may not understand the other's rows. */
export const appVersion: Check = {
  id: "app-version",
  before: ["primary", "standby"],
  wanted: ({ deployment }) => {
    const { version } = deployment.standby.outputs.app;
    return `both sites run the same version${version === undefined ? "" : `, ${version}`}`;
  },
  fix: () =>
    "deploy the same package to both: set appPackage in the standby stack's config, then `pulumi up`",
  look: async ({ deployment: { prod, standby }, signal }) => {
    const { versionPath: path, version, hash } = standby.outputs.app;
    const patient = AbortSignal.any([signal, AbortSignal.timeout(sitePatience)]);
    const ask = (connectTo: string, as?: string): Promise<SaidVersion> =>
      getHttps({ connectTo, path, signal: patient, ...(as === undefined ? {} : { as }) }).then(
        readVersion,
        (error: unknown) => ({ missing: `does not answer (${reason(error)})` }),
      );
    const [ofPrimary, ofStandby] = await Promise.all([
      ask(prod.outputs.targets.primary, prod.outputs.record.name),
      ask(standby.outputs.standbyName),
    ]);
    return judgeVersions(ofPrimary, ofStandby, { version, hash }, path);
  },
};
