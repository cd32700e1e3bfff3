import { types, type ResourceType } from "./resource-types";
import { rule } from "./rule";

/** Servers, where each says who may call, and what names an exception. */
const servers: readonly (readonly [server: ResourceType, path: string, firewallRule: ResourceType])[] = [
  [types.postgresServer, "network.publicNetworkAccess", types.postgresFirewallRule],
  [types.mysqlServer, "network.publicNetworkAccess", types.mysqlFirewallRule],
  [types.sqlServer, "publicNetworkAccess", types.sqlFirewallRule],
];

export const privateDatabase = rule(
  "private-database",
  "The customer list is on no public network. The story's database was set up by hand in an hour, with whatever access " +
    "made it work.",
  (stack, verdict) => {
    for (const [type, path, firewallRule] of servers)
      for (const server of stack.of(type)) {
        const named = stack.of(firewallRule).some((one) => one.madeFrom(server, "serverName"));
        verdict.check(
          server,
          path,
          (value) => value === "Disabled" || (named && value === "Enabled"),
          '"Disabled", unless firewall rules name who may call',
          'set it to "Disabled", or name the addresses that need it (operatorAddresses)',
        );
      }
  },
);
