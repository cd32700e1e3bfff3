import * as pulumi from "@pulumi/pulumi";
import { checkedEndpoint, Mail, type Sender } from "../../components/mail";
import { place, subscriptionId, zoneId } from "./examples";
import { declared, runMocked } from "./mocked";

const run = async (sender: Sender) => {
  const made: Mail[] = [];
  const { registered } = await runMocked(
    "standby",
    () =>
      void made.push(
        new Mail("mail", {
          resourceGroupName: place.resourceGroupName,
          tags: place.tags,
          subscriptionId,
          zoneId,
          emailServiceName: "shop-email",
          communicationName: "shop-mail",
          domainName: "mail.blanklabel.example",
          exchange: "mx.mailhost.example",
          sender,
          sendLimits: { perMinute: 200, perHour: 5000, ticket: "2610010040000123" },
          mailsPerHour: 600,
        }),
      ),
  );
  return { registered, mail: made[0] };
};
const smtp: Sender = {
  kind: "smtp",
  application: { tenantId: "tenant", applicationId: "client", objectId: "principal" },
};

test("from the service to the app's sign-in, linked only once verified", async () => {
  const { registered } = await run(smtp);
  expect(declared(registered)).toEqual({
    "azure-native:authorization:RoleAssignment mail-application": {
      principalId: "principal",
      principalType: "ServicePrincipal",
      roleAssignmentName: "99999999-8888-4777-8666-555555555555",
      roleDefinitionId:
        "/subscriptions/00000000-1111-4222-8333-444444444444/providers/Microsoft.Authorization/roleDefinitions/09976791-48a7-449e-bb21-39d1a415f350",
      scope: "/id/CommunicationService/mail",
    },
    "azure-native:communication:CommunicationService mail": {
      communicationServiceName: "shop-mail",
      dataLocation: "Europe",
      disableLocalAuth: true,
      linkedDomains: ["/id/Domain/mail-domain"],
      location: "global",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
    },
    "azure-native:communication:Domain mail-domain": {
      domainManagement: "CustomerManaged",
      domainName: "mail.blanklabel.example",
      emailServiceName: "shop-email",
      location: "global",
      resourceGroupName: "shop-standby-rg",
      tags: {
        mailForecastPerHour: "600",
        mailLimitPerHour: "5000",
        mailLimitPerMinute: "200",
        mailLimitTicket: "2610010040000123",
        site: "standby",
      },
      userEngagementTracking: "Disabled",
    },
    "azure-native:communication:EmailService mail-email": {
      dataLocation: "Europe",
      emailServiceName: "shop-email",
      location: "global",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
    },
    "azure-native:communication:SenderUsername mail-sender": {
      displayName: "Orders",
      domainName: "mail.blanklabel.example",
      emailServiceName: "shop-email",
      resourceGroupName: "shop-standby-rg",
      senderUsername: "orders",
      username: "orders",
    },
    "azure-native:communication:SuppressionList mail-suppressed": {
      domainName: "mail.blanklabel.example",
      emailServiceName: "shop-email",
      listName: "orders",
      resourceGroupName: "shop-standby-rg",
      suppressionListName: "orders",
    },
    "azure-native:communication:SmtpUsername mail-smtp": {
      communicationServiceName: "shop-mail",
      entraApplicationId: "client",
      resourceGroupName: "shop-standby-rg",
      smtpUsername: "orders",
      tenantId: "tenant",
      username: "orders@mail.blanklabel.example",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-dkim": {
      comment: "Mail sender",
      content: "selector1-azurecomm-prod-net._domainkey.azurecomm.net",
      name: "selector1-azurecomm-prod-net._domainkey.mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "CNAME",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-dkim2": {
      comment: "Mail sender",
      content: "selector2-azurecomm-prod-net._domainkey.azurecomm.net",
      name: "selector2-azurecomm-prod-net._domainkey.mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "CNAME",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-dmarc": {
      comment: "Mail sender",
      content: '"v=DMARC1; p=quarantine; adkim=s; aspf=r"',
      name: "_dmarc.mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-exchange": {
      comment: "Mail sender",
      content: "mx.mailhost.example",
      name: "mail.blanklabel.example",
      priority: 10,
      proxied: false,
      ttl: 300,
      type: "MX",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-ownership": {
      comment: "Mail sender",
      content: '"ms-domain-verification=proof"',
      name: "mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-spf": {
      comment: "Mail sender",
      content: '"v=spf1 include:spf.protection.outlook.com -all"',
      name: "mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "pulumi-nodejs:dynamic/standby:MailVerification mail-domain-verification": {
      __provider:
        'exports.handler = () => { const { resolve } = require("path"); require(resolve("bin/program.cjs")); return require(resolve("components/dynamic/mail-verification-provider")).provider; };',
      domainId: "/id/Domain/mail-domain",
      domainName: "mail.blanklabel.example",
      emailServiceName: "shop-email",
      resourceGroupName: "shop-standby-rg",
      subscriptionId: "00000000-1111-4222-8333-444444444444",
    },
    "random:index/randomUuid:RandomUuid mail-application-id": {},
  });
});

test("as an identity: the role on this one service, and neither user name nor application", async () => {
  const smtpKinds = Object.keys(declared((await run(smtp)).registered));
  const { registered } = await run({ kind: "identity", principalId: "the-app" });
  const resources = declared(registered);
  expect(resources["azure-native:authorization:RoleAssignment mail-identity"]).toEqual({
    principalId: "the-app",
    principalType: "ServicePrincipal",
    roleAssignmentName: "99999999-8888-4777-8666-555555555555",
    roleDefinitionId:
      "/subscriptions/00000000-1111-4222-8333-444444444444/providers/Microsoft.Authorization/roleDefinitions/09976791-48a7-449e-bb21-39d1a415f350",
    scope: "/id/CommunicationService/mail",
  });
  expect(smtpKinds.filter((key) => !(key in resources)).sort()).toEqual([
    "azure-native:authorization:RoleAssignment mail-application",
    "azure-native:communication:SmtpUsername mail-smtp",
    "random:index/randomUuid:RandomUuid mail-application-id",
  ]);
});

test.each([
  [
    smtp,
    {
      SMTP_HOST: "smtp.azurecomm.net",
      SMTP_PORT: "587",
      SMTP_USERNAME: "orders@mail.blanklabel.example",
      MAIL_FROM: "orders@mail.blanklabel.example",
    },
  ],
  [
    { kind: "identity", principalId: "the-app" },
    {
      COMMUNICATION_ENDPOINT: "https://shop-mail.europe.communication.azure.com",
      MAIL_FROM: "orders@mail.blanklabel.example",
    },
  ],
] as const)("%j tells the app how to send", async (sender, settings) => {
  const { mail } = await run(sender);
  expect(await settled(mail?.appSettings)).toEqual(settings);
  expect(await settled(mail?.endpoint)).toBe("https://shop-mail.europe.communication.azure.com");
});

test("a host that Azure spells otherwise is an error, not missing mail", () => {
  expect(() => checkedEndpoint("shop.us.example", "shop.europe.example")).toThrow(
    new pulumi.RunError(
      "Azure gave the communication service the host shop.us.example; the app sends to shop.europe.example. Fix: mailLocation and communicationHost in settings/mail-service.ts have to spell hosts as Azure does.",
    ),
  );
});

const settled = <T>(output: pulumi.Input<T>) =>
  new Promise<unknown>((resolve) => {
    pulumi.output(output).apply(resolve);
  });
