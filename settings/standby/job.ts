import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { leaf, optionalLeaf } from "../leaf";
import { schedules, type Task } from "../schedules";

const schedule = (task: Task, why: string) =>
  leaf(
    z.string().regex(/^\S+( \S+){4,5}$/),
    {
      allowed: "a cron text in UTC, of five parts, or of six with seconds first",
      example: schedules[task],
      why,
    },
    schedules[task],
  );

/** The standby's own job: what it reads, and when it works. */
export const jobSettings = {
  primaryDatabaseUrl: optionalLeaf(z.string().regex(/^[a-z]+:\/\/.+/), {
    allowed: "the URL of the primary's database",
    example: "",
    secret: true,
    why: "What the job syncs from each night until the standby is live. Without it, sync is left to an operator. The primary's database has to let the standby in.",
  }).transform((url) => (url === undefined ? undefined : pulumi.secret(url))),
  ordersTable: optionalLeaf(z.string().regex(/^[^.\s]+\.[^.\s]+$/), {
    allowed: "a table with its schema",
    example: "public.orders",
    why: "The table whose rows the workbook shows as orders. Where it is not set: orders, in the engine's usual schema.",
  }),
  schedules: z
    .strictObject({
      sync: schedule("sync", "When the job syncs: at night, while the primary has least to do."),
      check: schedule("check", "When the job checks. The alerts wait for it: not less often than hourly."),
      renew: schedule("renew", "When the job looks whether a certificate is due for renewal."),
    })
    .readonly()
    .prefault({}),
};
