import { monthlyBill, watched, type CostSettings } from "../../settings/cost";
import { parseStandby } from "../../settings/standby";
import { standby } from "../../stacks/standby";
import { runMocked, type Registered } from "../components/mocked";
import { standbyExample } from "../settings/examples";

async function run(changes: Record<string, unknown> = {}) {
  const settings = parseStandby("standby", { ...standbyExample, ...changes }, []);
  const { registered } = await runMocked("standby", () => void standby(settings));
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
  "cdn:Profile": "edge",
  "frontdoor:Policy": "edge: firewall",
  "storage:StorageAccount": "images",
  "network:PrivateEndpoint": "database's private endpoint",
  "privatedns:PrivateZone": "private zone",
  "keyvault:Vault": "vault",
  "operationalinsights:Workspace": "logs",
  "applicationinsights:WebTest": "web tests",
  "monitor:MetricAlert": "alerts",
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
  "monitor:AutoscaleSetting",
  "monitor:DiagnosticSetting",
  "managedidentity:UserAssignedIdentity",
  "authorization:RoleAssignment",
  "keyvault:Secret",
  "web:WebApp",
  "web:WebAppHostNameBinding",
  "sql:Server",
  "sql:BackupShortTermRetentionPolicy",
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

test.each(["postgres", "sqlserver"])(
  "%s: nothing stands there that the bill forgets",
  async (databaseEngine) => {
    const { settings, registered } = await run({ databaseEngine });
    const resources = new Set(monthlyBill(settings, "warm").items.map(({ resource }) => resource));
    const forgotten = [...kinds(registered)]
      .map((type) => type.replace("azure-native:", ""))
      .filter((type) => !free.includes(type) && !resources.has(priced[type] ?? ""));
    expect(forgotten).toEqual([]);
  },
);

test("as many of each as the bill counts", async () => {
  const { registered } = await run();
  const tests = ofType(registered, "applicationinsights:WebTest");
  expect(tests.map(({ inputs }) => [(inputs["locations"] as unknown[]).length, inputs["frequency"]])).toEqual(
    Array(watched.webTests).fill([watched.placesPerTest, watched.secondsBetweenTests]),
  );
  expect(ofType(registered, "monitor:MetricAlert")).toHaveLength(watched.metricAlerts);
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
  expect(await amounts({})).toEqual([467]);
  expect(await amounts({ monthlyBudget: "1000" })).toEqual([1000]);
});
