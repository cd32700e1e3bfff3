import { administrator, faultsOf, parseExample as parse } from "./standby-example";

test.each<[string, Record<string, unknown>, string]>([
  [
    "SMTP without an application",
    { smtpApplication: undefined },
    "warm-standby:smtpApplication is not set, and mailSender is 'smtp'; allowed: the Entra application that signs in to the mail server. Fix: pulumi config set --path smtpApplication.applicationId 11111111-2222-4333-8444-555555555555 --stack standby, and so its tenantId, objectId and --secret secret, or pulumi config set mailSender identity --stack standby",
  ],
  [
    "an application that nothing signs in as",
    { mailSender: "identity" },
    "warm-standby:smtpApplication has no effect while mailSender is 'identity'. Fix: pulumi config rm smtpApplication --stack standby, or pulumi config set mailSender smtp --stack standby",
  ],
  [
    "a sender that there is not",
    { mailSender: "api", smtpApplication: undefined },
    "warm-standby:mailSender is 'api'; allowed: identity or smtp. Fix: pulumi config set mailSender identity --stack standby",
  ],
  [
    "a day that the calendar has not",
    { dayOfEvent: "2027-02-30" },
    "warm-standby:dayOfEvent is '2027-02-30'; allowed: a date, as YYYY-MM-DD. Fix: pulumi config set dayOfEvent 2027-05-14 --stack standby",
  ],
  [
    "a kind of certificate that there is not",
    { certificate: { kind: "origin" } },
    "warm-standby:certificate.kind is 'origin'; allowed: managed, keyVault or acme. Fix: pulumi config set --path certificate.kind managed --stack standby",
  ],
  [
    "a certificate of a vault without its place",
    { certificate: { kind: "keyVault" } },
    "warm-standby:certificate.vaultSecretId is not set; allowed: the ARM id of the certificate's secret: <ARM id of the vault>/secrets/<name of the certificate>. Fix: pulumi config set --path certificate.vaultSecretId /subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop --stack standby",
  ],
  [
    "a certificate by its address instead of its id",
    {
      certificate: {
        kind: "keyVault",
        vaultSecretId: "https://blanklabel-certs.vault.azure.net/secrets/shop",
      },
    },
    "warm-standby:certificate.vaultSecretId is 'https://blanklabel-certs.vault.azure.net/secrets/shop'; allowed: the ARM id of the certificate's secret: <ARM id of the vault>/secrets/<name of the certificate>. Fix: pulumi config set --path certificate.vaultSecretId /subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop --stack standby",
  ],
  [
    "an ACME authority without a token for its proofs",
    { certificate: { kind: "acme" }, operatorObjectIds: ["11111111-2222-4333-8444-555555555555"] },
    "warm-standby:certificate.cloudflareToken is not set; allowed: a secret of at least 8 characters. Fix: pulumi config set --path --secret certificate.cloudflareToken --stack standby",
  ],
  [
    "a token too short",
    { certificate: { kind: "managed", cloudflareToken: "short" } },
    "warm-standby:certificate.cloudflareToken is set, but not as it must be; allowed: a secret of at least 8 characters. Fix: pulumi config set --path --secret certificate.cloudflareToken --stack standby",
  ],
  [
    "a directory that is not served by https",
    { certificate: { kind: "managed", directory: "http://acme.example/dir" } },
    "warm-standby:certificate.directory is 'http://acme.example/dir'; allowed: the https address of an ACME directory. Fix: pulumi config set --path certificate.directory https://acme-v02.api.letsencrypt.org/directory --stack standby",
  ],
  [
    "an address that is none",
    { certificate: { kind: "managed", email: "nobody" } },
    "warm-standby:certificate.email is 'nobody'; allowed: an e-mail address. Fix: pulumi config set --path certificate.email owner@blanklabel.example --stack standby",
  ],
  [
    "a renewal before half of the certificate's life",
    { certificate: { kind: "managed", renewBeforeDays: 90 } },
    "warm-standby:certificate.renewBeforeDays is 90; allowed: a whole number of days from 1 to 60. Fix: pulumi config set --path certificate.renewBeforeDays 30 --stack standby",
  ],
  [
    "an ACME authority, and nobody who may have it issue",
    { certificate: { kind: "acme", cloudflareToken: "edits-the-zone" } },
    "warm-standby:operatorObjectIds is empty, but certificate.kind is 'acme'; allowed: the Entra object id of whoever runs pulumi up, who needs a role on the certificate's vault. Fix: pulumi config set --path 'operatorObjectIds[0]' 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "an engine that there is not",
    { databaseEngine: "oracle" },
    "warm-standby:databaseEngine is 'oracle'; allowed: sqlserver, postgres or mysql. Fix: pulumi config set databaseEngine postgres --stack standby",
  ],
  [
    "a database that would pause",
    { databaseEngine: "sqlserver", databaseSku: "GP_S_Gen5_2" },
    "warm-standby:databaseSku is 'GP_S_Gen5_2'; allowed with databaseEngine sqlserver: S1, S2, S3, S4, S6, S7, S9, S12. Fix: pulumi config set databaseSku S3 --stack standby",
  ],
  [
    "a size of another engine's family",
    { databaseSku: "Standard_D4ads_v5" },
    "warm-standby:databaseSku is 'Standard_D4ads_v5'; allowed with databaseEngine postgres: Standard_B2s, Standard_D2ds_v5, Standard_D4ds_v5, Standard_D8ds_v5, Standard_D16ds_v5, Standard_D32ds_v5, Standard_D48ds_v5, Standard_D64ds_v5, Standard_D96ds_v5. Fix: pulumi config set databaseSku Standard_D4ds_v5 --stack standby",
  ],
  [
    "a size of MySQL's that there is not",
    { databaseEngine: "mysql", databaseSku: "Standard_B1ms" },
    "warm-standby:databaseSku is 'Standard_B1ms'; allowed with databaseEngine mysql: Standard_B2s, Standard_D2ads_v5, Standard_D4ads_v5, Standard_D8ads_v5, Standard_D16ads_v5, Standard_D32ads_v5, Standard_D48ads_v5, Standard_D64ads_v5. Fix: pulumi config set databaseSku Standard_D4ads_v5 --stack standby",
  ],
  [
    "a size without a name",
    { databaseSku: "" },
    "warm-standby:databaseSku is ''; allowed: the name of one of the engine's sizes. Fix: pulumi config set databaseSku Standard_D4ds_v5 --stack standby",
  ],
  [
    "a lock that is neither on nor off",
    { deletionLock: "maybe" },
    "warm-standby:deletionLock is 'maybe'; allowed: true or false. Fix: pulumi config set deletionLock true --stack standby",
  ],
  [
    "an administrator of MySQL's whom the server cannot look up",
    { databaseEngine: "mysql", databaseAdministrator: administrator },
    "warm-standby:databaseAdministrator.identityId is not set; allowed with databaseEngine mysql: the ARM id of a user-assigned identity that holds Microsoft Graph's User.Read.All, GroupMember.Read.All and Application.Read.All. Fix: pulumi config set --path databaseAdministrator.identityId /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader --stack standby",
  ],
  [
    "an identity by its name alone",
    { databaseAdministrator: { ...administrator, identityId: "directory-reader" } },
    "warm-standby:databaseAdministrator.identityId is 'directory-reader'; allowed: the ARM id of a user-assigned identity. Fix: pulumi config set --path databaseAdministrator.identityId /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader --stack standby",
  ],
  [
    "an administrator by mail address in place of an id",
    { databaseAdministrator: { ...administrator, objectId: "owner@blanklabel.example" } },
    "warm-standby:databaseAdministrator.objectId is 'owner@blanklabel.example'; allowed: the principal's Entra object id, a UUID. Fix: pulumi config set --path databaseAdministrator.objectId 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "an administrator of a kind that there is not",
    { databaseAdministrator: { ...administrator, kind: "Team" } },
    "warm-standby:databaseAdministrator.kind is 'Team'; allowed: User, Group or ServicePrincipal. Fix: pulumi config set --path databaseAdministrator.kind Group --stack standby",
  ],
  [
    "an administrator's tenant by its domain",
    { databaseAdministrator: { ...administrator, tenantId: "blanklabel.example" } },
    "warm-standby:databaseAdministrator.tenantId is 'blanklabel.example'; allowed: the Entra tenant, a UUID. Fix: pulumi config set --path databaseAdministrator.tenantId 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "a region's display name",
    { location: "West Europe" },
    "warm-standby:location is 'West Europe'; allowed: an Azure region's short name. Fix: pulumi config set location westeurope --stack standby",
  ],
  [
    "a size that there is not",
    { size: "large" },
    "warm-standby:size is 'large'; allowed: warm or surge. Fix: pulumi config set size warm --stack standby",
  ],
  [
    "a phone number without its country",
    { alertPhone: "5550100200" },
    "warm-standby:alertPhone is '5550100200'; allowed: a country code and a number, with one space between them. Fix: pulumi config set alertPhone '+1 5550100200' --stack standby",
  ],
  [
    "a webhook in clear text",
    { alertWebhook: "http://hooks.blanklabel.example/alerts" },
    "warm-standby:alertWebhook is 'http://hooks.blanklabel.example/alerts'; allowed: an https address. Fix: pulumi config set alertWebhook https://hooks.blanklabel.example/alerts --stack standby",
  ],
  [
    "a schedule that is none",
    { schedules: JSON.stringify({ check: "hourly" }) },
    "warm-standby:schedules.check is 'hourly'; allowed: a cron text in UTC, of five parts, or of six with seconds first. Fix: pulumi config set --path schedules.check '7 * * * *' --stack standby",
  ],
  [
    "a table of orders without its schema",
    { ordersTable: "orders" },
    "warm-standby:ordersTable is 'orders'; allowed: a table with its schema. Fix: pulumi config set ordersTable public.orders --stack standby",
  ],
  [
    "a negative forecast",
    { ordersPerHour: "-1" },
    "warm-standby:ordersPerHour is '-1'; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set ordersPerHour 300 --stack standby",
  ],
  [
    "a tail of no length",
    { tailHours: "0" },
    "warm-standby:tailHours is '0'; allowed: a number of hours from 0.25 to 720. Fix: pulumi config set tailHours 24 --stack standby",
  ],
  [
    "a safety that makes the offset smaller",
    { safety: "0.5" },
    "warm-standby:safety is '0.5'; allowed: a factor from 1 to 100. Fix: pulumi config set safety 2 --stack standby",
  ],
  [
    "raised mail limits without evidence",
    { mailSendLimits: { perMinute: 30, perHour: 2000 } },
    "warm-standby:mailSendLimits.ticket is not set; allowed: the number of the granted support request, since perHour is 2000 and Azure's own limit is 100. Fix: pulumi config set --path mailSendLimits.ticket 2610010040000123 --stack standby",
  ],
  [
    "a mail exchange that is an address",
    { mailExchange: "203.0.113.30" },
    "warm-standby:mailExchange is '203.0.113.30'; allowed: the host name of a mail server that takes mail for mail.<domain>. Fix: pulumi config set mailExchange mx.mailhost.example --stack standby",
  ],
  [
    "limits that are no object",
    { mailSendLimits: "2000" },
    "warm-standby:mailSendLimits is 2000; allowed: named values. Fix: pulumi config set --path mailSendLimits.NAME VALUE --stack standby",
  ],
  [
    "an unknown part of a structured setting",
    { mailSendLimits: { perDay: 5 } },
    "warm-standby:mailSendLimits.perDay is not a setting. Fix: correct its name, or pulumi config rm --path mailSendLimits.perDay --stack standby",
  ],
  [
    "an open firewall",
    { operatorAddresses: ["203.0.113.20", "0.0.0.0"] },
    "warm-standby:operatorAddresses.1 is '0.0.0.0'; allowed: one IPv4 address, not 0.0.0.0. Fix: pulumi config set --path 'operatorAddresses[1]' 203.0.113.20 --stack standby",
  ],
  [
    "a range of addresses",
    { operatorAddresses: ["203.0.113.0/24"] },
    "warm-standby:operatorAddresses.0 is '203.0.113.0/24'; allowed: one IPv4 address, not 0.0.0.0. Fix: pulumi config set --path 'operatorAddresses[0]' 203.0.113.20 --stack standby",
  ],
  [
    "one address in place of a list",
    { operatorAddresses: "203.0.113.20" },
    "warm-standby:operatorAddresses is '203.0.113.20'; allowed: a list. Fix: pulumi config set --path 'operatorAddresses[0]' VALUE --stack standby",
  ],
  [
    "a package by plain http",
    { appPackage: "http://downloads.blanklabel.example/shop.zip" },
    "warm-standby:appPackage is 'http://downloads.blanklabel.example/shop.zip'; allowed: the https address of the app's zip package, or the path of a .zip from the project's folder. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ],
  [
    "a runtime without its separator",
    { appRuntime: "node20" },
    "warm-standby:appRuntime is 'node20'; allowed: a Linux runtime of App Service, as `az webapp list-runtimes` prints it with |. Fix: pulumi config set appRuntime 'NODE|20-lts' --stack standby",
  ],
  [
    "a short session secret, unprinted",
    { sessionSecret: "short" },
    "warm-standby:sessionSecret is set, but not as it must be; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack standby",
  ],
  [
    "an image without its slash",
    { watchedImage: "logo.svg" },
    "warm-standby:watchedImage is 'logo.svg'; allowed: the path of an image, starting with /. Fix: pulumi config set watchedImage /logo.svg --stack standby",
  ],
  [
    "a budget of nothing",
    { monthlyBudget: "0" },
    "warm-standby:monthlyBudget is '0'; allowed: a whole number from 1 to 1000000 a month. Fix: pulumi config set monthlyBudget 500 --stack standby",
  ],
  [
    "a shop that is half open",
    { shopOpen: "no" },
    "warm-standby:shopOpen is 'no'; allowed: true or false. Fix: pulumi config set shopOpen true --stack standby",
  ],
  [
    "a pause page without a title",
    { pauseTitle: " " },
    "warm-standby:pauseTitle is ' '; allowed: a text of 1 to 120 characters. Fix: pulumi config set pauseTitle 'We will be right back' --stack standby",
  ],
  [
    "a pause page without a text",
    { pauseText: "" },
    "warm-standby:pauseText is ''; allowed: a text of 1 to 2000 characters. Fix: pulumi config set pauseText 'The shop is closed for a few minutes.' --stack standby",
  ],
  [
    "a language by its name",
    { pauseLanguage: "English" },
    "warm-standby:pauseLanguage is 'English'; allowed: a language tag such as en or pt-BR. Fix: pulumi config set pauseLanguage en --stack standby",
  ],
  [
    "a Retry-After in minutes and words",
    { pauseRetryAfter: "10m" },
    "warm-standby:pauseRetryAfter is '10m'; allowed: a whole number of seconds from 10 to 86400. Fix: pulumi config set pauseRetryAfter 600 --stack standby",
  ],
  [
    "the flip, which belongs to the other stack",
    { activeSite: "standby" },
    "warm-standby:activeSite has no effect in this stack: it belongs to another. Fix: pulumi config rm activeSite --stack standby",
  ],
])("refused: %s", (_title, changes, fault) => {
  expect(faultsOf(() => parse(changes))).toEqual([fault]);
});
