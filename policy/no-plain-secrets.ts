import { z } from "zod";
import { types } from "./resource-types";
import { rule, type Resource, type Verdict } from "./rule";
import { secretName, secretText, vaultReference } from "./secret-looks";
import { at, items, NotKnown, type Value } from "./values";

const parameters = z.strictObject({
  notSecret: z
    .array(z.string().min(1))
    .default(["APPLICATIONINSIGHTS_CONNECTION_STRING"])
    .describe("App settings that are called like secrets and are none."),
});

export const noPlainSecrets = rule(
  "no-plain-secrets",
  "Secrets lie in the vault, and an app is known by its identity. What is set up in haste has its passwords in the " +
    "settings, where every reader of the subscription sees them.",
  (stack, verdict, { notSecret }) => {
    for (const app of stack.of(types.webApp, types.webAppSlot)) {
      verdict.check(
        app,
        "identity.type",
        (value) => typeof value === "string" && /(System|User)Assigned/.test(value),
        "UserAssigned or SystemAssigned, so that it needs no password to read the vault and its package",
        "give it a managed identity",
      );
      judgeSettings(app, verdict, notSecret);
      judgeConnections(app, verdict);
    }
    for (const settings of stack.of(types.appSettings)) judgeApart(settings, verdict, notSecret);
  },
  parameters,
);

/** Values are never shown. */
function judgeSettings(app: Resource, verdict: Verdict, notSecret: readonly string[]): void {
  const path = "siteConfig.appSettings";
  const settings = at(app.inputs, path);
  if (settings instanceof NotKnown) {
    verdict.open(app, path, settings);
    return;
  }
  for (const setting of items(settings)) {
    const name = at(setting, "name");
    const value = at(setting, "value");
    if (name instanceof NotKnown) verdict.open(app, path, name);
    else if (typeof name === "string" && !notSecret.includes(name))
      judgeOne(app, `${path}.${name}`, name, value, verdict);
  }
}

/** Settings that are a resource of their own beside the app. */
function judgeApart(settings: Resource, verdict: Verdict, notSecret: readonly string[]): void {
  const all = at(settings.inputs, "properties");
  if (all instanceof NotKnown) verdict.open(settings, "properties", all);
  else if (typeof all === "object" && all !== null)
    for (const [name, value] of Object.entries<Value>(all))
      if (!notSecret.includes(name)) judgeOne(settings, `properties.${name}`, name, value, verdict);
}

/** Connection strings are no secrets by their name: one that signs in by the app's identity holds none. */
function judgeConnections(app: Resource, verdict: Verdict): void {
  const path = "siteConfig.connectionStrings";
  const all = at(app.inputs, path);
  if (all instanceof NotKnown) verdict.open(app, path, all);
  else
    items(all).forEach((one, index) => {
      judgeOne(app, `${path}.${String(index)}`, "", at(one, "connectionString"), verdict);
    });
}

function judgeOne(resource: Resource, path: string, name: string, value: Value, verdict: Verdict): void {
  if (value instanceof NotKnown) verdict.open(resource, path, value);
  else if (typeof value !== "string" || value === "" || value.startsWith(vaultReference)) return;
  else if (secretName.test(name) || secretText.test(value))
    verdict.wrong(
      resource,
      `${path} of ${resource.name} ${secretName.test(name) ? "is called like a secret" : "looks like a secret"} and ` +
        `stands there in plain text; wanted: a reference, ${vaultReference}…). Fix: put it into the vault, and set it by ` +
        `pulumi config set --path appSecrets.${name === "" ? "NAME" : name} --secret.`,
    );
}
