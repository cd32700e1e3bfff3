import type { IncomingMessage, ServerResponse } from "node:http";
import { zone } from "./stacks";
import type { World } from "./world";

/** The variables by which the Azure SDKs sign in as an application. */
export const azureSignIn = {
  AZURE_TENANT_ID: "11111111-2222-4333-8444-555555555555",
  AZURE_CLIENT_ID: "51111111-2222-4333-8444-555555555555",
  AZURE_CLIENT_SECRET: "operator-secret",
} as const;

export const token = "an-access-token";

/** Entra's token endpoint and the ARM calls that the checks make. */
export async function serveAzure(
  world: World,
  states: () => Record<string, unknown>,
  notified = () => "Completed",
): Promise<void> {
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  await world.serve("login.microsoftonline.com", (request, response) => {
    if (request.method === "POST" && request.url?.includes("/oauth2/v2.0/token?") === true)
      json(response, 200, { token_type: "Bearer", expires_in: 3599, access_token: token });
    else json(response, 404, {});
  });
  await world.serve("management.azure.com", (request: IncomingMessage, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      json(response, 401, { error: { code: "InvalidAuthenticationToken", message: "no token" } });
      return;
    }
    const path = request.url?.split("?")[0] ?? "";
    if (/\/communicationServices\/[^/]+$/.test(path))
      json(response, 200, { properties: { linkedDomains: [linkedDomain] } });
    else if (path.endsWith("/createNotifications")) {
      response.setHeader(
        "location",
        `https://management.azure.com${path.replace("createNotifications", "notificationStatus/one")}?api-version=2021-09-01`,
      );
      json(response, 202, {
        notificationId: "one",
        correlationId: "two",
        createdTime: "2026-11-20T12:00:00Z",
      });
    } else if (path.endsWith("/notificationStatus/one"))
      json(response, 200, {
        State: "Complete",
        ActionDetails: [{ MechanismType: "Email", Name: "mail", Status: notified() }],
      });
    else if (/\/actionGroups\/[^/]+$/.test(path)) json(response, 200, { properties: people });
    else if (path.includes("/customDomains/"))
      json(response, 200, {
        id: request.url,
        properties: { domainValidationState: "Approved", deploymentStatus: "Succeeded" },
      });
    else json(response, 200, answerTo(request.url ?? "", states));
  });
}

/** What the communication service is linked to, and the action group. */
const linkedDomain = `/subscriptions/41111111-2222-4333-8444-555555555555/resourceGroups/blanklabel-standby/providers/Microsoft.Communication/emailServices/blanklabel-mail/domains/mail.${zone}`;
const people = {
  groupShortName: "standby",
  enabled: true,
  emailReceivers: [{ name: "mail", emailAddress: `owner@${zone}`, status: "Enabled" }],
};

/** The e-mail API of the communication service; tells what was sent. */
export async function serveEmails(world: World): Promise<{ readonly sent: unknown[] }> {
  const host = "blanklabel-talk.europe.communication.azure.com";
  const sent: unknown[] = [];
  await world.serve(host, (request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, {
        "content-type": "application/json",
        "operation-location": `https://${host}/emails/operations/one?api-version=1`,
      });
      response.end(JSON.stringify(body));
    };
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.headers.authorization !== `Bearer ${token}`)
        answer(401, { error: { code: "Denied", message: "no role" } });
      else if (request.method === "POST") {
        sent.push(JSON.parse(body));
        answer(202, { id: "one", status: "Running" });
      } else if (request.url?.includes("/operations/one") === true)
        answer(200, { id: "one", status: "Succeeded" });
      else answer(404, { error: { code: "OperationNotFound", message: "none" } });
    });
  });
  return { sent };
}

/** A resource provider, the limits of flexible servers, or else the mail domain. */
function answerTo(url: string, states: () => Record<string, unknown>): unknown {
  const [path = ""] = url.split("?");
  const namespace = /^\/subscriptions\/[^/]+\/providers\/([\w.]+)$/.exec(path)?.[1];
  if (namespace !== undefined) return { namespace, registrationState: "Registered" };
  if (path.endsWith("/flexibleServers/usages"))
    return { value: [{ name: { value: "standardDDSv5Family" }, limit: 10, currentValue: 0, unit: "Count" }] };
  return { id: url, properties: { verificationStates: states() } };
}

const verified = { status: "Verified" };
export const allVerified = {
  Domain: verified,
  SPF: verified,
  DKIM: verified,
  DKIM2: verified,
  DMARC: { status: "NotStarted" },
};
