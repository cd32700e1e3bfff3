import { randomUUID } from "node:crypto";
import { z } from "zod";
import { parentId } from "../azure/ids";
import { pick, sameId } from "../azure/rules";
import type { Cloud } from "../cloud";
import { badRequest, CloudFault, notFound } from "../fault";
import type { JsonObject } from "../json";
import { maxRecipients } from "../../mail";
import { maySend, sendingDomains } from "../realise/mail";
import type { Stored } from "../world";
import type { Api, ApiRequest, ApiResponse } from "./json-server";

/** What the host of every communication service ends with. */
export const communicationHosts = ".communication.azure.com";
const audience = "https://communication.azure.com";

const hosted = z.object({ hostName: z.string() });
const listed = z.object({ listName: z.string() });
const addresses = z.array(z.object({ address: z.email() })).default([]);
const message = z.object({
  senderAddress: z.email(),
  content: z
    .object({ subject: z.string().min(1), plainText: z.string().optional(), html: z.string().optional() })
    .refine(({ plainText, html }) => plainText !== undefined || html !== undefined, "plainText or html"),
  recipients: z.object({ to: addresses, cc: addresses, bcc: addresses }),
  headers: z.record(z.string(), z.string()).default({}),
});
type Message = z.output<typeof message>;

/** The error answer of Communication Services; the time to wait goes with a refusal for the rate. */
export const emailFault = ({ status, code, message: said }: CloudFault): ApiResponse => ({
  status,
  ...(status === 429 ? { headers: { "retry-after": "1" } } : {}),
  body: { error: { code, message: said } },
});

/**
 * The e-mail data plane of `<service>.<data location>.communication.azure.com`, as @azure/communication-email calls it:
 * `POST /emails:send` and the operation that it starts. Source: the REST reference "Email - Send" of Communication
 * Services, and its "Service limits" for 429 with Retry-After.
 */
export function emailApi(cloud: Cloud): Api {
  /** What became of each message, by operation. */
  const operations = new Map<string, JsonObject>();

  const send = (service: Stored, request: ApiRequest): ApiResponse => {
    const parsed = message.safeParse(JSON.parse(request.body === "" ? "{}" : request.body));
    if (!parsed.success) throw badRequest("BadRequest", `Invalid message: ${z.prettifyError(parsed.error)}`);
    checkSender(cloud, service, parsed.data.senderAddress);
    const given = request.headers["operation-id"];
    const id = typeof given === "string" ? given : randomUUID();
    if (operations.has(id)) throw new CloudFault(409, "Conflict", `The operation ${id} exists already.`);
    operations.set(id, { id, ...deliver(cloud, parsed.data) });
    const version = request.query.get("api-version") ?? "";
    return {
      status: 202,
      headers: {
        "operation-location": `https://${request.host}/emails/operations/${id}?api-version=${version}`,
        "retry-after": "1",
      },
      body: { id, status: "Running" },
    };
  };

  return (request) => {
    const { method, path, host, token, query } = request;
    const service = cloud.world
      .ofType("communication:CommunicationService")
      .find(({ outputs }) => pick(hosted, outputs).hostName === host);
    if (service === undefined) throw notFound("ResourceNotFound", `${host} is no communication service.`);
    const principal = cloud.directory.holder(token, audience);
    if (principal === undefined)
      throw new CloudFault(
        401,
        "Unauthorized",
        "The access token is missing, expired or for another audience.",
      );
    if (!maySend(cloud, principal.objectId, service.id))
      throw new CloudFault(401, "Denied", "Denied by the resource provider.");
    if (query.get("api-version") === null)
      throw badRequest("BadRequest", "The api-version query parameter (?api-version=) is required.");
    if (method === "POST" && path === "/emails:send") return send(service, request);
    const operation = /^\/emails\/operations\/([^/]+)$/.exec(path)?.[1];
    if (method === "GET" && operation !== undefined) {
      const found = operations.get(operation);
      if (found === undefined) throw notFound("OperationNotFound", `Operation ${operation} does not exist.`);
      return { status: 200, body: found };
    }
    throw notFound("NotFound", `${method} ${path} is not served by the local cloud.`);
  };
}

/** Only a sender user name of a domain that is verified and linked to this very service. */
function checkSender(cloud: Cloud, service: Stored, sender: string): void {
  const [user = "", domain = ""] = sender.split("@");
  const found = sendingDomains(cloud, service).find(({ name }) => sameId(name, domain));
  if (found === undefined)
    throw notFound("DomainNotLinked", "The specified sender domain has not been linked.");
  if (!found.senders.some((name) => sameId(name, user)))
    throw badRequest(
      "InvalidSenderUserName",
      `${sender} is no sender user name of the domain ${found.name}.`,
    );
}

/** Hands a message to the mail server; suppressed recipients get nothing. */
function deliver(cloud: Cloud, { senderAddress, content, recipients, headers }: Message): JsonObject {
  const all = [...recipients.to, ...recipients.cc, ...recipients.bcc].map(({ address }) => address);
  if (all.length === 0) throw badRequest("BadRequest", "Invalid message: recipients has no address.");
  if (all.length > maxRecipients)
    throw badRequest("BadRequest", `Invalid message: at most ${String(maxRecipients)} recipients.`);
  const to = all.filter((address) => !isSuppressed(cloud, senderAddress, address));
  if (to.length === 0)
    return {
      status: "Failed",
      error: {
        code: "EmailDroppedAllRecipientsSuppressed",
        message: "Message dropped because all recipients were suppressed.",
      },
    };
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const outcome = cloud.parts.mail.submit({
    from: senderAddress,
    to,
    subject: content.subject,
    headers: { ...lower, from: senderAddress, to: to.join(", "), subject: content.subject },
  });
  if (outcome === "throttled")
    throw new CloudFault(429, "TooManyRequests", "Rate limit of the subscription exceeded; try again later.");
  return { status: "Succeeded" };
}

/** Whether a list of the sender's holds an address: lists are named after the sender user name that they are for. */
function isSuppressed(cloud: Cloud, sender: string, address: string): boolean {
  const [user = "", domain = ""] = sender.split("@");
  return cloud.world.ofType("communication:SuppressionList").some(({ id, values }) => {
    const addressesOfList = [...(cloud.suppressed.get(id.toLowerCase())?.values() ?? [])];
    return (
      sameId(parentId(id)?.split("/").at(-1) ?? "", domain) &&
      sameId(pick(listed, values).listName, user) &&
      addressesOfList.some((held) => sameId(held, address))
    );
  });
}
