import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { hostName, leaf, optionalLeaf, secretLeaf, uuid, whole } from "../leaf";
import { unraisedMailLimits } from "../mail-service";

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
    tenantId: uuid("the Entra tenant", "The tenant that the application is registered in."),
    applicationId: uuid(
      "the Entra application's client id",
      "What the app signs in to the mail server with.",
    ),
    objectId: uuid("the object id of the application's service principal", "What roles are given to."),
    secret: secretLeaf(8, { why: "A client secret of the application; it expires." }).transform((text) =>
      pulumi.secret(text),
    ),
  })
  .readonly();

/** Mail: what may be sent, and as whom. */
export const mailSettings = {
  mailSendLimits: sendLimits.prefault({}),
  mailExchange: optionalLeaf(hostName, {
    allowed: "the host name of a mail server that takes mail for mail.<domain>",
    example: "mx.mailhost.example",
    why: "Takes mail sent to `mail.<domain>`. Azure's support asks for its MX record before it raises limits.",
  }),
  smtpApplication: smtpApplication.prefault({}),
};
