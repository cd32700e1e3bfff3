import { types } from "./resource-types";
import { rule } from "./rule";
import { at } from "./values";

export const noAutoPause = rule(
  "no-auto-pause",
  "The standby answers its first visitor. A database or an app that sleeps while nobody comes fails the first logins " +
    "of the very hour it was kept for.",
  (stack, verdict) => {
    for (const database of stack.of(types.sqlDatabase)) {
      const sku = at(database.inputs, "sku.name");
      const delay = at(database.inputs, "autoPauseDelay");
      const serverless = typeof sku === "string" && sku.includes("_S_");
      if (serverless || delay !== undefined)
        verdict.check(
          database,
          "autoPauseDelay",
          (value) => value === -1,
          "-1 (never), since a paused database takes a minute to wake and refuses logins meanwhile (40613)",
          "set it to -1, or choose a provisioned SKU and leave it out",
        );
      else
        verdict.check(
          database,
          "sku.name",
          (value) => typeof value === "string",
          "a provisioned SKU by name; Azure's own choice may be one that pauses",
          "set sku, for instance S1",
        );
    }
    for (const server of stack.of(types.postgresServer, types.mysqlServer))
      verdict.check(
        server,
        "sku.name",
        (value) => typeof value === "string",
        "a size by name; flexible servers of every size stay awake, but none is chosen for a shop by Azure",
        "set sku, for instance Standard_B2s",
      );
    for (const plan of stack.of(types.plan))
      verdict.check(
        plan,
        "sku.name",
        (value) => typeof value === "string" && !/^(F|D|Y)\d/i.test(value),
        "Basic or above, since Free, Shared and Consumption plans know no Always On",
        "choose a larger sku, for instance P0v3",
      );
    for (const app of stack.of(types.webApp, types.webAppSlot))
      verdict.check(
        app,
        "siteConfig.alwaysOn",
        (value) => value === true,
        "true, since App Service unloads an app that nobody visits",
        "set siteConfig.alwaysOn to true",
      );
  },
);
