import { edgeDomains, type EdgeDomain } from "../../certificate/domains";
import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";

/** What Azure itself says of each name's certificate: what is served now may end soon with nobody renewing it. */
export const certificateState: Check = {
  id: "certificate-state",
  before: ["standby"],
  seconds: 20,
  wanted: () => "Azure has approved every name at the edge, and wants no new validation of any",
  fix: () => "run `standby certificate renew`",
  look: async ({ deployment: { standby }, signal }) => {
    try {
      const domains = await edgeDomains(standby.outputs);
      return judgeDomains(await Promise.all(domains.names.map((name) => domains.look(name, signal))));
    } catch (error) {
      return unknown(
        `Azure could not be asked: ${reason(error).split("\n")[0] ?? ""}`,
        "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
      );
    }
  },
};

/** From 45 days before its end on, while the name leads elsewhere (learn.microsoft.com/azure/frontdoor/domain). */
const due = "PendingRevalidation";

export function judgeDomains(domains: readonly EdgeDomain[]): Look {
  const said = (some: readonly EdgeDomain[]): string =>
    some
      .map(({ hostName, validation, deployment }) =>
        deployment === "Failed"
          ? `${hostName} is ${validation}, its deployment Failed`
          : `${hostName} is ${validation}`,
      )
      .join(", ");
  const failed = domains.filter(
    ({ validation, deployment }) =>
      (validation !== "Approved" && validation !== due) || deployment === "Failed",
  );
  if (failed.length > 0) return fail(said(failed));
  const waiting = domains.filter(({ validation }) => validation === due);
  if (waiting.length > 0)
    return warn(
      `${said(waiting)}: the certificate ends within 45 days, and is not renewed while the name leads elsewhere`,
    );
  return pass(said(domains));
}
