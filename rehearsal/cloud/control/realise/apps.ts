import { z } from "zod";
import type { WebAppSettings } from "../../contracts";
import { certificateBy } from "../azure/app-certificate";
import { identitiesOf, webAppsOf } from "../azure/identities";
import { readSecret } from "../azure/keyvault";
import { pick, sameId } from "../azure/rules";
import type { Cloud } from "../cloud";
import { identityEnvironment } from "../http/identity";
import type { Stored, World } from "../world";
import { packageFolder, placeholder, type Runnable } from "./packages";

const nameValue = z.object({ name: z.string(), value: z.string() });
const siteSchema = z.object({
  name: z.string(),
  /** Of a slot. */
  slot: z.string().optional(),
  enabled: z.boolean().default(true),
  serverFarmId: z.string(),
  httpsOnly: z.boolean().default(false),
  publicNetworkAccess: z.string().default(""),
  keyVaultReferenceIdentity: z.string().default("SystemAssigned"),
  siteConfig: z
    .object({
      linuxFxVersion: z.string().default(""),
      appCommandLine: z.string().default(""),
      appSettings: z.array(nameValue).default([]),
      connectionStrings: z
        .array(z.object({ name: z.string(), connectionString: z.string(), type: z.string() }))
        .default([]),
      ipSecurityRestrictionsDefaultAction: z.string().default("Allow"),
      ipSecurityRestrictions: z
        .array(
          z.object({
            action: z.string().default("Allow"),
            tag: z.string().optional(),
            ipAddress: z.string().optional(),
            headers: z.record(z.string(), z.array(z.string())).optional(),
          }),
        )
        .default([]),
    })
    .default({
      linuxFxVersion: "",
      appCommandLine: "",
      appSettings: [],
      connectionStrings: [],
      ipSecurityRestrictionsDefaultAction: "Allow",
      ipSecurityRestrictions: [],
    }),
});
const bindingSchema = z.object({
  name: z.string(),
  hostName: z.string(),
  sslState: z.string().default("Disabled"),
  thumbprint: z.string().optional(),
});
const planSchema = z.object({ sku: z.object({ capacity: z.number().default(1) }) });
const autoscaleSchema = z.object({
  enabled: z.boolean().default(true),
  targetResourceUri: z.string(),
  profiles: z.array(
    z.object({
      name: z.string(),
      capacity: z.object({ default: z.string() }),
      fixedDate: z.unknown().optional(),
      recurrence: z.unknown().optional(),
    }),
  ),
});

type Site = z.infer<typeof siteSchema>;

/** The two forms of a Key Vault reference in an app setting. */
const byUri =
  /^@Microsoft\.KeyVault\(SecretUri=https:\/\/([^./]+)\.vault\.azure\.net\/secrets\/([^/)]+)(?:\/[^)]*)?\)$/i;
const byName = /^@Microsoft\.KeyVault\(VaultName=([^;)]+);SecretName=([^;)]+)(?:;[^)]*)?\)$/i;

/** The principal of an identity, named by its id or as SystemAssigned, where it is the app's own. */
function principalOf(app: Stored, named: string, cloud: Cloud): string | undefined {
  const own = named === "SystemAssigned";
  return identitiesOf(app, cloud.world).find(({ kind, id }) =>
    own ? kind === "system" : kind === "user" && sameId(id, named),
  )?.principal.objectId;
}

/** An app setting's value as the process sees it. What cannot be resolved stays as written, as on App Service. */
function resolved(value: string, app: Stored, site: Site, cloud: Cloud): string {
  const match = byUri.exec(value) ?? byName.exec(value);
  if (match === null) return value;
  const [, vault = "", secretName = ""] = match;
  const principal = principalOf(app, site.keyVaultReferenceIdentity, cloud);
  const answer =
    principal === undefined
      ? { refusal: "the app has no such identity to read Key Vault references by" }
      : readSecret(cloud, vault, secretName, principal);
  if ("value" in answer) return answer.value;
  cloud.world.note(
    "note",
    app.id,
    `Key Vault reference to ${vault}/${secretName} is not resolved: ${answer.refusal}`,
  );
  return value;
}

function environmentOf(app: Stored, site: Site, cloud: Cloud): Record<string, string> {
  const { appSettings, connectionStrings } = site.siteConfig;
  const prefix = (type: string): string =>
    /^(custom|sqlazure|sqlserver|mysql)$/i.test(type) ? type : "CUSTOM";
  return Object.fromEntries<string>([
    ...appSettings.map(({ name, value }) => [name, resolved(value, app, site, cloud)] as const),
    ...connectionStrings.map(
      ({ name, connectionString, type }) =>
        [
          `${prefix(type).toUpperCase()}CONNSTR_${name}`,
          resolved(connectionString, app, site, cloud),
        ] as const,
    ),
    ...Object.entries(identityEnvironment(app, cloud)),
  ]);
}

/** Front Door's id, where the access restrictions admit nothing else. */
function onlyFrontDoor({ siteConfig }: Site): string | undefined {
  const { ipSecurityRestrictions: rules, ipSecurityRestrictionsDefaultAction: otherwise } = siteConfig;
  const doors = rules
    .filter(({ action, ipAddress }) => action === "Allow" && ipAddress === "AzureFrontDoor.Backend")
    .flatMap(({ headers }) => headers?.["x-azure-fdid"] ?? []);
  // Any rule makes the default Deny, unless it was set to Allow.
  return rules.length > 0 && otherwise !== "Allow" ? doors[0] : undefined;
}

/** Nobody comes in from outside: public access is off, or the rules let no one in. */
function isClosed({ publicNetworkAccess, siteConfig }: Site): boolean {
  const { ipSecurityRestrictions: rules, ipSecurityRestrictionsDefaultAction: otherwise } = siteConfig;
  if (publicNetworkAccess === "Disabled") return true;
  return otherwise === "Deny" && !rules.some(({ action }) => action === "Allow");
}

function instancesOf(site: Site, cloud: Cloud): number {
  const scaled = cloud.world
    .ofType("monitor:AutoscaleSetting")
    .map(({ values }) => pick(autoscaleSchema, values))
    .find(({ enabled, targetResourceUri }) => enabled && sameId(targetResourceUri, site.serverFarmId));
  // Schedules are not played: what counts is the profile of all other times, or one that ends a recurring one.
  const usual = scaled?.profiles.find(
    ({ name, fixedDate, recurrence }) =>
      fixedDate === undefined && (recurrence === undefined || name.includes('"for"')),
  );
  const byScale = Number(usual?.capacity.default);
  if (Number.isInteger(byScale) && byScale > 0) return byScale;
  const plan = cloud.world.get(site.serverFarmId);
  return plan === undefined ? 1 : pick(planSchema, plan.values).sku.capacity;
}

/** What the app is started as: its package by its own command, or, where that cannot be, a page that says so. */
function runnable(
  app: Stored,
  site: Site,
  environment: Readonly<Record<string, string>>,
  cloud: Cloud,
): Runnable {
  const { appCommandLine: command, linuxFxVersion } = site.siteConfig;
  if (linuxFxVersion.startsWith("DOCKER|")) {
    cloud.world.note("note", app.id, `container ${linuxFxVersion.slice(7)} is taken, but not run here`);
    return placeholder;
  }
  const identity = environment["WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID"] ?? "SystemAssigned";
  const found = packageFolder(
    environment["WEBSITE_RUN_FROM_PACKAGE"] ?? "",
    principalOf(app, identity, cloud),
    cloud,
  );
  if ("folder" in found && command !== "") return { folder: found.folder, command };
  const refusal = "refusal" in found ? found.refusal : "siteConfig.appCommandLine is empty";
  cloud.world.note("note", app.id, `does not run: ${refusal}`);
  return placeholder;
}

/** The web apps that are not stopped, slots among them. */
export const runningApps = (world: World): readonly Stored[] =>
  webAppsOf(world).filter(({ values }) => pick(siteSchema, values).enabled);

/** A web app as it is to run, from its own settings, its plan, its host names, and what its identity may read. */
export function webAppSettings(app: Stored, cloud: Cloud): WebAppSettings {
  const site = pick(siteSchema, app.values);
  const environment = environmentOf(app, site, cloud);
  const name = site.slot === undefined ? site.name : `${site.name}-${site.slot}`;
  // Bound names stay with the production slot.
  const bound = cloud.world
    .ofType("web:WebAppHostNameBinding")
    .map(({ values }) => pick(bindingSchema, values))
    .filter((binding) => sameId(binding.name, name));
  const certificates = Object.fromEntries(
    bound.flatMap(({ hostName, sslState, thumbprint }) => {
      const certificate = sslState === "Disabled" ? undefined : certificateBy(cloud, thumbprint);
      return certificate === undefined ? [] : [[hostName, certificate] as const];
    }),
  );
  const door = onlyFrontDoor(site);
  return {
    name,
    hostNames: [`${name}.azurewebsites.net`, ...bound.map(({ hostName }) => hostName)],
    environment,
    ...runnable(app, site, environment, cloud),
    instances: instancesOf(site, cloud),
    httpsOnly: site.httpsOnly,
    ...(Object.keys(certificates).length === 0 ? {} : { certificates }),
    ...(door === undefined ? {} : { onlyFrontDoor: door }),
    ...(isClosed(site) ? { closed: true } : {}),
  };
}
