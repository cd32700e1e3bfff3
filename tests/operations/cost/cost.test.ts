import { writeFileSync } from "node:fs";
import path from "node:path";
import { cost } from "../../../operations/cost/cost";
import { costTable } from "../../../operations/cost/table";
import { Fault } from "../../../operations/fault";
import { standbyStack } from "../support/stacks";
import { World } from "../support/world";

const stack = { name: "standby", configFile: undefined };
const forecast = { visitorsPerHour: 10_000, ordersPerHour: 300, mailsPerHour: 600 };

test("both sizes, each item with its price's source", () => {
  const said = cost(stack, { ...forecast, domain: "blanklabel.example" });
  expect(said).toMatchObject({
    currency: "USD",
    monthly: 266.12,
    pricesAsOf: "2026-11-25",
    size: "warm",
    location: "westeurope",
    sizes: {
      warm: { monthly: 266.12, unknown: ["edge: firewall", "alerts on logs"] },
      surge: { monthly: 734.51, unknown: ["edge: firewall", "alerts on logs"] },
    },
    monthlyBudget: 400,
  });
  expect(said.items.find(({ resource }) => resource === "database")).toEqual({
    stack: "standby",
    resource: "database",
    sku: "Database for PostgreSQL flexible server B2s",
    quantity: 730,
    unit: "hour",
    monthly: 49.64,
    price: 0.068,
    region: "eastus",
    source:
      "https://github.com/namratabhatia21/Clarchy/blob/2bd583c2b2c9c38cd48d8ef86d2a8739fdb8174b/src/clarchy/data/prices/azure.yaml",
    asOf: "2026-10-02",
  });
});

test("a primary of this project is on the bill, and not in the standby's budget", () => {
  const primaryStack = "organization/warm-standby/primary";
  const said = cost(stack, { ...forecast, primaryStack });
  const own = said.items.filter((item) => item.stack === "primary");
  expect(own.map(({ resource, sku, monthly }) => [resource, sku, monthly])).toEqual([
    ["shop's plan", "App Service Basic B1, Linux", 13.14],
    ["database", "Database for PostgreSQL flexible server B1ms", 32.12],
    ["database's storage", "Database for PostgreSQL flexible server storage", 3.68],
    ["database's private endpoint", "Private endpoint", 7.3],
    ["private zone", "Private DNS zone", 0.5],
    ["packages and uploaded files", "Blob storage Hot LRS", 0.1],
    ["vault", "Key Vault Standard, operations", 0.03],
  ]);
  const without = cost(stack, forecast);
  expect(said.monthly).toBeCloseTo(without.monthly + 56.87 + 7.3, 2);
  // Half again the standby's way to the primary's database.
  expect(said.monthlyBudget - without.monthlyBudget).toBe(11);
  const of = (databaseEngine: string) =>
    cost(stack, { ...forecast, primaryStack, databaseEngine }).items.find(
      (item) => item.stack === "primary" && item.resource === "database",
    )?.monthly;
  expect([of("sqlserver"), of("mysql")]).toEqual([14.72, 16.06]);
});

test("the declared size is what the items are of", () => {
  const said = cost(stack, { ...forecast, size: "surge", monthlyBudget: "1000" });
  expect(said).toMatchObject({ monthly: 734.51, size: "surge", monthlyBudget: 1000 });
});

test("for a person: every line, both totals, what is unknown, and where the prices are of", () => {
  const shown = costTable(cost(stack, forecast)).split("\n");
  expect(shown[0]).toMatch(/^STACK +RESOURCE +SKU +QUANTITY +A MONTH$/);
  expect(shown.find((line) => line.includes("edge: firewall"))).toMatch(
    /^standby +edge: firewall +Front Door Standard, firewall policy +1 × policy month +unknown$/,
  );
  expect(shown.slice(-8)).toEqual([
    "warm    $266.12 a month, without edge: firewall, alerts on logs: price unknown",
    "        with 60,000 visitors a month of 40 requests and 3 MB each, 3,600 mails, 10 GB of images, 5 GB of packages and files, a database of 32 GB",
    "surge   $734.51 a month, without edge: firewall, alerts on logs: price unknown",
    "        with 300,000 visitors a month of 40 requests and 3 MB each, 18,000 mails, 10 GB of images, 5 GB of packages and files, a database of 32 GB",
    "budget  400 a month, in the billing account's currency",
    "",
    "Prices as of 2026-11-25, in US dollars without tax, pay as you go; where each is from: prices/azure.ts.",
    "They are of centralus, eastus, a region not stated: those of westeurope may differ.",
  ]);
});

test("a setting that is wrong is named, with its fix", () => {
  const wrong = () => cost(stack, { ...forecast, size: "large" });
  expect(wrong).toThrow(Fault);
  expect(wrong).toThrow(
    "the config of the stack standby cannot be used:\n  size: warm or surge\n" +
      "set it with `pulumi config set --stack standby KEY VALUE`",
  );
});

describe("the command", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  test("reads the stack's file, without Pulumi or any cloud", async () => {
    writeFileSync(
      path.join(world.folder, "Pulumi.standby.yaml"),
      [
        "encryptionsalt: v1:abc",
        "config:",
        '  warm-standby:visitorsPerHour: "10000"',
        "  warm-standby:ordersPerHour: 300",
        "  warm-standby:mailsPerHour: 600",
        "  warm-standby:databaseEngine: sqlserver",
        "  warm-standby:sessionSecret:",
        "    secure: v1:encrypted",
      ].join("\n"),
    );
    const ran = await world.run(["cost", "--json"]);
    expect({ code: ran.code, stderr: ran.stderr, calls: world.calls() }).toEqual({
      code: 0,
      stderr: "",
      calls: [],
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({ currency: "USD", monthly: 242.23 });
  });

  test("asks Pulumi where there is no file", async () => {
    world.stacks({ standby: standbyStack({ config: forecast }) });
    const ran = await world.run(["cost"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("warm    $266.12 a month");
    expect(world.calls()).toHaveLength(1);
  });

  test("a file that is none is named", async () => {
    const file = path.join(world.folder, "Pulumi.standby.yaml");
    writeFileSync(file, "config: [1, 2]\n");
    const ran = await world.run(["cost"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toBe(
      `standby: ${file} is not a stack's file: it has no config of named values; look at it, or restore it\n`,
    );
  });
});
