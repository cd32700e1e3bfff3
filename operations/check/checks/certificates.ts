import type { Deployment } from "../../deployment";
import { fail, measured, pass, reason, warn, type Check, type Look } from "../check";
import { servedCertificate, type ServedCertificate } from "../probes/certificate";

/** Fewer days than these are a failure: what renews itself has done so by then, and a person may be away. */
const wantedDays = 30;
const day = 86_400_000;

const certificate = (id: string, nameOf: (deployment: Deployment) => string): Check => ({
  id,
  before: ["standby"],
  wanted: ({ deployment }) =>
    `the edge shows a certificate for ${nameOf(deployment)}, valid for ${wantedDays} days or more`,
  fix: ({ deployment }) =>
    "run `standby certificate renew`, which says how each name stands with Azure; where it does not name " +
    `${nameOf(deployment)}, run \`pulumi up\` of the standby first, which makes it known to the edge`,
  look: async ({ deployment, signal, now }) => {
    const { standbyHost } = deployment.standby.outputs;
    const name = nameOf(deployment);
    // Asked at the edge's own host, whatever DNS says of the name.
    const shown = await servedCertificate(standbyHost, name, signal).catch((error: unknown) => reason(error));
    return judgeCertificate(shown, name, now);
  },
});

export const certificates: readonly Check[] = [
  certificate("certificate-www", ({ standby }) => standby.outputs.publicHost),
  // It follows www, so whoever types it comes here too.
  certificate("certificate-domain", ({ prod }) => prod.config.domain),
  certificate("certificate-standby", ({ standby }) => standby.outputs.standbyName),
  certificate("certificate-images", ({ standby }) => standby.outputs.imageHost),
];

export function judgeCertificate(shown: ServedCertificate | string, name: string, now: Date): Look {
  if (typeof shown === "string")
    return measured(fail(`no certificate for ${name}: ${shown}`), { certificateDays: 0 });
  const days = Math.floor((shown.expires.getTime() - now.getTime()) / day);
  const until = `until ${shown.expires.toISOString().slice(0, 10)} (${days} days)`;
  if (shown.invalid !== undefined)
    return measured(
      fail(
        `the certificate shown for ${name} (${shown.names.join(", ") || "no names"}, ${until}) is not valid: ${shown.invalid}`,
      ),
      { certificateDays: 0 },
    );
  const found = `${name} has a certificate by ${shown.issuer} ${until}`;
  return measured(judgeDays(days, found, name), { certificateDays: Math.max(0, days) });
}

function judgeDays(days: number, found: string, name: string): Look {
  if (days < wantedDays) return fail(found);
  // Front Door asks for a new validation 45 days before expiry as long as the name leads elsewhere.
  if (days < 45) return warn(found, `${name} is due for renewal: run \`standby certificate renew\``);
  return pass(found);
}
