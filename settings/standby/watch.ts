import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { leaf, optionalLeaf } from "../leaf";

/** Whom an alert reaches. */
export const watchSettings = {
  alertEmail: leaf(z.email(), {
    allowed: "an e-mail address",
    example: "owner@blanklabel.example",
    why: "Who is told when something is wrong.",
  }),
  alertPhone: optionalLeaf(z.string().regex(/^\+\d{1,3} \d{4,14}$/), {
    allowed: "a country code and a number, with one space between them",
    example: "+1 5550100200",
    why: "Gets a text message beside the mail.",
  }),
  alertWebhook: optionalLeaf(z.url({ protocol: /^https$/ }), {
    allowed: "an https address",
    example: "https://hooks.blanklabel.example/alerts",
    why: "Gets every alert as JSON beside the mail: a chat, a pager. Kept as a secret in the state, since whoever knows it may post there.",
  }).transform((url) => (url === undefined ? undefined : pulumi.secret(url))),
};
