import { z } from "zod";
import { types, type ResourceType } from "../../policy/resource-types";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource) }) });
type Resource = z.output<typeof resource>;

/** One way to break a rule in a stack that keeps all of them: what is done to which resource, and where it is told. */
export interface Break {
  readonly type: ResourceType;
  readonly name: string;
  /** The resource with the fault in it; undefined takes it away. */
  readonly with: (good: Resource) => Resource | undefined;
  /** The resources that violations name, where they are others. */
  readonly toldOf?: readonly string[];
}

/** A value put in at a path such as `sku.name`. */
function put(value: unknown, [key, ...rest]: readonly string[], fresh: unknown): unknown {
  if (key === undefined) return fresh;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? put(item, rest, fresh) : item));
  const fields: Record<string, unknown> =
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  return { ...fields, [key]: put(fields[key], rest, fresh) };
}

const input =
  (path: string, fresh: unknown): Break["with"] =>
  (good) => ({
    ...good,
    inputs: z.record(z.string(), z.unknown()).parse(put(good.inputs, path.split("."), fresh)),
  });

/** One more of the app's settings. */
const setting =
  (name: string, value: string): Break["with"] =>
  (good) => {
    const settings = z
      .object({ siteConfig: z.object({ appSettings: z.array(z.unknown()) }) })
      .parse(good.inputs);
    return input("siteConfig.appSettings", [...settings.siteConfig.appSettings, { name, value }])(good);
  };

/** The image host that the app is told, changed. */
const otherImages: Break["with"] = (good) => {
  const { siteConfig } = z
    .object({ siteConfig: z.object({ appSettings: z.array(z.looseObject({ name: z.string() })) }) })
    .parse(good.inputs);
  const changed = siteConfig.appSettings.map((one) =>
    one.name === "IMAGE_BASE_URL" ? { ...one, value: "https://shared.host.example" } : one,
  );
  return input("siteConfig.appSettings", changed)(good);
};

/** For each rule, what breaks it in the stack `standby` of the story. */
export const breaksOfStandby: Readonly<Record<string, Break>> = {
  "no-auto-pause": { type: types.webApp, name: "job", with: input("siteConfig.alwaysOn", false) },
  "enough-capacity": { type: types.autoscale, name: "autoscale", with: input("enabled", false) },
  "identity-offsets": { type: types.identityOffsets, name: "offsets", with: input("tailHours", 3) },
  "certificate-ready": {
    type: types.dnsRecord,
    name: "domain-public-validation",
    with: input("name", "_other.www.blanklabel.example"),
    toldOf: ["domain-public"],
  },
  "tls-only": { type: types.webApp, name: "pause-page", with: input("httpsOnly", false) },
  "images-at-the-edge": { type: types.webApp, name: "app", with: otherImages },
  "verified-mail": { type: types.mailDomain, name: "mail-domain", with: input("tags.mailLimitPerHour", "1") },
  "mail-records": {
    type: types.dnsRecord,
    name: "mail-domain-dmarc",
    with: input("content", '"v=DMARC1; p=none"'),
    toldOf: ["mail-domain"],
  },
  "watch-reaches-a-person": { type: types.alert, name: "test-images-alert", with: input("enabled", false) },
  "alert-for-each-failure": {
    type: types.logAlert,
    name: "alert-silent",
    with: input("enabled", false),
    // The stack itself: nothing else tells of that failure.
    toldOf: ["alert-silent", "warm-standby-standby"],
  },
  "data-survives": {
    type: types.postgresServer,
    name: "database",
    with: input("backup.backupRetentionDays", 1),
  },
  "no-open-firewall": {
    type: types.webAppSlot,
    name: "app-next",
    with: input("siteConfig.ipSecurityRestrictionsDefaultAction", "Allow"),
  },
  "private-database": {
    type: types.postgresFirewallRule,
    name: "database-operator-203.0.113.20",
    with: () => undefined,
    toldOf: ["database"],
  },
  "no-plain-secrets": { type: types.webApp, name: "job", with: setting("STRIPE_API_KEY", "in-plain-text") },
  "money-is-watched": { type: types.plan, name: "app-plan", with: input("sku.name", "P1v2") },
  place: { type: types.resourceGroup, name: "group", with: input("location", "eastus") },
  tags: { type: types.vault, name: "vault", with: input("tags", {}) },
};

/** The same in the stack `prod`. */
export const breaksOfProd: Readonly<Record<string, Break>> = {
  "cutover-record": { type: types.dnsRecord, name: "www", with: input("ttl", 3600) },
  "prod-alone": { type: types.dnsRecord, name: "www-apex", with: input("name", "blog.blanklabel.example") },
};

/** The config under which the rule `place` has something to say of the story's standby. */
export const packConfig = { place: { allowedRegions: ["westeurope"] } };

const nameOf = ({ urn }: Resource): string => urn.slice(urn.lastIndexOf("::") + 2);

/**
 * An exported stack with all of that broken in it.
 * @throws Error where a resource to be broken is not there
 */
export function broken(state: unknown, breaks: Readonly<Record<string, Break>>): unknown {
  const stack = exported.parse(state);
  let { resources } = stack.deployment;
  for (const [rule, { type, name, with: fault }] of Object.entries(breaks)) {
    if (!resources.some((one) => one.type === type && nameOf(one) === name))
      throw new Error(`${rule}: the stack has no ${type} named ${name}`);
    resources = resources.flatMap((one) =>
      one.type === type && nameOf(one) === name ? (fault(one) ?? []) : [one],
    );
  }
  return { ...stack, deployment: { ...stack.deployment, resources } };
}
