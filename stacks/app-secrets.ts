import type * as pulumi from "@pulumi/pulumi";
import type { AppVault } from "../components/vault";

/** Where a further secret of the app lies in the vault, whose names have letters, digits and hyphens. */
export const secretNames = (secrets: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.keys(secrets).map((name) => [name, `app-${name.replaceAll("_", "-")}`]));

/** The further secrets of the app, by their names in the vault. */
export const appSecrets = (
  secrets: Readonly<Record<string, pulumi.Output<string>>>,
): Record<string, pulumi.Output<string>> => {
  const named = secretNames(secrets);
  return Object.fromEntries(Object.entries(secrets).map(([name, text]) => [named[name] ?? name, text]));
};

/** The secrets that every site's app has, by its settings. */
export const inVault = {
  DATABASE_URL: "database-url",
  SESSION_SECRET: "session-secret",
} as const;

/** App settings that are references into the vault, by the names of its secrets. */
export function secretSettings(
  vault: AppVault,
  secrets: Readonly<Record<string, string>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([setting, secret]) => [setting, vault.reference(secret)]),
  );
}
