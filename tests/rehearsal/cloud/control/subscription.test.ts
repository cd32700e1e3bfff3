import { TestCloud, subscription } from "./test-cloud";
import { armApi } from "../../../../rehearsal/cloud/control/http/arm";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
});
afterEach(() => cloud.stop());

const server = (sku: { name: string; tier: string }, serverName = "server") => ({
  resourceGroupName: "rg",
  location: "westeurope",
  serverName,
  sku,
  version: "17",
  administratorLogin: "shopadmin",
  administratorLoginPassword: "Passw0rdOfThirtyTwoCharacters000",
});
const small = { name: "Standard_B2s", tier: "Burstable" };
const large = { name: "Standard_D4ds_v5", tier: "GeneralPurpose" };

const ask = (method: string, path: string) => {
  const { tenantId, applicationId, secret } = cloud.settings.operator;
  const token = cloud.cloud.directory.signIn(tenantId, applicationId, secret, "https://management.azure.com");
  return armApi(
    cloud.cloud,
    cloud.azure,
  )({
    method,
    host: "management.azure.com",
    path: `/subscriptions/${subscription}${path}`,
    query: new URLSearchParams({ "api-version": "2025-08-01" }),
    token: token ?? "",
    headers: {},
    body: "",
  });
};

test("nothing is made of a provider that the subscription is not registered with", async () => {
  cloud.cloud.limits.unregistered.add("microsoft.dbforpostgresql");
  await expect(cloud.make("dbforpostgresql:Server", server(small))).rejects.toThrow(
    "The subscription is not registered to use namespace 'Microsoft.DBforPostgreSQL'.",
  );
  await ask("POST", "/providers/Microsoft.DBforPostgreSQL/register");
  await expect(cloud.make("dbforpostgresql:Server", server(small))).resolves.toBeDefined();
});

test("a provider says how it stands; one that there is not is refused", async () => {
  cloud.cloud.limits.unregistered.add("microsoft.cdn");
  expect(await ask("GET", "/providers/Microsoft.Cdn")).toMatchObject({
    body: { namespace: "Microsoft.Cdn", registrationState: "NotRegistered" },
  });
  expect(await ask("GET", "/providers/Microsoft.Web")).toMatchObject({
    body: { registrationState: "Registered" },
  });
  await expect(async () => ask("GET", "/providers/Microsoft.Nowhere")).rejects.toThrow(
    "The resource namespace 'Microsoft.Nowhere' is invalid.",
  );
});

test("a family of servers takes no more than its limit, and says what is used", async () => {
  cloud.cloud.limits.quotas.set("standardDDSv5Family", 6);
  const { id } = await cloud.make("dbforpostgresql:Server", server(small));
  await cloud.change("dbforpostgresql:Server", id, server(large));
  await expect(cloud.make("dbforpostgresql:Server", server(large, "another"))).rejects.toThrow(
    "exceeding approved standardDDSv5Family vCores quota: limit 6, used 4, 4 more are wanted.",
  );
  const usages = await ask(
    "GET",
    "/providers/Microsoft.DBforPostgreSQL/locations/westeurope/resourceType/flexibleServers/usages",
  );
  expect(usages.body).toEqual({
    value: [
      {
        name: { value: "standardBSFamily", localizedValue: "standardBSFamily" },
        unit: "Count",
        limit: 100,
        currentValue: 0,
      },
      {
        name: { value: "standardDDSv5Family", localizedValue: "standardDDSv5Family" },
        unit: "Count",
        limit: 6,
        currentValue: 4,
      },
      {
        name: { value: "standardDADSv5Family", localizedValue: "standardDADSv5Family" },
        unit: "Count",
        limit: 100,
        currentValue: 0,
      },
    ],
  });
});

test("a size of Azure SQL that is withheld is listed as disabled", async () => {
  cloud.cloud.limits.quotas.set("S4", 0);
  const { body } = await ask("GET", "/providers/Microsoft.Sql/locations/westeurope/capabilities");
  const text = JSON.stringify(body);
  expect(text).toContain('{"name":"S3","status":"Available"}');
  expect(text).toContain(
    '{"name":"S4","status":"Disabled","reason":"Provisioning is restricted in this region."}',
  );
});
