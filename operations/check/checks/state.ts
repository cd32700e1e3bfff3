import { z } from "zod";
import { runPulumi } from "../../deployment";
import { fail, pass, warn, type Check, type Look } from "../check";

/** The flip needs the prod stack's state: it reads, and nothing in it is left half done. */
export const state: Check = {
  id: "pulumi-state",
  before: ["primary", "standby"],
  operatorOnly: true,
  wanted: ({ deployment: { settings } }) =>
    `the state of the stack ${settings.prod.name} reads, with nothing left half done and nothing waiting for an up`,
  fix: ({ deployment: { settings } }) =>
    `run \`pulumi up --refresh --stack ${settings.prod.name}\`; without the state, \`standby cutover --break-glass\` still works`,
  look: async ({ deployment: { settings, prod } }) => {
    const text = await runPulumi(settings, settings.prod, ["stack", "export"], "read the state");
    return judgeState(exported.parse(JSON.parse(text)), prod.config.activeSite, prod.outputs.activeSite);
  },
};

const exported = z.object({
  deployment: z.object({
    manifest: z.object({ time: z.string() }),
    pending_operations: z
      .array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) }))
      .nullish(),
  }),
});

export function judgeState(
  { deployment }: z.output<typeof exported>,
  configured: string,
  written: string,
): Look {
  const pending = deployment.pending_operations ?? [];
  if (pending.length > 0)
    return fail(
      `${pending.length} operation(s) were cut short: ${pending
        .map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1) ?? resource.urn}`)
        .join(", ")}`,
    );
  const last = `last written ${deployment.manifest.time.slice(0, 19)}Z`;
  if (configured !== written)
    return warn(
      `activeSite is "${configured}" in the stack's file and "${written}" in its state (${last})`,
      `one of them is out of date: run \`pulumi preview --refresh\` to see which`,
    );
  return pass(`reads, nothing pending, ${last}`);
}
