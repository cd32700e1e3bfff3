import { parseDatabaseUrl } from "../../connection";
import type { ServerProbe } from "../../data/port";
import { withDatabase } from "../../data/runs/with-database";
import { fail, pass, reason, warn, type Check, type Look } from "../check";

/** The standby's database answers over TLS and holds the shop's tables. */
export const database: Check = {
  id: "database",
  before: ["standby"],
  wanted: () => "the standby's database answers over verified TLS and holds the shop's tables",
  fix: ({ deployment: { settings } }) =>
    `let this machine's address in (operatorAddresses in the config of ${settings.standby.name}, then \`pulumi up\`), ` +
    `then run \`standby sync --from primary --to standby\``,
  look: async ({ deployment: { standby } }) => {
    const connection = parseDatabaseUrl("the standby's databaseUrl", standby.outputs.databaseUrl);
    try {
      return await withDatabase(connection, "check", async (server) =>
        judgeDatabase({ ...(await server.probe()), verified: connection.sslMode === "verify-full" }),
      );
    } catch (error) {
      return fail(reason(error));
    }
  },
};

export interface SeenDatabase extends ServerProbe {
  /** The certificate was checked for chain and name. */
  readonly verified: boolean;
}

export function judgeDatabase({ server, encrypted, verified, tables }: SeenDatabase): Look {
  if (!encrypted)
    return fail(
      `${server} lets connections in without encryption`,
      "demand TLS: add sslmode=verify-full to databaseUrl, and require_secure_transport to the server",
    );
  if (tables === 0)
    return fail(
      `${server} answers, but holds no tables`,
      "restore the shop's schema into it, then run `standby sync --from primary --to standby`",
    );
  const found = `${server} answers over TLS and holds ${tables} tables`;
  if (!verified)
    return warn(`${found}; its certificate was not checked`, "add sslmode=verify-full to databaseUrl");
  return pass(found);
}
