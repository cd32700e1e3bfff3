import { z } from "zod";
import { configFileFlags, runPulumi, type DeploymentSettings } from "../deployment";

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          outputs: z.looseObject({ name: z.unknown().optional() }).optional(),
        }),
      )
      .nullish(),
  }),
});

/**
 * Has the standby's state read the validation records of names again, so that the next `pulumi up` finds the tokens
 * that were written beside it, and shows no difference.
 *
 * @throws Fault (3) where Pulumi or its state cannot be had; what was renewed stays renewed
 */
export async function recordTokens(
  settings: DeploymentSettings,
  hostNames: readonly string[],
): Promise<void> {
  const { standby } = settings;
  const text = await runPulumi(settings, standby, ["stack", "export"], "read the state");
  const wanted = new Set(hostNames.map((hostName) => `_dnsauth.${hostName}`));
  const urns = (exported.parse(JSON.parse(text)).deployment.resources ?? [])
    .filter(({ type, outputs }) => type.startsWith("cloudflare:") && wanted.has(String(outputs?.name)))
    .map(({ urn }) => urn);
  if (urns.length === 0) return;
  const targets = urns.flatMap((urn) => ["--target", urn]);
  const args = ["refresh", "--yes", "--skip-preview", ...targets, ...configFileFlags(standby)];
  await runPulumi(settings, standby, args, "read the new tokens into the state");
}
