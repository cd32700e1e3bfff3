import { types } from "../../policy/resource-types";
import { verifiedMail } from "../../policy/verified-mail";
import { good, judge, unknownText, type Declared } from "./judge";

const verification: Declared = { type: types.mailVerification, name: "verification" };
const service = (over: Partial<Declared> = {}): Declared => ({
  type: types.communicationService,
  name: "service",
  inputs: { linkedDomains: [unknownText] },
  from: { linkedDomains: ["verification"] },
  ...over,
});
const domain = (tags: object = {}, domainManagement = "CustomerManaged"): Declared => ({
  type: types.mailDomain,
  name: "domain",
  inputs: {
    domainManagement,
    tags: { mailForecastPerHour: "100", mailLimitPerHour: "100", mailLimitPerMinute: "30", ...tags },
  },
});

test("takes a verified domain whose limits carry the forecast", () => {
  expect(judge(verifiedMail, [verification, service(), domain()])).toEqual(good);
  const raised = {
    mailForecastPerHour: "600",
    mailLimitPerHour: "5000",
    mailLimitPerMinute: "300",
    mailLimitTicket: "2610010040000123",
  };
  expect(judge(verifiedMail, [verification, service(), domain(raised)])).toEqual(good);
});

test("refuses a service without a domain, and one that links it unverified", () => {
  expect(judge(verifiedMail, [service({ inputs: { linkedDomains: [] } })]).wrong).toEqual([
    [
      "service",
      "service has no linked domain and can send nothing; wanted: the shop's own. Fix: set linkedDomains.",
    ],
  ]);
  expect(
    judge(verifiedMail, [verification, domain(), service({ from: { linkedDomains: ["domain"] } })]).wrong,
  ).toEqual([
    [
      "service",
      "linkedDomains of service do not wait for a verification, and Azure refuses to link a domain that is not " +
        "verified. Fix: take the domain's id from MailVerification.verifiedDomainId.",
    ],
  ]);
});

test("refuses a domain of Azure's own", () => {
  expect(judge(verifiedMail, [domain({}, "AzureManaged")]).wrong).toEqual([
    [
      "domain",
      'domainManagement of domain is "AzureManaged"; wanted: "CustomerManaged", since the limits of Azure\'s own ' +
        "domains (10 mails an hour) cannot be raised. Fix: use a domain of your own.",
    ],
  ]);
});

test("refuses limits below the forecast, by the hour and by the minute", () => {
  expect(judge(verifiedMail, [domain({ mailForecastPerHour: "2000" })]).wrong).toEqual([
    [
      "domain",
      'tags.mailLimitPerHour of domain is "100"; wanted: at least 2000, for a forecast of 2000 mails an hour. Fix: ' +
        "have Azure's support raise the limit (allow weeks), then set mailSendLimits to what was granted.",
    ],
    [
      "domain",
      'tags.mailLimitPerMinute of domain is "30"; wanted: at least 34, for a forecast of 2000 mails an hour. Fix: ' +
        "have Azure's support raise the limit (allow weeks), then set mailSendLimits to what was granted.",
    ],
  ]);
});

test("refuses limits that nobody granted, and a forecast that is not there", () => {
  expect(judge(verifiedMail, [domain({ mailLimitPerHour: "5000" })]).wrong).toEqual([
    [
      "domain",
      "tags.mailLimitTicket of domain is not set; wanted: the number of the support request, since Azure itself " +
        "grants 30 a minute and 100 an hour. Fix: set mailSendLimits.ticket.",
    ],
  ]);
  expect(judge(verifiedMail, [domain({ mailForecastPerHour: "many" })]).wrong).toEqual([
    [
      "domain",
      'tags.mailForecastPerHour of domain is "many"; wanted: the mails an hour that are expected. Fix: keep the ' +
        "forecast as a tag of the domain.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  expect(judge(verifiedMail, [domain({ mailLimitPerHour: unknownText })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: tags.mailLimitPerHour of domain",
  });
});
