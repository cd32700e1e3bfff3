import { noAutoPause } from "../../policy/no-auto-pause";
import { types, type ResourceType } from "../../policy/resource-types";
import { good, judge, unknownText } from "./judge";

const only = (type: ResourceType, inputs: object) => judge(noAutoPause, [{ type, name: "it", inputs }]);

test("takes provisioned databases, serverless ones that never pause, and apps that are always on", () => {
  expect(only(types.sqlDatabase, { sku: { name: "S1" } })).toEqual(good);
  expect(only(types.sqlDatabase, { sku: { name: "GP_S_Gen5" }, autoPauseDelay: -1 })).toEqual(good);
  expect(only(types.plan, { sku: { name: "P0v3" } })).toEqual(good);
  expect(only(types.webApp, { siteConfig: { alwaysOn: true } })).toEqual(good);
});

test.each([
  [{ sku: { name: "GP_S_Gen5" } }, "not set"],
  [{ sku: { name: "GP_S_Gen5" }, autoPauseDelay: 60 }, "60"],
  [{ sku: { name: "S1" }, autoPauseDelay: 60 }, "60"],
])("refuses a database that pauses: %j", (inputs, found) => {
  expect(only(types.sqlDatabase, inputs).wrong).toEqual([
    [
      "it",
      `autoPauseDelay of it is ${found}; wanted: -1 (never), since a paused database takes a minute to wake and ` +
        "refuses logins meanwhile (40613). Fix: set it to -1, or choose a provisioned SKU and leave it out.",
    ],
  ]);
});

test("refuses a database without a SKU, a plan that cannot stay awake, and an app that may sleep", () => {
  expect(only(types.sqlDatabase, {}).wrong).toEqual([
    [
      "it",
      "sku.name of it is not set; wanted: a provisioned SKU by name; Azure's own choice may be one that pauses. " +
        "Fix: set sku, for instance S1.",
    ],
  ]);
  expect(only(types.plan, { sku: { name: "F1" } }).wrong).toEqual([
    [
      "it",
      'sku.name of it is "F1"; wanted: Basic or above, since Free, Shared and Consumption plans know no Always On. ' +
        "Fix: choose a larger sku, for instance P0v3.",
    ],
  ]);
  expect(only(types.webAppSlot, { siteConfig: {} }).wrong).toHaveLength(1);
  expect(only(types.webApp, { siteConfig: {} }).wrong).toEqual([
    [
      "it",
      "siteConfig.alwaysOn of it is not set; wanted: true, since App Service unloads an app that nobody visits. " +
        "Fix: set siteConfig.alwaysOn to true.",
    ],
  ]);
});

test.each([types.postgresServer, types.mysqlServer])("takes a %s by its size, and none without", (type) => {
  expect(only(type, { sku: { name: "Standard_B2s" } })).toEqual(good);
  expect(only(type, {}).wrong).toEqual([
    [
      "it",
      "sku.name of it is not set; wanted: a size by name; flexible servers of every size stay awake, but none is " +
        "chosen for a shop by Azure. Fix: set sku, for instance Standard_B2s.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  expect(only(types.sqlDatabase, { sku: { name: "S1" }, autoPauseDelay: unknownText })).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: autoPauseDelay of it",
  });
  expect(only(types.webApp, { siteConfig: unknownText }).open).toBe(
    "cannot be judged before it exists: siteConfig.alwaysOn of it",
  );
});
