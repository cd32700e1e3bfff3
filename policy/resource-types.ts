/** Type tokens of the resources that the rules look at. */
export const types = {
  alert: "azure-native:monitor:MetricAlert",
  actionGroup: "azure-native:monitor:ActionGroup",
  blobContainer: "azure-native:storage:BlobContainer",
  communicationService: "azure-native:communication:CommunicationService",
  customDomain: "azure-native:cdn:AFDCustomDomain",
  dnsRecord: "cloudflare:index/dnsRecord:DnsRecord",
  frontDoor: "azure-native:cdn:Profile",
  identityOffsets: "pulumi-nodejs:dynamic/standby:IdentityOffsets",
  mailDomain: "azure-native:communication:Domain",
  mailVerification: "pulumi-nodejs:dynamic/standby:MailVerification",
  origin: "azure-native:cdn:AFDOrigin",
  originGroup: "azure-native:cdn:AFDOriginGroup",
  plan: "azure-native:web:AppServicePlan",
  postgresConfiguration: "azure-native:dbforpostgresql:Configuration",
  postgresFirewallRule: "azure-native:dbforpostgresql:FirewallRule",
  postgresServer: "azure-native:dbforpostgresql:Server",
  route: "azure-native:cdn:Route",
  sqlDatabase: "azure-native:sql:Database",
  sqlFirewallRule: "azure-native:sql:FirewallRule",
  sqlServer: "azure-native:sql:Server",
  stack: "pulumi:pulumi:Stack",
  storageAccount: "azure-native:storage:StorageAccount",
  webApp: "azure-native:web:WebApp",
  webTest: "azure-native:applicationinsights:WebTest",
} as const;

export type ResourceType = (typeof types)[keyof typeof types];
