import { z } from "zod";
import { conflict } from "../fault";
import { addressOrder } from "./addresses";
import { parentId } from "./ids";
import { pick, type RuleBook } from "./rules";

const named = z.object({ serverName: z.string() });
const versioned = z.object({ version: z.string().default("12.0") });
const access = z.object({ publicNetworkAccess: z.string().default("Enabled") });
const sized = z.object({
  sku: z.object({ name: z.string() }).optional(),
  autoPauseDelay: z.number().optional(),
});
const retention = z.object({ retentionDays: z.number() });

/** Azure SQL, as it is declared: no SQL Server runs in the local cloud. */
export const sqlServerRules: RuleBook = {
  "sql:Server": {
    replaces: ["administrators", "administratorLogin"],
    check: (values) => {
      const { success, data } = versioned.safeParse(values);
      return success && data.version !== "12.0"
        ? [{ property: "version", reason: `is ${JSON.stringify(data.version)}; Azure SQL has "12.0" alone` }]
        : [];
    },
    outputs: ({ values }) => ({
      fullyQualifiedDomainName: `${pick(named, values).serverName}.database.windows.net`,
      state: "Ready",
    }),
  },
  "sql:Database": {
    replaces: ["collation", "createMode"],
    check: (values) => {
      const { success, data } = sized.safeParse(values);
      return success && data.autoPauseDelay !== undefined && data.sku?.name.includes("_S_") !== true
        ? [{ property: "autoPauseDelay", reason: "is set; only serverless sizes (such as GP_S_Gen5) pause" }]
        : [];
    },
    outputs: ({ id }) => ({ status: "Online", databaseId: id }),
  },
  "sql:FirewallRule": {
    check: (values) => addressOrder(values),
    admit: ({ id }, { world }) => {
      const server = world.get(parentId(id) ?? "");
      if (pick(access, server?.values ?? {}).publicNetworkAccess.toLowerCase() !== "enabled")
        throw conflict(
          "DenyPublicEndpointEnabled",
          "Unable to create or modify firewall rules when public network interface for the server is disabled.",
        );
    },
  },
  "sql:BackupShortTermRetentionPolicy": {
    check: (values) => {
      const { success, data } = retention.safeParse(values);
      return success && data.retentionDays > 35
        ? [{ property: "retentionDays", reason: `is ${data.retentionDays}; 1 to 35 are allowed` }]
        : [];
    },
  },
};
