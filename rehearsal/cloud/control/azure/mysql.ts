import { z } from "zod";
import { badRequest } from "../fault";
import type { Failure } from "../package";
import { addressOrder } from "./addresses";
import { parentId } from "./ids";
import { lastOf, pick, sameId, type RuleBook } from "./rules";

const serverSchema = z.object({
  serverName: z.string(),
  sku: z.object({ name: z.string(), tier: z.string() }).optional(),
  highAvailability: z.object({ mode: z.string().default("Disabled") }).optional(),
  storage: z.object({ storageSizeGB: z.number().default(20) }).optional(),
  backup: z.object({ backupRetentionDays: z.number().default(7) }).optional(),
});
const named = z.object({ serverName: z.string() });
const identitySchema = z.object({
  identity: z
    .object({
      // A list as the program writes it, a map as Azure gives it back.
      userAssignedIdentities: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    })
    .optional(),
});
const administratorSchema = z.object({
  administratorName: z.string(),
  identityResourceId: z.string().optional(),
});
const configurationSchema = z.object({ configurationName: z.string(), value: z.string().optional() });

/** Values that Azure takes for the parameters of TLS; others are taken as they are. */
const parameters: Readonly<Record<string, RegExp>> = {
  require_secure_transport: /^(ON|OFF)$/i,
  tls_version: /^TLSv1\.[23](,TLSv1\.[23])?$/,
};

/** MySQL flexible server, as it is declared: no MySQL runs in the local cloud. */
export const mysqlRules: RuleBook = {
  "dbformysql:Server": {
    replaces: ["administratorLogin", "createMode"],
    check: (values) => {
      const { success, data } = serverSchema.safeParse(values);
      if (!success) return [];
      const failures: Failure[] = [];
      const mode = data.highAvailability?.mode ?? "Disabled";
      if (data.sku?.tier === "Burstable" && mode.toLowerCase() !== "disabled")
        failures.push({
          property: "highAvailability.mode",
          reason: `is ${JSON.stringify(mode)}; tier Burstable has no high availability`,
        });
      const size = data.storage?.storageSizeGB ?? 20;
      if (size < 20 || size > 16_384)
        failures.push({ property: "storage.storageSizeGB", reason: `is ${size}; 20 to 16384 are allowed` });
      const days = data.backup?.backupRetentionDays ?? 7;
      if (days < 1 || days > 35)
        failures.push({ property: "backup.backupRetentionDays", reason: `is ${days}; 1 to 35 are allowed` });
      return failures;
    },
    outputs: ({ values }) => ({
      fullyQualifiedDomainName: `${pick(named, values).serverName}.mysql.database.azure.com`,
      state: "Ready",
      replicaCapacity: 10,
      privateEndpointConnections: [],
    }),
  },
  "dbformysql:Database": { oneAtATime: true, replaces: ["charset", "collation"] },
  "dbformysql:Configuration": {
    oneAtATime: true,
    check: (values) => {
      const { success, data } = configurationSchema.safeParse(values);
      if (!success || data.value === undefined) return [];
      const allowed = parameters[data.configurationName];
      return allowed === undefined || allowed.test(data.value)
        ? []
        : [
            {
              property: "value",
              reason: `is ${JSON.stringify(data.value)}; ${data.configurationName} must match ${String(allowed)}`,
            },
          ];
    },
    outputs: () => ({ dataType: "Enumeration", isDynamicConfig: "True", isReadOnly: "False" }),
  },
  "dbformysql:FirewallRule": { oneAtATime: true, check: (values) => addressOrder(values) },
  "dbformysql:AzureADAdministrator": {
    oneAtATime: true,
    check: (values) => {
      const { success, data } = administratorSchema.safeParse(values);
      return success && data.administratorName !== "ActiveDirectory"
        ? [
            {
              property: "administratorName",
              reason: `is ${data.administratorName}; allowed: ActiveDirectory`,
            },
          ]
        : [];
    },
    admit: ({ id, values }, { world }) => {
      const wanted = pick(administratorSchema, values).identityResourceId ?? "";
      const server = world.get(parentId(id) ?? "");
      const assigned = pick(identitySchema, server?.values ?? {}).identity?.userAssignedIdentities ?? [];
      const ids = Array.isArray(assigned) ? assigned : Object.keys(assigned);
      if (!ids.some((each) => sameId(each, wanted)))
        throw badRequest(
          "InvalidIdentity",
          `${lastOf(wanted)} is no identity of the server ${lastOf(parentId(id) ?? "")}: it looks principals up with one of its own.`,
        );
    },
  },
};
