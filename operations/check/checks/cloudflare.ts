import { fail, pass, unknown, warn, type Check, type Look } from "../check";
import { Cloudflare, tokenVariable, type CloudflareRecord } from "../probes/cloudflare";

/** The record to change is there under the name and id that the state remembers, and this machine may see it. */
export const cloudflare: Check = {
  id: "cloudflare",
  before: ["primary", "standby"],
  operatorOnly: true,
  wanted: ({ deployment: { prod } }) =>
    `Cloudflare shows this machine the CNAME record ${prod.outputs.record.name} with the id ${prod.outputs.record.id}`,
  fix: ({ deployment: { settings } }) =>
    `set ${tokenVariable} to a token with "DNS: Edit" on the zone, then run \`pulumi up --refresh --stack ${settings.prod.name}\``,
  look: async ({ deployment: { prod, settings }, env, signal }) => {
    const { zoneId, name, id } = prod.outputs.record;
    if ((env[tokenVariable] ?? "") === "")
      return warn(
        `${tokenVariable} is not set here, so the record was not looked up`,
        `set it before the day: \`standby cutover --break-glass\` cannot do without, and neither can ` +
          `\`pulumi up --stack ${settings.prod.name}\` unless cloudflare:apiToken is in its config`,
      );
    try {
      return judgeRecord(
        await Cloudflare.fromEnvironment(env).records(zoneId, name, signal),
        id,
        prod.outputs.record.content,
        prod.config.proxied,
      );
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error));
    }
  },
};

export function judgeRecord(
  records: readonly CloudflareRecord[],
  id: string,
  content: string,
  proxied: boolean,
): Look {
  const record = records.find((one) => one.id === id);
  if (record === undefined)
    return fail(
      records.length === 0
        ? "Cloudflare has no record of that name"
        : `Cloudflare has ${records.map((one) => `${one.type} ${one.content} (${one.id})`).join(", ")}, not that record`,
    );
  if (record.type !== "CNAME") return fail(`the record is of type ${record.type}`);
  if (record.content !== content)
    return fail(`the record leads to ${record.content}; the last \`pulumi up\` wrote ${content}`);
  if (record.proxied !== proxied)
    return fail(
      `the record is ${record.proxied ? "proxied" : "DNS-only"}; config says proxied: ${String(proxied)}`,
    );
  return pass(`CNAME ${record.name} → ${record.content}, found by its id`);
}
