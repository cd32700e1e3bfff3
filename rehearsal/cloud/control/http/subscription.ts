import { azureKinds } from "../../types/catalogue";
import { usedCores, usualLimit } from "../azure/limits";
import type { Cloud } from "../cloud";
import { CloudFault } from "../fault";
import type { ApiResponse } from "./json-server";

/** Families of flexible servers whose limits Azure lists whether or not any server is of them. */
const families = ["standardBSFamily", "standardDDSv5Family", "standardDADSv5Family"] as const;
/** Sizes of Azure SQL's Standard tier. */
const objectives = ["S0", "S1", "S2", "S3", "S4", "S6", "S7", "S9", "S12"] as const;

type Answer = (groups: readonly string[], cloud: Cloud) => unknown;

/** What ARM says of the subscription itself, by method and the path below `/subscriptions/<id>`. */
const paths: readonly (readonly [method: string, path: RegExp, answer: Answer])[] = [
  ["GET", /^\/providers\/([\w.]+)$/i, ([namespace = ""], cloud) => provider(namespace, cloud)],
  [
    "POST",
    /^\/providers\/([\w.]+)\/register$/i,
    ([namespace = ""], cloud) => {
      cloud.limits.unregistered.delete(namespace.toLowerCase());
      return provider(namespace, cloud);
    },
  ],
  [
    "GET",
    /^\/providers\/Microsoft\.DBforPostgreSQL\/locations\/\w+\/resourceType\/flexibleServers\/usages$/i,
    (_groups, cloud) => ({ value: familyUsages(cloud) }),
  ],
  [
    "GET",
    /^\/providers\/Microsoft\.Sql\/locations\/(\w+)\/capabilities$/i,
    ([location = ""], cloud) => sqlCapabilities(location, cloud),
  ],
];

/** ARM's answer where the path is the subscription's own; undefined where it is a resource's. */
export function subscriptionAnswer(cloud: Cloud, method: string, id: string): ApiResponse | undefined {
  const whole = /^\/subscriptions\/([^/]+)(\/.*)$/i.exec(id);
  if (whole?.[1] !== cloud.settings.subscription) return undefined;
  for (const [allowed, path, answer] of paths) {
    const found = path.exec(whole[2] ?? "");
    if (found !== null && allowed === method) return { status: 200, body: answer(found.slice(1), cloud) };
  }
  return undefined;
}

function provider(namespace: string, cloud: Cloud): unknown {
  const known = [...azureKinds.values()].find(
    ({ armType }) => armType.split("/")[0]?.toLowerCase() === namespace.toLowerCase(),
  );
  if (known === undefined)
    throw new CloudFault(
      404,
      "InvalidResourceNamespace",
      `The resource namespace '${namespace}' is invalid.`,
    );
  return {
    id: `/subscriptions/${cloud.settings.subscription}/providers/${namespace}`,
    namespace,
    registrationPolicy: "RegistrationRequired",
    registrationState: cloud.limits.unregistered.has(namespace.toLowerCase())
      ? "NotRegistered"
      : "Registered",
    resourceTypes: [],
  };
}

function familyUsages(cloud: Cloud): readonly unknown[] {
  const used = usedCores(cloud);
  return [...new Set([...families, ...used.keys(), ...cloud.limits.quotas.keys()])]
    .filter((name) => name.endsWith("Family"))
    .map((name) => ({
      name: { value: name, localizedValue: name },
      unit: "Count",
      limit: cloud.limits.quotas.get(name) ?? usualLimit,
      currentValue: used.get(name) ?? 0,
    }));
}

const sqlCapabilities = (location: string, { limits }: Cloud): unknown => ({
  name: location,
  status: "Available",
  supportedServerVersions: [
    {
      name: "12.0",
      status: "Default",
      supportedEditions: [
        {
          name: "Standard",
          status: "Default",
          supportedServiceLevelObjectives: objectives.map((name) =>
            limits.quotas.get(name) === 0
              ? { name, status: "Disabled", reason: "Provisioning is restricted in this region." }
              : { name, status: "Available" },
          ),
        },
      ],
    },
  ],
});
