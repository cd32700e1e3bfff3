import { armBody } from "../../../../rehearsal/cloud/types/arm-body";
import { azureKind } from "../../../../rehearsal/cloud/types/catalogue";
import type { JsonObject } from "../../../../rehearsal/cloud/control/json";

function spelled(type: string, inputs: JsonObject): JsonObject {
  const kind = azureKind(`azure-native:${type}`);
  if (kind === undefined) throw new Error(`${type} is not known`);
  return armBody(kind, inputs);
}

test("names that the SDK spells in its own way are Azure's again, within lists and maps too", () => {
  expect(
    spelled("applicationinsights:Component", {
      resourceGroupName: "g",
      resourceName: "i",
      applicationType: "web",
    }),
  ).toEqual({ resourceGroupName: "g", resourceName: "i", Application_Type: "web" });
  expect(spelled("applicationinsights:WebTest", { locations: [{ location: "emea-nl-ams-azr" }] })).toEqual({
    Locations: [{ Id: "emea-nl-ams-azr" }],
  });
  expect(
    spelled("monitor:MetricAlert", {
      criteria: { odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", allOf: [] },
    }),
  ).toEqual({
    criteria: { "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", allOf: [] },
  });
});

test("a list of identities is Azure's map, the vault's own properties stand beside the rest", () => {
  expect(
    spelled("web:WebApp", {
      identity: { type: "UserAssigned", userAssignedIdentities: ["/subscriptions/s/id"] },
    }),
  ).toEqual({ identity: { type: "UserAssigned", userAssignedIdentities: { "/subscriptions/s/id": {} } } });
  expect(spelled("keyvault:Vault", { vaultName: "v", properties: { tenantId: "t" } })).toEqual({
    vaultName: "v",
    tenantId: "t",
  });
});

test("what Azure's types do not know stays as it is, for a check to find", () => {
  expect(spelled("cdn:Profile", { profileName: "p", colour: "blue" })).toEqual({
    profileName: "p",
    colour: "blue",
  });
});

test("a description that the published types leave out is left out, anywhere else it stays", () => {
  expect(spelled("monitor:ScheduledQueryRule", { ruleName: "r", description: "what to do" })).toEqual({
    ruleName: "r",
  });
  expect(spelled("cdn:Profile", { profileName: "p", description: "what to do" })).toEqual({
    profileName: "p",
    description: "what to do",
  });
});
