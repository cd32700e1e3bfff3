import { z } from "zod";
import type { Cloud } from "../cloud";
import { badRequest } from "../fault";
import { addressOrder } from "./addresses";
import { parentId } from "./ids";
import { lastOf, pick, type Declared, type RuleBook } from "./rules";

const serverSchema = z.object({
  serverName: z.string(),
  administratorLogin: z.string(),
  administratorLoginPassword: z.string(),
  sku: z.object({ name: z.string(), tier: z.string() }),
  highAvailability: z.object({ mode: z.string().default("Disabled") }).optional(),
});
const named = z.object({ serverName: z.string() });
const authSchema = z.object({
  authConfig: z.object({ activeDirectoryAuth: z.string().optional() }).optional(),
});
const configurationSchema = z.object({ configurationName: z.string(), value: z.string() });

/** What the realised server holds from its start; a parameter declared otherwise is taken without being realised. */
const realisedParameters: Readonly<Record<string, string>> = {
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
};

function running(id: string, cloud: Cloud) {
  const found = cloud.databases.get((parentId(id) ?? "").toLowerCase());
  if (found === undefined) throw badRequest("ServerNotReady", `The server of ${lastOf(id)} does not run.`);
  return found.server;
}

const serverName = ({ values }: Declared): string => pick(named, values).serverName;

export const postgresRules: RuleBook = {
  "dbforpostgresql:Server": {
    replaces: ["administratorLogin", "createMode"],
    check: (values) => {
      const { success, data } = serverSchema.safeParse(values);
      return success &&
        data.sku.tier === "Burstable" &&
        data.highAvailability?.mode.toLowerCase() === "zoneredundant"
        ? [
            {
              property: "highAvailability.mode",
              reason: 'is "ZoneRedundant"; tier Burstable has no high availability',
            },
          ]
        : [];
    },
    outputs: (declared) => ({
      fullyQualifiedDomainName: `${serverName(declared)}.postgres.database.azure.com`,
      state: "Ready",
      minorVersion: "0",
      privateEndpointConnections: [],
    }),
    realise: async ({ id, values, before }, { parts, databases, world }) => {
      const server = pick(serverSchema, values);
      if (before !== undefined) {
        if (
          pick(serverSchema, before.values).administratorLoginPassword !== server.administratorLoginPassword
        )
          throw badRequest(
            "NotRehearsed",
            "The local cloud does not change an administrator's password in place.",
          );
        world.note("note", id, "an update of the server's size or settings is taken without being realised");
        return;
      }
      const host = `${server.serverName}.postgres.database.azure.com`;
      const certificate = await parts.authority.issue([host]);
      const started = await parts.startDatabaseServer({
        name: server.serverName,
        adminUser: server.administratorLogin,
        adminPassword: server.administratorLoginPassword,
        certificate,
        parameters: {},
      });
      databases.set(id.toLowerCase(), { server: started, host });
    },
    retire: async ({ id }, { databases }) => {
      const found = databases.get(id.toLowerCase());
      databases.delete(id.toLowerCase());
      await found?.server.stop();
    },
  },
  "dbforpostgresql:Database": {
    oneAtATime: true,
    replaces: ["charset", "collation"],
    realise: ({ id, before }, cloud) =>
      before === undefined ? running(id, cloud).createDatabase(lastOf(id)) : Promise.resolve(),
    retire: ({ id }, cloud) => running(id, cloud).dropDatabase(lastOf(id)),
  },
  "dbforpostgresql:Configuration": {
    oneAtATime: true,
    outputs: () => ({ dataType: "Enumeration", isDynamicConfig: true, isReadOnly: false }),
    realise: ({ id, values }, { world }) => {
      const { configurationName, value } = pick(configurationSchema, values);
      if (realisedParameters[configurationName] !== value)
        world.note("note", id, `server parameter ${configurationName} is taken without being realised`);
      return Promise.resolve();
    },
  },
  "dbforpostgresql:FirewallRule": { oneAtATime: true, check: (values) => addressOrder(values) },
  "dbforpostgresql:Administrator": {
    oneAtATime: true,
    replaces: ["principalName", "principalType", "tenantId"],
    admit: ({ id }, { world }) => {
      const server = world.get(parentId(id) ?? "");
      const { authConfig } = pick(authSchema, server?.values ?? {});
      if (authConfig?.activeDirectoryAuth?.toLowerCase() !== "enabled")
        throw badRequest(
          "AadAuthOperationCannotBePerformedWhenAuthDisabled",
          `${lastOf(id)} cannot administer the server: its authConfig.activeDirectoryAuth is not Enabled.`,
        );
    },
  },
};
