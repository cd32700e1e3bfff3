import { EmailClient, type EmailClientOptions } from "@azure/communication-email";
import {
  verificationRecords,
  verificationTypes,
  verify,
} from "../../../../rehearsal/cloud/control/azure/communication";
import { CloudFault } from "../../../../rehearsal/cloud/control/fault";
import { emailApi, emailFault } from "../../../../rehearsal/cloud/control/http/emails";
import type { ApiRequest, ApiResponse } from "../../../../rehearsal/cloud/control/http/json-server";
import type { Principal } from "../../../../rehearsal/cloud/control/directory";
import { clientOptions, openCommunication } from "../../../../rehearsal/shop/mail/communication";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const domainName = "mail.blanklabel.example";
const from = `orders@${domainName}`;
const endpoint = "https://talk.europe.communication.azure.com";
const ownerRole = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/09976791-48a7-449e-bb21-39d1a415f350`;

let cloud: TestCloud;
let shop: Principal;
let serviceId: string;

beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  const place = { ...group, location: "global", dataLocation: "Europe" };
  await cloud.make("communication:EmailService", { ...place, emailServiceName: "post" });
  const domain = await cloud.make("communication:Domain", {
    ...group,
    emailServiceName: "post",
    domainName,
    location: "global",
    domainManagement: "CustomerManaged",
  });
  for (const { type, at, value } of Object.values(verificationRecords(domain.id, domainName)))
    await cloud.record(type, at.replace(".blanklabel.example", ""), value);
  for (const type of verificationTypes) await verify(cloud.cloud, domain.id, domainName, type);
  await cloud.make("communication:SenderUsername", {
    ...group,
    emailServiceName: "post",
    domainName,
    senderUsername: "orders",
    username: "orders",
  });
  const service = await cloud.make("communication:CommunicationService", {
    ...place,
    communicationServiceName: "talk",
    linkedDomains: [domain.id],
  });
  serviceId = service.id;
  const { state } = await cloud.make("managedidentity:UserAssignedIdentity", {
    ...group,
    location: "westeurope",
    resourceName: "shop",
  });
  shop = { applicationId: text(state["clientId"]), objectId: text(state["principalId"]) };
});
afterEach(() => cloud.stop());

const grant = () =>
  cloud.make("authorization:RoleAssignment", {
    scope: serviceId,
    roleAssignmentName: "33333333-4444-4555-8666-777777777777",
    roleDefinitionId: ownerRole,
    principalId: shop.objectId,
    principalType: "ServicePrincipal",
  });

/** Header fields as the SDK wants them. */
function fieldsOf(given: Readonly<Record<string, string>>) {
  const fields = new Map(Object.entries(given));
  return {
    get: (name: string) => fields.get(name.toLowerCase()),
    has: (name: string) => fields.has(name.toLowerCase()),
    set: (name: string, value: string | number | boolean) =>
      void fields.set(name.toLowerCase(), String(value)),
    delete: (name: string) => void fields.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(fields),
    [Symbol.iterator]: () => fields[Symbol.iterator](),
  };
}

type HttpClient = NonNullable<EmailClientOptions["httpClient"]>;

/** The official client, whose requests the local cloud's API answers without a network. */
function client(as: Principal | undefined, audience = "https://communication.azure.com", url = endpoint) {
  const api = emailApi(cloud.cloud);
  const token = as === undefined ? "guessed" : cloud.cloud.directory.issue(as, audience);
  const answer = async (request: ApiRequest): Promise<ApiResponse> => {
    try {
      return await api(request);
    } catch (error) {
      if (error instanceof CloudFault) return emailFault(error);
      throw error;
    }
  };
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      const { hostname, pathname, searchParams } = new URL(request.url);
      const { status, headers, body } = await answer({
        method: request.method,
        host: hostname,
        path: pathname,
        query: searchParams,
        token: (request.headers.get("authorization") ?? "").replace("Bearer ", ""),
        headers: request.headers.toJSON(),
        body: typeof request.body === "string" ? request.body : "",
      });
      const fields = fieldsOf({ "content-type": "application/json", ...headers });
      return { request, headers: fields, status, bodyAsText: JSON.stringify(body) };
    },
  };
  const credential = {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new EmailClient(url, credential, { ...clientOptions, httpClient });
}

const mail = {
  senderAddress: from,
  content: { subject: "Your order 1", plainText: "Thank you." },
  recipients: { to: [{ address: "reader@example.com" }] },
};
const outcomeOf = async (sender: EmailClient, message: object = {}) => {
  const poller = await sender.beginSend({ ...mail, ...message });
  return poller.pollUntilDone();
};

test("the official SDK sends as an identity that has the role", async () => {
  await grant();
  const result = await outcomeOf(client(shop), { headers: { "X-Order": "1" } });
  expect(result).toMatchObject({
    status: "Succeeded",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  const headers = { from, to: "reader@example.com", subject: "Your order 1", "x-order": "1" };
  expect(cloud.realised.sent).toEqual([
    { from, to: ["reader@example.com"], subject: "Your order 1", headers },
  ]);
});

test("an identity without the role, a guessed token and one for something else are refused", async () => {
  await expect(outcomeOf(client(shop))).rejects.toMatchObject({
    statusCode: 401,
    code: "Denied",
    message: "Denied by the resource provider.",
  });
  await grant();
  for (const stranger of [client(undefined), client(shop, "https://storage.azure.com")])
    await expect(outcomeOf(stranger)).rejects.toMatchObject({
      statusCode: 401,
      message: "The access token is missing, expired or for another audience.",
    });
  expect(cloud.realised.sent).toEqual([]);
});

test("only a sender of a domain that is linked and verified may send", async () => {
  await grant();
  await expect(outcomeOf(client(shop), { senderAddress: "orders@elsewhere.example" })).rejects.toMatchObject({
    statusCode: 404,
    code: "DomainNotLinked",
    message: "The specified sender domain has not been linked.",
  });
  await expect(outcomeOf(client(shop), { senderAddress: `boss@${domainName}` })).rejects.toMatchObject({
    statusCode: 400,
    code: "InvalidSenderUserName",
    message: `boss@${domainName} is no sender user name of the domain ${domainName}.`,
  });
  await expect(
    outcomeOf(client(shop, undefined, "https://other.europe.communication.azure.com")),
  ).rejects.toMatchObject({ statusCode: 404 });
});

test("a message needs a recipient, at most fifty of them, and a text", async () => {
  await grant();
  const faults: [object, string][] = [
    [{ recipients: { to: [] } }, "Invalid message: recipients has no address."],
    [
      {
        recipients: { to: Array.from({ length: 51 }, (_, n) => ({ address: `r${String(n)}@example.com` })) },
      },
      "Invalid message: at most 50 recipients.",
    ],
    [{ content: { subject: "Empty" } }, "Invalid message: ✖ plainText or html\n  → at content"],
  ];
  for (const [message, text] of faults)
    await expect(outcomeOf(client(shop), message)).rejects.toMatchObject({ statusCode: 400, message: text });
});

test("above the limits it is 429 with the time to wait", async () => {
  await grant();
  for (let sent = 0; sent < 30; sent++) await outcomeOf(client(shop));
  await expect(outcomeOf(client(shop))).rejects.toMatchObject({
    statusCode: 429,
    code: "TooManyRequests",
    message: "Rate limit of the subscription exceeded; try again later.",
  });
});

test("the shop's transport tells apart what became of a message", async () => {
  const transport = (as: Principal | undefined, sender = from) =>
    openCommunication({ kind: "communication", endpoint }, sender, () => Promise.resolve(client(as)));
  const order = { orderNumber: "1", to: "reader@example.com", subject: "Your order 1", body: "Thank you." };
  expect(await transport(shop).send(order)).toEqual({
    kind: "deferred",
    reason: "Denied by the resource provider.",
  });
  await grant();
  expect(await transport(shop).send(order)).toEqual({ kind: "sent" });
  expect(await transport(shop, `boss@${domainName}`).send(order)).toMatchObject({ kind: "rejected" });
  expect(await transport(shop, "orders@elsewhere.example").send(order)).toMatchObject({ kind: "deferred" });
  while (cloud.realised.sent.length < 30) await transport(shop).send(order);
  expect(await transport(shop).send(order)).toEqual({
    kind: "deferred",
    reason: "Rate limit of the subscription exceeded; try again later.",
    retryAfter: 1,
  });
});

test("a suppressed address gets nothing, and the operation says why", async () => {
  await grant();
  const { id } = await cloud.make("communication:SuppressionList", {
    ...group,
    emailServiceName: "post",
    domainName,
    suppressionListName: "orders",
    listName: "orders",
  });
  cloud.cloud.suppressed.set(id.toLowerCase(), new Map([["one", "Gone@example.com"]]));
  const said =
    "The long-running operation has failed. EmailDroppedAllRecipientsSuppressed. " +
    "Message dropped because all recipients were suppressed.";
  const to = (...addresses: string[]) => ({ recipients: { to: addresses.map((address) => ({ address })) } });
  await expect(outcomeOf(client(shop), to("gone@example.com"))).rejects.toThrow(said);
  await outcomeOf(client(shop), to("gone@example.com", "reader@example.com"));
  expect(cloud.realised.sent.map((sent) => sent.to)).toEqual([["reader@example.com"]]);
  const transport = openCommunication({ kind: "communication", endpoint }, from, () =>
    Promise.resolve(client(shop)),
  );
  expect(await transport.send({ orderNumber: "1", to: "gone@example.com", subject: "s", body: "b" })).toEqual(
    { kind: "rejected", reason: said },
  );
});
