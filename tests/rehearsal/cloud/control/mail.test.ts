import { verificationTypes, verify } from "../../../../rehearsal/cloud/control/azure/communication";
import { TestCloud, subscription } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const name = "mail.blanklabel.example";
const ownerRole = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/09976791-48a7-449e-bb21-39d1a415f350`;

let cloud: TestCloud;
let domainId: string;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("communication:EmailService", {
    ...group,
    emailServiceName: "post",
    location: "global",
    dataLocation: "Europe",
  });
  const domain = await cloud.make("communication:Domain", {
    ...group,
    emailServiceName: "post",
    domainName: name,
    location: "global",
    domainManagement: "CustomerManaged",
  });
  domainId = domain.id;
});
afterEach(() => cloud.stop());

const link = () =>
  cloud.make("communication:CommunicationService", {
    ...group,
    communicationServiceName: "talk",
    location: "global",
    dataLocation: "Europe",
    linkedDomains: [domainId],
  });

/** Puts the domain's records into DNS, with another text for SPF where one is given. */
async function publish(spf = "v=spf1 include:spf.protection.outlook.com -all"): Promise<void> {
  const stored = cloud.cloud.world.get(domainId)?.outputs["verificationRecords"];
  const ownership = /ms-domain-verification=[0-9a-f-]+/.exec(JSON.stringify(stored))?.[0] ?? "";
  await cloud.record("TXT", "mail", ownership);
  await cloud.record("TXT", "mail", spf);
  for (const number of [1, 2]) {
    const selector = `selector${number}-azurecomm-prod-net._domainkey`;
    await cloud.record("CNAME", `${selector}.mail`, `${selector}.azurecomm.net`);
  }
}

const verifyAll = async () => {
  for (const type of verificationTypes) await verify(cloud.cloud, domainId, name, type);
};

test("linking a domain that is not verified fails", async () => {
  await expect(link()).rejects.toThrow(
    "Requested domain mail.blanklabel.example is not in a valid state for linking (Domain NotStarted, SPF NotStarted",
  );
});

test("a verification without records in DNS fails", async () => {
  await verifyAll();
  await expect(link()).rejects.toThrow("(Domain VerificationFailed, SPF VerificationFailed");
});

test("SPF that ends with ~all fails, and so do two SPF records", async () => {
  await publish("v=spf1 include:spf.protection.outlook.com ~all");
  await verifyAll();
  await expect(link()).rejects.toThrow(
    "(Domain Verified, SPF VerificationFailed, DKIM Verified, DKIM2 Verified)",
  );
  await cloud.record("TXT", "mail", "v=spf1 include:spf.protection.outlook.com -all");
  await verify(cloud.cloud, domainId, name, "SPF");
  await expect(link()).rejects.toThrow("SPF VerificationFailed");
});

test("mail may be sent once the domain is linked, by users whose application has the role", async () => {
  await publish();
  await verifyAll();
  const service = await link();
  await cloud.make("communication:SenderUsername", {
    ...group,
    emailServiceName: "post",
    domainName: name,
    senderUsername: "orders",
    username: "orders",
  });
  const { smtpApplication } = cloud.settings;
  await cloud.make("communication:SmtpUsername", {
    ...group,
    communicationServiceName: "talk",
    smtpUsername: "shop",
    username: `shop@${name}`,
    entraApplicationId: smtpApplication.applicationId,
    tenantId: smtpApplication.tenantId,
  });
  const domains = [{ name, senders: ["donotreply", "orders"] }];
  const limits = { perMinute: 30, perHour: 100 };
  expect(cloud.realised.mail).toEqual({ users: [], domains, limits });
  await cloud.make("authorization:RoleAssignment", {
    scope: service.id,
    roleAssignmentName: "33333333-4444-4555-8666-777777777777",
    roleDefinitionId: ownerRole,
    principalId: smtpApplication.objectId,
    principalType: "ServicePrincipal",
  });
  const users = [{ username: `shop@${name}`, password: smtpApplication.secret }];
  expect(cloud.realised.mail).toEqual({ users, domains, limits });
});

test("an SMTP user needs an application that exists", async () => {
  await publish();
  await verifyAll();
  await link();
  await expect(
    cloud.make("communication:SmtpUsername", {
      ...group,
      communicationServiceName: "talk",
      smtpUsername: "shop",
      username: "shop",
      entraApplicationId: "99999999-9999-4999-8999-999999999999",
      tenantId: cloud.settings.smtpApplication.tenantId,
    }),
  ).rejects.toThrow("application 99999999-9999-4999-8999-999999999999 does not exist in tenant");
});

test("a linked domain cannot be deleted, nor a service that has a domain", async () => {
  await publish();
  await verifyAll();
  await link();
  await expect(cloud.remove("communication:Domain", domainId)).rejects.toThrow("is still linked to talk");
  const service = domainId.replace(/\/domains\/.*/, "");
  await expect(cloud.remove("communication:EmailService", service)).rejects.toThrow(
    `post still has the domain ${name}`,
  );
});
