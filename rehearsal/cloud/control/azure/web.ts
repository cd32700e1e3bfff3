import { z } from "zod";
import { badRequest, conflict } from "../fault";
import { guidOf, hexOf } from "../guid";
import { parentId } from "./ids";
import type { Cloud } from "../cloud";
import type { JsonObject } from "../json";
import type { World } from "../world";
import { admitTls } from "./app-certificate";
import { lastOf, pick, sameId, type Declared, type RuleBook } from "./rules";

const planSchema = z.object({ sku: z.object({ name: z.string(), capacity: z.number().optional() }) });
const siteSchema = z.object({
  name: z.string(),
  slot: z.string().optional(),
  serverFarmId: z.string(),
  identity: z
    .object({
      type: z.string(),
      userAssignedIdentities: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    })
    .optional(),
  siteConfig: z.object({ alwaysOn: z.boolean().optional() }).optional(),
});
const bindingSchema = z.object({
  name: z.string(),
  hostName: z.string(),
  customHostNameDnsRecordType: z.enum(["CName", "A"]).default("CName"),
});
const tlsSchema = z.object({ sslState: z.string().default("Disabled") });

/** Tiers with Always On, and those with autoscale and slots: by the letter that begins the size. */
const withoutAlwaysOn = /^(F|D)\d/i;
const withoutSlots = /^(F|D|B)\d/i;

/** Refuses what a plan's tier does not have (azure-docs, App Service limits). */
export function admitOnPlan(
  serverFarmId: string,
  wants: { readonly alwaysOn?: boolean; readonly more?: "Autoscale" | "A deployment slot" },
  world: World,
): void {
  const plan = world.get(serverFarmId);
  if (plan === undefined)
    throw badRequest("BadRequest", `Cannot find App Service plan with name ${lastOf(serverFarmId)}.`);
  const { sku } = pick(planSchema, plan.values);
  if (wants.alwaysOn === true && withoutAlwaysOn.test(sku.name))
    throw conflict("Conflict", `siteConfig.alwaysOn needs a Basic plan or above; the plan is ${sku.name}.`);
  if (wants.more !== undefined && withoutSlots.test(sku.name))
    throw conflict("Conflict", `${wants.more} needs a Standard plan or above; the plan is ${sku.name}.`);
}

/** What Azure works out for an app or its slot. */
function siteOutputs({ id, values }: Declared, { settings }: Cloud): JsonObject {
  const { name, slot, identity } = pick(siteSchema, values);
  const own = /SystemAssigned/i.test(identity?.type ?? "")
    ? { principalId: guidOf(`principal ${id}`), tenantId: settings.operator.tenantId }
    : {};
  const label = slot === undefined ? name : `${name}-${slot}`;
  return {
    defaultHostName: `${label}.azurewebsites.net`,
    hostNames: [`${label}.azurewebsites.net`],
    enabledHostNames: [`${label}.azurewebsites.net`, `${label}.scm.azurewebsites.net`],
    customDomainVerificationId: verificationId(settings.subscription),
    state: "Running",
    availabilityState: "Normal",
    outboundIpAddresses: "127.0.0.1",
    possibleOutboundIpAddresses: "127.0.0.1",
    repositorySiteName: name,
    ...(identity === undefined ? {} : { identity: { type: identity.type, ...own } }),
  };
}

/** The text that a TXT record `asuid.<host>` has to hold: one a subscription. */
export const verificationId = (subscription: string): string =>
  hexOf(`verification ${subscription}`, 64).toUpperCase();

const placed = z.object({ location: z.string() });

/**
 * The region of the app that a binding belongs to. A host name is bound to one app a region, and may be to others in
 * other regions (MicrosoftDocs/azure-docs#24413, #109485): that is how one name has a site in two of them.
 */
function regionOf(world: World, binding: string): string {
  const app = world.get(parentId(binding) ?? "");
  const location = app === undefined ? "" : pick(placed, app.values).location;
  return location.toLowerCase().replaceAll(" ", "");
}

export const webRules: RuleBook = {
  "web:AppServicePlan": {
    replaces: ["reserved", "kind"],
    outputs: () => ({ status: "Ready", numberOfSites: 0 }),
    release: ({ id }, { world }) => {
      const site = world
        .ofType("web:WebApp")
        .find(({ values }) => sameId(pick(siteSchema, values).serverFarmId, id));
      if (site !== undefined)
        throw conflict(
          "Conflict",
          `Server farm '${lastOf(id)}' cannot be deleted because it has web app(s) ${lastOf(site.id)} assigned to it.`,
        );
    },
  },
  "web:WebApp": {
    admit: ({ values }, { world }) => {
      const { serverFarmId, siteConfig } = pick(siteSchema, values);
      admitOnPlan(serverFarmId, { alwaysOn: siteConfig?.alwaysOn ?? false }, world);
    },
    outputs: siteOutputs,
  },
  "web:WebAppSlot": {
    admit: ({ values }, { world }) => {
      const { serverFarmId, siteConfig } = pick(siteSchema, values);
      const alwaysOn = siteConfig?.alwaysOn ?? false;
      admitOnPlan(serverFarmId, { alwaysOn, more: "A deployment slot" }, world);
    },
    outputs: siteOutputs,
  },
  "web:WebAppHostNameBinding": {
    oneAtATime: true,
    admit: async ({ id, values, before }, { parts, settings, world }) => {
      const { name, hostName } = pick(bindingSchema, values);
      admitTls({ id, values }, world);
      if (before !== undefined) return;
      const region = regionOf(world, id);
      const taken = world
        .ofType("web:WebAppHostNameBinding")
        .filter((other) => !sameId(other.id, id) && regionOf(world, other.id) === region)
        .find((other) => pick(bindingSchema, other.values).hostName === hostName);
      if (taken !== undefined)
        throw conflict(
          "Conflict",
          `Hostname '${hostName}' already exists in ${region}. It is bound to ${taken.id}.`,
        );
      const wanted = verificationId(settings.subscription);
      const texts = await parts.lookup(`asuid.${hostName}`, "TXT");
      const targets = await parts.lookup(hostName, "CNAME");
      const pointsHere = targets.some(
        (target) => target.toLowerCase() === `${name}.azurewebsites.net`.toLowerCase(),
      );
      if (!pointsHere && !texts.some((text) => text.toUpperCase() === wanted))
        throw badRequest(
          "BadRequest",
          `A TXT record pointing from asuid.${hostName} to ${wanted} was not found: the host name's ownership ` +
            "cannot be verified. The binding has to depend on that record.",
        );
    },
    outputs: ({ values }) => ({
      customHostNameDnsRecordType: pick(bindingSchema, values).customHostNameDnsRecordType,
      hostNameType: "Verified",
      sslState: pick(tlsSchema, values).sslState,
    }),
  },
};
