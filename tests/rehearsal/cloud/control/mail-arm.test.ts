import { armApi } from "../../../../rehearsal/cloud/control/http/arm";
import type { Api } from "../../../../rehearsal/cloud/control/http/json-server";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const inside = { ...group, emailServiceName: "post" };
const domainName = "mail.blanklabel.example";
const root = `/subscriptions/${subscription}`;

let cloud: TestCloud;
let arm: Api;
beforeEach(async () => {
  cloud = new TestCloud();
  arm = armApi(cloud.cloud, cloud.azure);
  await cloud.group();
  await cloud.make("communication:EmailService", { ...inside, location: "global", dataLocation: "Europe" });
  const managed = { location: "global", domainManagement: "CustomerManaged" };
  await cloud.make("communication:Domain", { ...inside, domainName, ...managed });
});
afterEach(() => cloud.stop());

async function ask(method: string, path: string, body?: object) {
  const { operator } = cloud.settings;
  const token = cloud.cloud.directory.issue(operator, "https://management.azure.com");
  return arm({
    method,
    host: "management.azure.com",
    path,
    query: new URLSearchParams({ "api-version": "2021-09-01" }),
    token,
    headers: {},
    body: body === undefined ? "" : JSON.stringify(body),
  });
}

const list = (listName: string) =>
  cloud.make("communication:SuppressionList", {
    ...inside,
    domainName,
    suppressionListName: "orders",
    listName,
  });

test("a suppression list holds for a sender that there is", async () => {
  await expect(list("orders")).rejects.toThrow(
    `Suppression list orders: listName "orders" is no sender user name of ${domainName}; it has donotreply.`,
  );
  await cloud.make("communication:SenderUsername", {
    ...inside,
    domainName,
    senderUsername: "orders",
    username: "orders",
  });
  expect(text((await list("orders")).state["listName"])).toBe("orders");
});

test("addresses are kept below their list, and go with it", async () => {
  const { id } = await list("donotreply");
  const address = `${id}/suppressionListAddresses/one`;
  await expect(ask("GET", address)).rejects.toThrow(`The Resource '${address}' was not found.`);
  await expect(ask("PUT", address, { properties: { email: "nobody" } })).rejects.toThrow("Invalid email");
  const email = "gone@example.com";
  await ask("PUT", address, { properties: { email } });
  expect(await ask("GET", address)).toMatchObject({
    status: 200,
    body: { name: "one", properties: { email } },
  });
  expect(await ask("GET", `${id}/suppressionListAddresses`)).toMatchObject({
    body: { value: [{ name: "one" }] },
  });
  expect(await ask("DELETE", address)).toEqual({ status: 200 });
  expect(await ask("DELETE", address)).toEqual({ status: 204 });
  await expect(ask("PUT", `${id}x/suppressionListAddresses/one`, {})).rejects.toThrow("was not found");
});

test("a test notification needs a receiver and a kind that there is", async () => {
  const create = `${root}/providers/Microsoft.Insights/createNotifications`;
  await expect(ask("POST", create, { alertType: "servicehealth" })).rejects.toThrow(
    "At least one receiver has to be given.",
  );
  const emailReceivers = [{ name: "mail", emailAddress: "owner@blanklabel.example" }];
  await expect(ask("POST", create, { alertType: "weather", emailReceivers })).rejects.toThrow("alertType");
  await expect(
    ask("POST", create, {
      alertType: "servicehealth",
      emailReceivers: [{ name: "mail", emailAddress: "owner" }],
    }),
  ).rejects.toThrow("Invalid email");
  const { status, headers } = await ask("POST", create, { alertType: "servicehealth", emailReceivers });
  expect(status).toBe(202);
  const { pathname } = new URL(headers?.["location"] ?? "");
  expect(await ask("GET", pathname)).toMatchObject({
    status: 200,
    body: {
      State: "Complete",
      ActionDetails: [{ MechanismType: "Email", Name: "mail", Status: "Completed" }],
    },
  });
  await expect(ask("GET", `${pathname}x`)).rejects.toThrow("was not found");
});
