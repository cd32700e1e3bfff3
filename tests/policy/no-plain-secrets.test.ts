import { noPlainSecrets } from "../../policy/no-plain-secrets";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const app = (settings: Readonly<Record<string, unknown>>, over: object = {}): Declared => ({
  type: types.webApp,
  name: "app",
  inputs: {
    identity: { type: "UserAssigned" },
    siteConfig: { appSettings: Object.entries(settings).map(([name, value]) => ({ name, value })) },
    ...over,
  },
});

test("takes references, and what is no secret", () => {
  const settings = {
    DATABASE_URL: "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/database-url)",
    APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=key",
    PUBLIC_URL: "https://www.shop.example",
    MAIL_FROM: "orders@mail.shop.example",
    DEPLOYMENT: '{"url":"https://www.shop.example","mail":"orders@mail.shop.example"}',
    EMPTY_TOKEN: "",
  };
  expect(judge(noPlainSecrets, [app(settings), { ...app(settings), type: types.webAppSlot }])).toEqual(good);
});

const fix = (name: string) =>
  "wanted: a reference, @Microsoft.KeyVault(…). Fix: put it into the vault, and set it by pulumi config set --path " +
  `appSecrets.${name} --secret.`;

test.each([
  "SESSION_SECRET",
  "SMTP_PASSWORD",
  "STRIPE_API_KEY",
  "API_TOKEN",
  "DATABASE_URL",
  "ConnectionString",
])("refuses %s in plain text, and never shows it", (name) => {
  expect(judge(noPlainSecrets, [app({ [name]: "hunter2" })]).wrong).toEqual([
    [
      "app",
      `siteConfig.appSettings.${name} of app is called like a secret and stands there in plain text; ${fix(name)}`,
    ],
  ]);
});

test.each([
  "postgres://shop:hunter2@db.example/shop",
  "DefaultEndpointsProtocol=https;AccountKey=hunter2",
  "Server=db;User Id=shop;Password=hunter2",
  "https://files.blob.core.windows.net/p/shop.zip?se=2027&sig=hunter2",
  "-----BEGIN PRIVATE KEY-----",
])("refuses what is a secret by its looks: %s", (value) => {
  expect(judge(noPlainSecrets, [app({ BACKEND: value })]).wrong).toEqual([
    [
      "app",
      `siteConfig.appSettings.BACKEND of app looks like a secret and stands there in plain text; ${fix("BACKEND")}`,
    ],
  ]);
});

test("looks at connection strings, and at settings that stand apart from their app", () => {
  const signsIn = "Server=db;Authentication=Active Directory Managed Identity";
  const connected = (connectionString: string): Declared =>
    app({}, { siteConfig: { connectionStrings: [{ name: "Main", connectionString }] } });
  expect(judge(noPlainSecrets, [connected(signsIn)])).toEqual(good);
  expect(judge(noPlainSecrets, [connected("Server=db;Password=hunter2")]).wrong).toEqual([
    [
      "app",
      `siteConfig.connectionStrings.0 of app looks like a secret and stands there in plain text; ${fix("NAME")}`,
    ],
  ]);
  const apart = (properties: unknown): Declared => ({
    type: types.appSettings,
    name: "apart",
    inputs: { properties },
  });
  expect(judge(noPlainSecrets, [apart({ PUBLIC_URL: "https://www.shop.example", TOKEN: "" })])).toEqual(good);
  expect(judge(noPlainSecrets, [apart({ API_TOKEN: "hunter2" })]).wrong).toEqual([
    [
      "apart",
      `properties.API_TOKEN of apart is called like a secret and stands there in plain text; ${fix("API_TOKEN")}`,
    ],
  ]);
  expect(judge(noPlainSecrets, [connected(unknownText), apart(unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: siteConfig.connectionStrings.0 of app, properties of apart",
  });
});

test("refuses an app without an identity", () => {
  expect(judge(noPlainSecrets, [app({}, { identity: undefined })]).wrong).toEqual([
    [
      "app",
      "identity.type of app is not set; wanted: UserAssigned or SystemAssigned, so that it needs no password to read " +
        "the vault and its package. Fix: give it a managed identity.",
    ],
  ]);
});

test("names that only sound like a secret are for the config to say", () => {
  expect(judge(noPlainSecrets, [app({ TOKEN_NAME: "basket" })], { notSecret: ["TOKEN_NAME"] })).toEqual(good);
});

test("leaves open what is not known", () => {
  expect(judge(noPlainSecrets, [app({ SMTP_PASSWORD: unknownText })])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: siteConfig.appSettings.SMTP_PASSWORD of app",
  });
  expect(judge(noPlainSecrets, [app({}, { siteConfig: unknownText, identity: unknownText })])).toEqual({
    wrong: [],
    open:
      "cannot be judged before it exists: identity.type of app, siteConfig.appSettings of app, " +
      "siteConfig.connectionStrings of app",
  });
});
