import { readIdentityCache, type IdentityCache } from "../../data/engines/sqlserver/identity-cache";
import { fail, pass, warn, type Check, type Look } from "../check";

const patience = 8_000;

/** A restart of SQL Server burns no ids: its identity cache is off. */
export const identityCache: Check = {
  id: "identity-cache",
  before: ["standby"],
  wanted: () => "the standby's database takes no ids ahead that a restart would burn",
  fix: ({ deployment: { settings } }) =>
    `let this machine's address in (operatorAddresses in the config of ${settings.standby.name}), then run ` +
    `\`pulumi up --stack ${settings.standby.name}\`, which switches it off`,
  look: async ({ deployment: { standby } }) => {
    const url = standby.outputs.databaseUrl;
    return url.startsWith("sqlserver://")
      ? judgeCache(await readIdentityCache(url, patience))
      : notSqlServer(url);
  },
};

export function judgeCache(state: IdentityCache): Look {
  switch (state) {
    case "off":
      return pass("the identity cache is off");
    case "on":
      return fail("the identity cache is on: a restart burns 1,000 ids of an int, 10,000 of a bigint");
    case "unsupported":
      return warn(
        "this SQL Server is older than 2017 and has no such setting",
        "start it with trace flag 272, or raise `safety`, so that every offset has room for 10,000 burnt ids",
      );
  }
}

/** What the other engines burn is part of every offset (PostgreSQL), or nothing (InnoDB since MySQL 8.0). */
function notSqlServer(url: string): Look {
  return url.startsWith("mysql://")
    ? pass("MySQL keeps the next id across a restart")
    : pass("PostgreSQL: what a restart burns is part of every offset");
}
