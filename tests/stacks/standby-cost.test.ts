import { monthlyBill, watched, type CostSettings } from "../../settings/cost";
import { azureKind } from "../../rehearsal/cloud/types/catalogue";
import { providersOf } from "../../settings/providers";
import { parseStandby } from "../../settings/standby";
import { standby } from "../../stacks/standby";
import { runMocked, type Registered } from "../components/mocked";
import { standbyExample } from "../settings/examples";

async function run(changes: Record<string, unknown> = {}) {
  const settings = parseStandby("standby", { ...standbyExample, ...changes }, []);
  const { registered } = await runMocked("standby", () => standby(settings));
  return { settings: settings as CostSettings, registered };
}

const ofType = (registered: readonly Registered[], type: string) =>
  registered.filter((each) => each.type === `azure-native:${type}`);
const kinds = (registered: readonly Registered[]) =>
  new Set(registered.map(({ type }) => type).filter((type) => type.startsWith("azure-native:")));

/** What the bill has a line for, by what stands in Azure. */
const priced: Readonly<Record<string, string>> = {
  "web:AppServicePlan": "shop's plan",
  "dbforpostgresql:Server": "database",
  "sql:Database": "database",
  "dbformysql:Server": "database",
  "cdn:Profile": "edge",
  "frontdoor:Policy": "edge: firewall",
  "storage:StorageAccount": "images",
  "network:PrivateEndpoint": "database's private endpoint",
  "privatedns:PrivateZone": "private zone",
  "keyvault:Vault": "vault",
  "operationalinsights:Workspace": "logs",
  "applicationinsights:WebTest": "web tests",
  "monitor:MetricAlert": "alerts",
  "monitor:ScheduledQueryRule": "alerts on logs",
  "communication:CommunicationService": "mail",
};

/** What Azure bills nothing for, or bills as part of one of the above. */
const free: readonly string[] = [
  "resources:ResourceGroup",
  "consumption:Budget",
  "network:VirtualNetwork",
  "network:Subnet",
  "network:PrivateDnsZoneGroup",
  "privatedns:VirtualNetworkLink",
  "applicationinsights:Component",
  "monitor:ActionGroup",
  "applicationinsights:Workbook",
  "communication:SuppressionList",
  "storage:ManagementPolicy",
  "web:WebAppSlot",
  "cdn:Secret",
  "dbforpostgresql:Administrator",
  "sql:ServerAzureADAdministrator",
  "dbformysql:AzureADAdministrator",
  "monitor:AutoscaleSetting",
  "monitor:DiagnosticSetting",
  "managedidentity:UserAssignedIdentity",
  "authorization:RoleAssignment",
  "keyvault:Secret",
  "web:WebApp",
  "web:WebAppHostNameBinding",
  "sql:Server",
  "sql:BackupShortTermRetentionPolicy",
  "dbformysql:Configuration",
  "dbformysql:Database",
  "authorization:ManagementLockByScope",
  "dbforpostgresql:Configuration",
  "dbforpostgresql:Database",
  "storage:BlobServiceProperties",
  "storage:BlobContainer",
  "communication:EmailService",
  "communication:Domain",
  "communication:SenderUsername",
  "communication:SuppressionList",
  "communication:SmtpUsername",
  "cdn:AFDEndpoint",
  "cdn:AFDOriginGroup",
  "cdn:AFDOrigin",
  "cdn:AFDCustomDomain",
  "cdn:Route",
  "cdn:RuleSet",
  "cdn:Rule",
  "cdn:SecurityPolicy",
];

/** Registered with every subscription from the start. */
const fromTheStart: readonly string[] = [
  "Microsoft.Authorization",
  "Microsoft.Consumption",
  "Microsoft.Resources",
];
const namespaces = (registered: readonly Registered[]) =>
  new Set([...kinds(registered)].map((type) => azureKind(type)?.armType.split("/")[0] ?? type));

test.each(["postgres", "sqlserver", "mysql"] as const)(
  "%s: nothing stands there that the bill forgets",
  async (databaseEngine) => {
    const { settings, registered } = await run({ databaseEngine });
    const resources = new Set(monthlyBill(settings, "warm").items.map(({ resource }) => resource));
    const forgotten = [...kinds(registered)]
      .map((type) => type.replace("azure-native:", ""))
      .filter((type) => !free.includes(type) && !resources.has(priced[type] ?? ""));
    expect(forgotten).toEqual([]);
    expect([...namespaces(registered)].filter((each) => !fromTheStart.includes(each)).sort()).toEqual(
      [...providersOf(databaseEngine)].sort(),
    );
  },
);

test("as many of each as the bill counts", async () => {
  const { registered } = await run();
  const tests = ofType(registered, "applicationinsights:WebTest");
  const each = tests.map(({ inputs }) => [(inputs["locations"] as unknown[]).length, inputs["frequency"]]);
  expect(each.map(String).sort()).toEqual(
    watched.webTests.map(({ places, seconds }) => String([places, seconds])).sort(),
  );
  expect(ofType(registered, "monitor:MetricAlert")).toHaveLength(watched.metricAlerts);
  expect(ofType(registered, "monitor:ScheduledQueryRule")).toHaveLength(watched.logAlerts);
  const plans = ofType(registered, "web:AppServicePlan").map(({ inputs }) =>
    String(Reflect.get(Object(inputs["sku"]), "name")),
  );
  expect(plans.sort()).toEqual(["B1", "P0v3"]);
  for (const type of [
    "network:PrivateEndpoint",
    "privatedns:PrivateZone",
    "keyvault:Vault",
    "frontdoor:Policy",
  ])
    expect([type, ofType(registered, type).length]).toEqual([type, 1]);
});

test("the budget is what follows from the bill, or what is given", async () => {
  const amounts = async (changes: Record<string, unknown>) =>
    ofType((await run(changes)).registered, "consumption:Budget").map(({ inputs }) => inputs["amount"]);
  expect(await amounts({})).toEqual([400]);
  expect(await amounts({ monthlyBudget: "1000" })).toEqual([1000]);
});
