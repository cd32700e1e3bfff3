import { privateDatabase } from "../../policy/private-database";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const engines = [
  [types.postgresServer, types.postgresFirewallRule, "network.publicNetworkAccess"],
  [types.mysqlServer, types.mysqlFirewallRule, "network.publicNetworkAccess"],
  [types.sqlServer, types.sqlFirewallRule, "publicNetworkAccess"],
] as const;

test.each(engines)("%s is private, or open to those who are named", (type, firewallRule, path) => {
  const server = (access?: string): Declared => ({
    type,
    name: "server",
    inputs: path.startsWith("network.")
      ? { network: { publicNetworkAccess: access } }
      : { publicNetworkAccess: access },
  });
  const named: Declared = { type: firewallRule, name: "operator", from: { serverName: ["server"] } };
  expect(judge(privateDatabase, [server("Disabled")])).toEqual(good);
  expect(judge(privateDatabase, [server("Enabled"), named])).toEqual(good);
  for (const [access, found] of [
    ["Enabled", '"Enabled"'],
    [undefined, "not set"],
  ] as const)
    expect(judge(privateDatabase, [server(access)]).wrong).toEqual([
      [
        "server",
        `${path} of server is ${found}; wanted: "Disabled", unless firewall rules name who may call. Fix: set it to ` +
          '"Disabled", or name the addresses that need it (operatorAddresses).',
      ],
    ]);
  expect(judge(privateDatabase, [server(unknownText)])).toEqual({
    wrong: [],
    open: `cannot be judged before it exists: ${path} of server`,
  });
});
