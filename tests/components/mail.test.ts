import { Mail } from "../../components/mail";
import { place, subscriptionId, zoneId } from "./examples";
import { declared, runMocked } from "./mocked";

test("from the service to the app's sign-in, linked only once verified", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Mail("mail", {
        resourceGroupName: place.resourceGroupName,
        tags: place.tags,
        subscriptionId,
        zoneId,
        emailServiceName: "shop-email",
        communicationName: "shop-mail",
        domainName: "mail.blanklabel.example",
        smtpApplication: { tenantId: "tenant", applicationId: "client", objectId: "principal" },
        sendLimits: { perMinute: 200, perHour: 5000, ticket: "2610010040000123" },
        mailsPerHour: 600,
      }),
  );
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
      content: "v=DMARC1; p=quarantine; adkim=s; aspf=r",
      name: "_dmarc.mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-ownership": {
      comment: "Mail sender",
      content: "ms-domain-verification=proof",
      name: "mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord mail-domain-spf": {
      comment: "Mail sender",
      content: "v=spf1 include:spf.protection.outlook.com -all",
      name: "mail.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "pulumi-nodejs:dynamic/standby:MailVerification mail-domain-verification": {
      __provider:
        'exports.handler = () => { require("tsx/cjs"); return require(require("path").resolve("components/dynamic/mail-verification-provider")).provider; };',
      domainId: "/id/Domain/mail-domain",
      domainName: "mail.blanklabel.example",
      emailServiceName: "shop-email",
      resourceGroupName: "shop-standby-rg",
      subscriptionId: "00000000-1111-4222-8333-444444444444",
    },
    "random:index/randomUuid:RandomUuid mail-application-id": {},
  });
});
