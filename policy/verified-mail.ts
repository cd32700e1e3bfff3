import { unraisedMailLimits } from "../settings/mail-service";
import { types } from "./resource-types";
import { rule, type Resource, type Verdict } from "./rule";
import { at, items, NotKnown } from "./values";

export const verifiedMail = rule(
  "verified-mail",
  "Confirmation mails arrive. In the story they were taken for spam at the busiest hour, and customers who heard " +
    "nothing for an hour ordered again or wrote in.",
  (stack, verdict) => {
    const verifications = stack.of(types.mailVerification);
    for (const service of stack.of(types.communicationService)) {
      const linked = at(service.inputs, "linkedDomains");
      if (!(linked instanceof NotKnown) && items(linked).length === 0)
        verdict.wrong(
          service,
          `${service.name} has no linked domain and can send nothing; wanted: the shop's own. Fix: set linkedDomains.`,
        );
      else if (!verifications.some((verification) => service.madeFrom(verification, "linkedDomains")))
        verdict.wrong(
          service,
          `linkedDomains of ${service.name} do not wait for a verification, and Azure refuses to link a domain that ` +
            "is not verified. Fix: take the domain's id from MailVerification.verifiedDomainId.",
        );
    }
    for (const domain of stack.of(types.mailDomain)) judgeDomain(domain, verdict);
  },
);

function judgeDomain(domain: Resource, verdict: Verdict): void {
  verdict.check(
    domain,
    "domainManagement",
    (value) => value === "CustomerManaged",
    '"CustomerManaged", since the limits of Azure\'s own domains (10 mails an hour) cannot be raised',
    "use a domain of your own",
  );
  const known = verdict.check(
    domain,
    "tags.mailForecastPerHour",
    (value) => numberOf(value) >= 0,
    "the mails an hour that are expected",
    "keep the forecast as a tag of the domain",
  );
  const forecast = known ? numberOf(at(domain.inputs, "tags.mailForecastPerHour")) : 0;
  const limits = [
    ["tags.mailLimitPerHour", 1],
    ["tags.mailLimitPerMinute", 60],
  ] as const;
  for (const [path, times] of limits)
    verdict.check(
      domain,
      path,
      (value) => numberOf(value) >= forecast / times,
      `at least ${String(Math.ceil(forecast / times))}, for a forecast of ${String(forecast)} mails an hour`,
      "have Azure's support raise the limit (allow weeks), then set mailSendLimits to what was granted",
    );
  const raised =
    numberOf(at(domain.inputs, "tags.mailLimitPerMinute")) > unraisedMailLimits.perMinute ||
    numberOf(at(domain.inputs, "tags.mailLimitPerHour")) > unraisedMailLimits.perHour;
  if (raised)
    verdict.check(
      domain,
      "tags.mailLimitTicket",
      (value) => typeof value === "string" && value !== "",
      `the number of the support request, since Azure itself grants ${String(unraisedMailLimits.perMinute)} a minute and ` +
        `${String(unraisedMailLimits.perHour)} an hour`,
      "set mailSendLimits.ticket",
    );
}

/** Tags are texts; NaN for what is no number, which compares as false with everything. */
function numberOf(value: unknown): number {
  return typeof value === "string" && value !== "" ? Number(value) : NaN;
}
