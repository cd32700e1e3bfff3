import type { Deployment } from "../../deployment";
import { fail, pass, reason, type Check, type Look } from "../check";
import { servedCertificate, type ServedCertificate } from "../probes/certificate";

const day = 86_400_000;

/**
 * The certificates that a primary of this project shows for the public name and the domain itself. App Service renews
 * them only while both lead there (learn.microsoft.com, app-service/configure-ssl-certificate): weeks on the standby can
 * let them end unseen.
 */
export const primaryCertificate: Check = {
  id: "primary-certificate",
  before: ["primary"],
  wanted: ({ deployment: { prod } }) =>
    prod.config.primaryStack === undefined
      ? "the primary's certificate is its host's affair"
      : `${prod.outputs.targets.primary} shows certificates for ${namesOf(prod).join(" and ")} that have not ended`,
  fix: ({ deployment: { prod } }) => {
    const stack = prod.config.primaryStack ?? "primary";
    return (
      `it can be issued anew only once ${prod.outputs.record.name} leads there: after the failback run ` +
      `\`pulumi config set managedCertificate false --stack ${stack}\`, \`pulumi up --stack ${stack}\`, and the same with true`
    );
  },
  look: async ({ deployment: { prod }, signal, now }) => {
    if (prod.config.primaryStack === undefined) return pass("the primary is none of this project");
    const looks = await Promise.all(
      namesOf(prod).map(async (name) => {
        const shown = await servedCertificate(prod.outputs.targets.primary, name, signal).catch(
          (error: unknown) => reason(error),
        );
        return judgeOwn(shown, name, now);
      }),
    );
    return looks.find(({ status }) => status !== "pass") ?? pass(looks.map(({ found }) => found).join("; "));
  },
};

/** The public name, and the domain itself, which follows it. */
const namesOf = ({ config, outputs }: Deployment["prod"]): readonly string[] => [
  outputs.record.name,
  config.domain,
];

/** @param shown the certificate, or why there is none */
export function judgeOwn(shown: ServedCertificate | string, name: string, now: Date): Look {
  if (typeof shown === "string") return fail(`no certificate for ${name}: ${shown}`);
  const until = `until ${shown.expires.toISOString().slice(0, 10)} (${String(
    Math.floor((shown.expires.getTime() - now.getTime()) / day),
  )} days)`;
  return shown.invalid === undefined
    ? pass(`${name} has a certificate by ${shown.issuer} ${until}`)
    : fail(
        `the certificate shown for ${name} (${shown.names.join(", ") || "no names"}, ${until}) is not valid: ${shown.invalid}`,
      );
}
