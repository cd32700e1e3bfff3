import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { hostName, leaf, optionalLeaf, secretLeaf, uuid, whole } from "../leaf";
import { unraisedMailLimits } from "../mail-service";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";
import { setCommand } from "../set-command";

const limit = (span: "perMinute" | "perHour", maximum: number, unit: string) =>
  leaf(
    whole(1, maximum),
    {
      allowed: "a whole number of mails from 1",
      example: String(unraisedMailLimits[span]),
      unit,
      why: "What Azure lets this subscription send now; its own limit for a custom domain is the default.",
    },
    unraisedMailLimits[span],
  );
const ticket = {
  allowed: "the number of the support request that raised the limits",
  example: "2610010040000123",
};

const sendLimits = z
  .strictObject({
    perMinute: limit("perMinute", 1_000_000, "mails a minute"),
    perHour: limit("perHour", 10_000_000, "mails an hour"),
    ticket: optionalLeaf(z.string().regex(/^\d{6,20}$/), {
      ...ticket,
      why: "Id of the granted support request: the evidence for limits above Azure's own.",
    }),
  })
  .superRefine((limits, context) => {
    for (const span of ["perMinute", "perHour"] as const)
      if (limits[span] > unraisedMailLimits[span] && limits.ticket === undefined)
        context.addIssue({
          code: "custom",
          path: ["ticket"],
          message: "evidence",
          params: {
            value: undefined,
            allowed: `the number of the granted support request, since ${span} is ${String(limits[span])} and Azure's own limit is ${String(unraisedMailLimits[span])}`,
            example: ticket.example,
          },
        });
  })
  .readonly();

const smtpApplication = z
  .strictObject({
    tenantId: uuid(
      "the Entra tenant",
      "With mailSender smtp: the tenant that the application is registered in.",
    ),
    applicationId: uuid(
      "the Entra application's client id",
      "With mailSender smtp: what the app signs in to the mail server with.",
    ),
    objectId: uuid(
      "the object id of the application's service principal",
      "With mailSender smtp: what roles are given to.",
    ),
    secret: secretLeaf(8, {
      why: "With mailSender smtp: a client secret of the application; it expires.",
    }).transform((text) => pulumi.secret(text)),
  })
  .readonly();

export type MailSender = "identity" | "smtp";

/** An ISO date that the calendar has. */
const isoDate = z.iso.date();

/** Mail: what may be sent, and as whom. */
export const mailSettings = {
  mailSender: leaf<MailSender>(
    z.enum(["identity", "smtp"]),
    {
      allowed: "identity or smtp",
      example: "identity",
      why: "How the app sends: by Communication Services' own SDK as its managed identity, with no secret to expire, or by SMTP as an Entra application.",
    },
    "identity",
  ),
  mailSendLimits: sendLimits.prefault({}),
  dayOfEvent: optionalLeaf(isoDate, {
    allowed: "a date, as YYYY-MM-DD",
    example: "2027-05-14",
    why: "The day that the mail has to be ready for: `standby mail ramp` plans backwards from it.",
  }),
  mailExchange: optionalLeaf(hostName, {
    allowed: "the host name of a mail server that takes mail for mail.<domain>",
    example: "mx.mailhost.example",
    why: "Takes mail sent to `mail.<domain>`. Azure's support asks for its MX record before it raises limits.",
  }),
  smtpApplication: smtpApplication.optional(),
};

/** The application goes with mailSender smtp: then it has to be there, and else it would only be a secret that lies about. */
export function applicationGoesWithSmtp(raw: RawSettings, stack: string): string | undefined {
  const smtp = raw["mailSender"] === "smtp";
  if (smtp === (raw["smtpApplication"] !== undefined)) return undefined;
  return smtp
    ? `${namespace()}smtpApplication is not set, and mailSender is 'smtp'; allowed: the Entra application that signs in to the mail server. Fix: ${setCommand(["smtpApplication", "applicationId"], stack, "11111111-2222-4333-8444-555555555555")}, and so its tenantId, objectId and --secret secret, or ${setCommand(["mailSender"], stack, "identity")}`
    : `${namespace()}smtpApplication has no effect while mailSender is 'identity'. Fix: pulumi config rm smtpApplication --stack ${stack}, or ${setCommand(["mailSender"], stack, "smtp")}`;
}
