import { z } from "zod";
import { setCommand } from "../set-command";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";
import { isFreeVariable } from "./app";

const text = z.string().optional().catch(undefined);
const names = z
  .record(z.string(), z.unknown())
  .transform((all) => Object.keys(all))
  .catch([]);

/** Runtimes that App Service does not run from a package (azure-docs, app-service/deploy-run-package.md). */
const unpacked = /^(PYTHON|JAVA|TOMCAT|JBOSSEAP)\|/;

const told = (key: string, state: string, allowed: string, fix: string): string =>
  `${namespace()}${key} ${state}; allowed: ${allowed}. Fix: ${fix}`;

export function eitherPackageOrContainer(raw: RawSettings, stack: string): string | undefined {
  const [given, image] = [raw["appPackage"], raw["appContainer"]];
  if (given !== undefined && image !== undefined)
    return told(
      "appContainer",
      "is set beside appPackage",
      "one of the two",
      `pulumi config rm appContainer --stack ${stack}, or pulumi config rm appPackage --stack ${stack}`,
    );
  if (given === undefined && image === undefined)
    return told(
      "appPackage",
      "is not set",
      "the address of the app's zip package, or appContainer in its place",
      setCommand(["appPackage"], stack, "https://downloads.blanklabel.example/shop-1.0.0.zip"),
    );
  return undefined;
}

export function packageHasAStart(raw: RawSettings, stack: string): string | undefined {
  if (raw["appPackage"] === undefined || raw["appStart"] !== undefined) return undefined;
  return told(
    "appStart",
    "is not set",
    "the command that starts the app from its package's folder",
    setCommand(["appStart"], stack, "node server.js"),
  );
}

export function runtimeRunsPackages(raw: RawSettings, stack: string): string | undefined {
  const runtime = text.parse(raw["appRuntime"]);
  if (raw["appPackage"] === undefined || runtime === undefined || !unpacked.test(runtime)) return undefined;
  return told(
    "appRuntime",
    `is '${runtime}'`,
    "with appPackage, a runtime that App Service runs from a package: NODE, DOTNETCORE or PHP",
    `use appContainer in place of appPackage, or ${setCommand(["appRuntime"], stack, "NODE|20-lts")}`,
  );
}

export function nextHasASlot(raw: RawSettings, stack: string): string | undefined {
  if (raw["appNext"] === undefined || String(raw["appSlot"]) !== "false") return undefined;
  return told(
    "appNext",
    "is set, but appSlot is 'false'",
    "only with a slot to run it in",
    `pulumi config rm appNext --stack ${stack}, or ${setCommand(["appSlot"], stack, "true")}`,
  );
}

/** Names of further variables: what Linux takes, none of the program's own, none twice. */
export const variablesAre =
  (isFree: (name: string) => boolean) =>
  (raw: RawSettings, stack: string): string | undefined =>
    freeVariables(raw, stack, isFree);

function freeVariables(
  raw: RawSettings,
  stack: string,
  isFree: (name: string) => boolean,
): string | undefined {
  const [plain, secret] = [names.parse(raw["appSettings"]), names.parse(raw["appSecrets"])];
  const remove = (key: string, name: string): string =>
    `pulumi config rm --path ${key}.${name} --stack ${stack}`;
  for (const [key, list] of [
    ["appSettings", plain],
    ["appSecrets", secret],
  ] as const)
    for (const name of list)
      if (!isFree(name))
        return told(
          `${key}.${name}`,
          "is no name for a further variable",
          "letters, digits and underscores, not first a digit, and none of the names that this program or App Service sets",
          remove(key, name),
        );
  const seen = new Map<string, string>();
  for (const name of [...plain, ...secret]) {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined)
      return told(
        `appSecrets.${name}`,
        `is the name of another variable, ${before}`,
        "each name once in appSettings and appSecrets together, in whatever case",
        remove("appSecrets", name),
      );
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

export const appRules = [
  eitherPackageOrContainer,
  packageHasAStart,
  runtimeRunsPackages,
  nextHasASlot,
  variablesAre(isFreeVariable),
] as const;
