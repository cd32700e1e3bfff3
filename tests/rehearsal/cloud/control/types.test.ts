import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../../../rehearsal/cloud/control/json";
import { unknownValue } from "../../../../rehearsal/cloud/control/json";
import { azureKind, azureKinds } from "../../../../rehearsal/cloud/types/catalogue";
import { checkAzureResource, isWriteOnly, outputNames } from "../../../../rehearsal/cloud/types/resource";
import { typeTable } from "../../../../rehearsal/cloud/types/tables";

function faults(token: string, inputs: JsonObject): string[] {
  const kind = azureKind(`azure-native:${token}`);
  if (kind === undefined) throw new Error(`no kind ${token}`);
  return checkAzureResource(kind, inputs).map(({ path: where, reason }) => `${where} ${reason}`);
}

const postgres: JsonObject = {
  resourceGroupName: "rg",
  serverName: "shop-db",
  location: "westeurope",
  sku: { name: "Standard_B1ms", tier: "Burstable" },
  version: "17",
};

test("every kind is described by Azure's types", () => {
  for (const { armType } of azureKinds.values())
    // Azure's own tools differ in the case of types.
    expect(typeTable(armType).body.name.toLowerCase()).toBe(armType.toLowerCase());
});

test("every file of types is used by a kind", () => {
  const folder = path.join(__dirname, "../../../../rehearsal/cloud/types");
  const used = new Set([...azureKinds.values()].map(({ armType }) => `${armType.replaceAll("/", "_")}.json`));
  expect(readdirSync(folder).filter((file) => file.endsWith(".json") && !used.has(file))).toEqual([]);
});

/** The names of a class's arguments in the SDK's typings. */
function sdkArguments(module: string, name: string): string[] {
  const folder = path.join(__dirname, "../../../../node_modules/@pulumi/azure-native", module);
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".d.ts"))) {
    const text = readFileSync(path.join(folder, file), "utf8");
    const body = new RegExp(`export interface ${name}Args \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1];
    if (body !== undefined && text.includes(`class ${name} extends pulumi.CustomResource`))
      return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, argument]) => argument ?? "");
  }
  throw new Error(`the SDK has no ${module}.${name}`);
}

test.each([...azureKinds.keys()])("%s knows every argument of the SDK's class", (token) => {
  const [module = "", name = ""] = token.split(":");
  const inputs = Object.fromEntries(sdkArguments(module, name).map((argument) => [argument, unknownValue]));
  expect(faults(token, inputs).filter((fault) => fault.includes("is not a property of"))).toEqual([]);
});

test("a right resource has no faults", () => {
  expect(faults("dbforpostgresql:Server", postgres)).toEqual([]);
});

test("an unknown property is named, with what there is", () => {
  expect(
    faults("resources:ResourceGroup", { resourceGroupName: "rg", location: "westeurope", zone: "1" }),
  ).toEqual([
    "zone is not a property of Microsoft.Resources/resourceGroups; it has location, managedBy, tags",
  ]);
});

test("an unknown property within another is named by its path", () => {
  const [fault] = faults("web:WebApp", {
    resourceGroupName: "rg",
    name: "shop",
    location: "westeurope",
    siteConfig: { alwaysOnn: true },
  });
  expect(fault).toMatch(/^siteConfig\.alwaysOnn is not a property of SiteConfig; it has "acrUseManaged/);
});

test("a value outside of an enumeration is refused with what is allowed, in any case of letters", () => {
  const backup = (geoRedundantBackup: string) => ({ ...postgres, backup: { geoRedundantBackup } });
  expect(faults("dbforpostgresql:Server", backup("disabled"))).toEqual([]);
  expect(faults("dbforpostgresql:Server", backup("Off"))).toEqual([
    'backup.geoRedundantBackup is "Off"; allowed: "Enabled", "Disabled"',
  ]);
});

test("lengths and patterns are held to", () => {
  const account = {
    resourceGroupName: "rg",
    location: "westeurope",
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
  };
  expect(faults("storage:StorageAccount", { ...account, accountName: "Bad_Name" })).toEqual([
    'accountName is "Bad_Name"; it must match ^[a-z0-9]+$',
  ]);
  expect(faults("storage:StorageAccount", { ...account, accountName: "ab" })).toEqual([
    'accountName is "ab", 2 characters long; 3 to 24 are allowed',
  ]);
});

test("what is required must be there, and what is read-only must not", () => {
  expect(
    faults("storage:StorageAccount", { resourceGroupName: "rg", accountName: "abc", location: "westeurope" }),
  ).toEqual([
    "sku is missing; Microsoft.Storage/storageAccounts requires it",
    "kind is missing; Microsoft.Storage/storageAccounts requires it",
  ]);
  expect(faults("dbforpostgresql:Server", { ...postgres, fullyQualifiedDomainName: "db.example" })).toEqual([
    "fullyQualifiedDomainName is read-only; leave it out",
  ]);
});

test("a variant is found by its discriminator as the SDK spells it", () => {
  const alert = (odataType: string, more: JsonObject = {}): JsonObject => ({
    resourceGroupName: "rg",
    ruleName: "busy",
    location: "global",
    enabled: true,
    severity: 2,
    scopes: ["/subscriptions/s"],
    evaluationFrequency: "PT1M",
    windowSize: "PT5M",
    criteria: { odataType, ...more },
  });
  expect(
    faults("monitor:MetricAlert", alert("Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria")),
  ).toEqual([]);
  expect(faults("monitor:MetricAlert", alert("Metric"))).toEqual([
    'criteria.odata.type is "Metric"; allowed: "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria", ' +
      '"Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", ' +
      '"Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria"',
  ]);
});

test("what is not known yet is not judged", () => {
  expect(
    faults("dbforpostgresql:Server", { ...postgres, sku: unknownValue, serverName: unknownValue }),
  ).toEqual([]);
});

test("passwords are never given back, and outputs are those of the SDK's class", () => {
  const kind = azureKind("azure-native:dbforpostgresql:Server");
  expect(kind && isWriteOnly(kind, "administratorLoginPassword", postgres)).toBe(true);
  expect(kind && isWriteOnly(kind, "administratorLogin", postgres)).toBe(false);
  expect(kind && outputNames(kind, postgres)).toEqual(
    expect.arrayContaining(["fullyQualifiedDomainName", "name", "sku", "azureApiVersion"]),
  );
});
