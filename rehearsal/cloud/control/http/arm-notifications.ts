import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest, notFound } from "../fault";
import { isObject, type Json, type JsonObject } from "../json";
import type { ApiRequest, ApiResponse } from "./json-server";

const emailReceiver = z.object({ name: z.string().min(1), emailAddress: z.email() });
const smsReceiver = z.object({
  name: z.string().min(1),
  countryCode: z.string().regex(/^\d+$/),
  phoneNumber: z.string().regex(/^\d+$/),
});
const webhookReceiver = z.object({ name: z.string().min(1), serviceUri: z.url() });
const request = z.object({
  alertType: z.enum([
    "servicehealth",
    "metricstaticthreshold",
    "metricsdynamicthreshold",
    "logalertv2",
    "smartalert",
    "webtestalert",
    "logalertv1numresult",
    "logalertv1metricmeasurement",
    "resourcehealth",
    "activitylog",
    "actualcostbudget",
    "forecastedbudget",
  ]),
  emailReceivers: z.array(emailReceiver).default([]),
  smsReceivers: z.array(smsReceiver).default([]),
  webhookReceivers: z.array(webhookReceiver).default([]),
});

/** An action group as ARM shows it: whoever has not unsubscribed is Enabled. */
export function actionGroupProperties(values: JsonObject): JsonObject {
  const enabled = (receivers: Json | undefined): Json =>
    Array.isArray(receivers)
      ? receivers.map((receiver) => (isObject(receiver) ? { ...receiver, status: "Enabled" } : receiver))
      : [];
  return {
    groupShortName: values["groupShortName"] ?? null,
    enabled: values["enabled"] ?? true,
    emailReceivers: enabled(values["emailReceivers"]),
    smsReceivers: enabled(values["smsReceivers"]),
    webhookReceivers: values["webhookReceivers"] ?? [],
  };
}

const calls =
  /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Insights\/(?:(createNotifications)|notificationStatus\/([^/]+))$/i;

/**
 * Test notifications of an action group, as @azure/arm-monitor asks for them: `createNotifications`, and the status of
 * one. Undefined for every other path.
 */
export function notificationCalls(
  cloud: Cloud,
): (given: ApiRequest, path: string) => ApiResponse | undefined {
  const sent = new Map<string, JsonObject>();
  return (given, path) => {
    const [match, create, id] = calls.exec(path) ?? [];
    if (match === undefined) return undefined;
    if (create !== undefined && given.method === "POST") return notify(cloud, sent, given, path);
    const found = sent.get(id ?? "");
    if (found === undefined) throw notFound("NotFound", `The notification ${id ?? ""} was not found.`);
    return { status: 200, body: found };
  };
}

function notify(cloud: Cloud, sent: Map<string, JsonObject>, given: ApiRequest, path: string): ApiResponse {
  const parsed = request.safeParse(JSON.parse(given.body === "" ? "{}" : given.body));
  if (!parsed.success) throw badRequest("BadRequest", z.prettifyError(parsed.error));
  const { emailReceivers, smsReceivers, webhookReceivers } = parsed.data;
  const receivers = [
    ...emailReceivers.map(({ name }) => ["Email", name] as const),
    ...smsReceivers.map(({ name }) => ["Sms", name] as const),
    ...webhookReceivers.map(({ name }) => ["Webhook", name] as const),
  ];
  if (receivers.length === 0) throw badRequest("BadRequest", "At least one receiver has to be given.");
  const id = randomUUID();
  const at = new Date().toISOString();
  sent.set(id, {
    Context: {
      NotificationSource: "Microsoft.Insights/TestNotification",
      ContextType: "Microsoft.Insights/ActionGroup",
    },
    State: "Complete",
    CreatedTime: at,
    CompletedTime: at,
    ActionDetails: receivers.map(([MechanismType, Name]) => ({
      MechanismType,
      Name,
      Status: "Completed",
      SubState: "Default",
      SendTime: at,
      Detail: null,
    })),
  });
  for (const [kind, name] of receivers)
    cloud.world.note("note", path, `test notification by ${kind} to ${name}`);
  const status = path.replace(/createNotifications$/i, `notificationStatus/${id}`);
  return {
    status: 202,
    headers: {
      location: `https://${given.host}${status}?api-version=${given.query.get("api-version") ?? ""}`,
      "retry-after": "0",
    },
    body: { notificationId: id, correlationId: randomUUID(), createdTime: at },
  };
}
