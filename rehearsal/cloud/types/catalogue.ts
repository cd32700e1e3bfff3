/**
 * The azure-native resources that the local cloud knows: the path of each below its scope, from which its ARM type,
 * its id and the inputs that are parts of its path follow. A path that begins with a provider lies in a resource
 * group; one that begins with an input lies below the resource which that input names.
 */
const paths = {
  "resources:ResourceGroup": "resourceGroups/{resourceGroupName}",
  "web:AppServicePlan": "Microsoft.Web/serverfarms/{name}",
  "web:WebApp": "Microsoft.Web/sites/{name}",
  "web:WebAppSlot": "Microsoft.Web/sites/{name}/slots/{slot}",
  "web:WebAppHostNameBinding": "Microsoft.Web/sites/{name}/hostNameBindings/{hostName}",
  "web:Certificate": "Microsoft.Web/certificates/{name}",
  "sql:Server": "Microsoft.Sql/servers/{serverName}",
  "sql:Database": "Microsoft.Sql/servers/{serverName}/databases/{databaseName}",
  "sql:FirewallRule": "Microsoft.Sql/servers/{serverName}/firewallRules/{firewallRuleName}",
  "sql:VirtualNetworkRule": "Microsoft.Sql/servers/{serverName}/virtualNetworkRules/{virtualNetworkRuleName}",
  "sql:ServerAzureADAdministrator": "Microsoft.Sql/servers/{serverName}/administrators/{administratorName}",
  "sql:BackupShortTermRetentionPolicy":
    "Microsoft.Sql/servers/{serverName}/databases/{databaseName}/backupShortTermRetentionPolicies/{policyName}",
  "sql:ServerSecurityAlertPolicy":
    "Microsoft.Sql/servers/{serverName}/securityAlertPolicies/{securityAlertPolicyName}",
  "sql:ExtendedServerBlobAuditingPolicy":
    "Microsoft.Sql/servers/{serverName}/extendedAuditingSettings/{blobAuditingPolicyName}",
  "sql:TransparentDataEncryption":
    "Microsoft.Sql/servers/{serverName}/databases/{databaseName}/transparentDataEncryption/{tdeName}",
  "sql:DatabaseThreatDetectionPolicy":
    "Microsoft.Sql/servers/{serverName}/databases/{databaseName}/securityAlertPolicies/{securityAlertPolicyName}",
  "dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
  "dbforpostgresql:Database":
    "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/databases/{databaseName}",
  "dbforpostgresql:FirewallRule":
    "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/firewallRules/{firewallRuleName}",
  "dbforpostgresql:Configuration":
    "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/configurations/{configurationName}",
  "dbforpostgresql:Administrator":
    "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/administrators/{objectId}",
  "dbformysql:Server": "Microsoft.DBforMySQL/flexibleServers/{serverName}",
  "dbformysql:Database": "Microsoft.DBforMySQL/flexibleServers/{serverName}/databases/{databaseName}",
  "dbformysql:FirewallRule":
    "Microsoft.DBforMySQL/flexibleServers/{serverName}/firewallRules/{firewallRuleName}",
  "dbformysql:Configuration":
    "Microsoft.DBforMySQL/flexibleServers/{serverName}/configurations/{configurationName}",
  "dbformysql:AzureADAdministrator":
    "Microsoft.DBforMySQL/flexibleServers/{serverName}/administrators/{administratorName}",
  "cdn:Profile": "Microsoft.Cdn/profiles/{profileName}",
  "cdn:AFDEndpoint": "Microsoft.Cdn/profiles/{profileName}/afdEndpoints/{endpointName}",
  "cdn:AFDOriginGroup": "Microsoft.Cdn/profiles/{profileName}/originGroups/{originGroupName}",
  "cdn:AFDOrigin": "Microsoft.Cdn/profiles/{profileName}/originGroups/{originGroupName}/origins/{originName}",
  "cdn:AFDCustomDomain": "Microsoft.Cdn/profiles/{profileName}/customDomains/{customDomainName}",
  "cdn:Route": "Microsoft.Cdn/profiles/{profileName}/afdEndpoints/{endpointName}/routes/{routeName}",
  "cdn:RuleSet": "Microsoft.Cdn/profiles/{profileName}/ruleSets/{ruleSetName}",
  "cdn:Rule": "Microsoft.Cdn/profiles/{profileName}/ruleSets/{ruleSetName}/rules/{ruleName}",
  "cdn:Secret": "Microsoft.Cdn/profiles/{profileName}/secrets/{secretName}",
  "cdn:SecurityPolicy": "Microsoft.Cdn/profiles/{profileName}/securityPolicies/{securityPolicyName}",
  "frontdoor:Policy": "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies/{policyName}",
  "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
  "storage:BlobServiceProperties":
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/{blobServicesName}",
  "storage:BlobContainer":
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "storage:ManagementPolicy":
    "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  "communication:EmailService": "Microsoft.Communication/emailServices/{emailServiceName}",
  "communication:Domain": "Microsoft.Communication/emailServices/{emailServiceName}/domains/{domainName}",
  "communication:SenderUsername":
    "Microsoft.Communication/emailServices/{emailServiceName}/domains/{domainName}/senderUsernames/{senderUsername}",
  "communication:SuppressionList":
    "Microsoft.Communication/emailServices/{emailServiceName}/domains/{domainName}/suppressionLists/{suppressionListName}",
  "communication:CommunicationService":
    "Microsoft.Communication/communicationServices/{communicationServiceName}",
  "communication:SmtpUsername":
    "Microsoft.Communication/communicationServices/{communicationServiceName}/smtpUsernames/{smtpUsername}",
  "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
  "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
  "monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules/{ruleName}",
  "monitor:AutoscaleSetting": "Microsoft.Insights/autoscaleSettings/{autoscaleSettingName}",
  "monitor:DiagnosticSetting": "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
  "applicationinsights:WebTest": "Microsoft.Insights/webtests/{webTestName}",
  "applicationinsights:Workbook": "Microsoft.Insights/workbooks/{resourceName}",
  "portal:Dashboard": "Microsoft.Portal/dashboards/{dashboardName}",
  "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "keyvault:Secret": "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
  "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "authorization:RoleAssignment":
    "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  "authorization:ManagementLockByScope": "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  "authorization:ManagementLockAtResourceGroupLevel": "Microsoft.Authorization/locks/{lockName}",
  "consumption:Budget": "{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
  "costmanagement:Budget": "{scope}/providers/Microsoft.CostManagement/budgets/{budgetName}",
  "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
  "network:PrivateDnsZoneGroup":
    "Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
  "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
  "privatedns:VirtualNetworkLink":
    "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
} as const;

export type AzureToken = keyof typeof paths;

/** One azure-native resource type as the local cloud knows it. */
export interface AzureKind {
  readonly token: AzureToken;
  /** The path of its id: literal segments and `{input}`s, the scope included. */
  readonly template: string;
  /** Such as `Microsoft.Web/sites/hostNameBindings`. */
  readonly armType: string;
  /** The inputs that are parts of its path, not of its body; the last one is its own name. */
  readonly pathInputs: readonly string[];
  readonly ownName: string;
}

const inGroup = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}/providers/";

function kindOf(token: AzureToken): AzureKind {
  const path = paths[token];
  const template =
    token === "resources:ResourceGroup"
      ? `/subscriptions/{subscription}/${path}`
      : path.startsWith("{")
        ? path
        : `${inGroup}${path}`;
  const pathInputs = [...template.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    name === undefined || name === "subscription" ? [] : [name],
  );
  const [provider = "", ...pairs] = (path.split("providers/").at(-1) ?? path).split("/");
  const armType =
    token === "resources:ResourceGroup"
      ? "Microsoft.Resources/resourceGroups"
      : [provider, ...pairs.filter((_, index) => index % 2 === 0)].join("/");
  return { token, template, armType, pathInputs, ownName: pathInputs.at(-1) ?? "" };
}

const isToken = (token: string): token is AzureToken => Object.hasOwn(paths, token);

export const azureKinds: ReadonlyMap<string, AzureKind> = new Map(
  Object.keys(paths)
    .filter(isToken)
    .map((token) => [token, kindOf(token)]),
);

/**
 * The kind behind a Pulumi type token; versioned modules (`web/v20240401`) are taken as their module.
 *
 * @param type such as `azure-native:web:WebApp`.
 */
export function azureKind(type: string): AzureKind | undefined {
  const [, module = "", name = ""] = type.split(":");
  return azureKinds.get(`${module.split("/")[0] ?? ""}:${name}`);
}

/** Inputs that the SDK spells differently from Azure's own body. */
const renamed: Readonly<Partial<Record<AzureToken, Readonly<Record<string, string>>>>> = {
  "storage:StorageAccount": {
    enableHttpsTrafficOnly: "supportsHttpsTrafficOnly",
    enableNfsV3: "isNfsV3Enabled",
    networkRuleSet: "networkAcls",
  },
  "applicationinsights:WebTest": { webTestKind: "Kind" },
};

export const armName = (token: AzureToken, input: string): string => renamed[token]?.[input] ?? input;

/** The name under which the SDK's class has an output of Azure's body. */
export function sdkName(token: AzureToken, property: string): string {
  const input = Object.entries(renamed[token] ?? {}).find(([, name]) => name === property)?.[0];
  // `Application_Type` is `applicationType` in the SDK.
  const camel = property.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return input ?? camel.charAt(0).toLowerCase() + camel.slice(1);
}

/** Kinds whose body has a description, which the published cut leaves out. */
export const described: ReadonlySet<AzureToken> = new Set([
  "monitor:MetricAlert",
  "monitor:ScheduledQueryRule",
  "applicationinsights:Workbook",
  "authorization:RoleAssignment",
]);
