import { unraisedMailLimits } from "../../../settings/mail-service";
import type { Deployment } from "../../deployment";
import { fail, pass, type Check, type Look } from "../check";

/**
 * The mails of the forecast may be sent. Azure has no call that tells the limits: up to what it grants everyone they
 * are known; beyond, the number of the support ticket that raised them is the evidence.
 */
export const mailLimits: Check = {
  id: "mail-limits",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `Azure lets the ${deployment.standby.outputs.forecast.mailsPerHour} mails an hour of the forecast out`,
  fix: () =>
    "ask Azure's support for higher limits (it takes up to 72 hours), then set mailSendLimits with the ticket's number",
  look: ({ deployment }) => Promise.resolve(judgeMailLimits(deployment.standby)),
};

export function judgeMailLimits({ config, outputs }: Deployment["standby"]): Look {
  const limits = config.mailSendLimits ?? unraisedMailLimits;
  const { mailsPerHour } = outputs.forecast;
  const found = `${limits.perHour} an hour, ${limits.perMinute} a minute`;
  if (Math.min(limits.perHour, limits.perMinute * 60) < mailsPerHour) return fail(found);
  const raised =
    limits.perHour > unraisedMailLimits.perHour || limits.perMinute > unraisedMailLimits.perMinute
      ? config.mailSendLimits?.ticket
      : "none needed";
  if (raised === undefined)
    return fail(
      `${found}, more than the ${unraisedMailLimits.perHour} and ${unraisedMailLimits.perMinute} that Azure grants without a ticket`,
      "set mailSendLimits.ticket to the number of the support ticket that raised them, or mailSendLimits to what is granted",
    );
  return pass(`${found} (ticket: ${raised})`);
}
