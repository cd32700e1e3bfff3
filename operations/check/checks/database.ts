import { parseDatabaseUrl } from "../../connection";
import { ownSchema } from "../../data/engines/postgres/introspect";
import { withSession } from "../../data/engines/postgres/session";
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
      return await withSession(connection, "check", async (session) => {
        const [row] = await session.rows(
          `SELECT current_setting('server_version'),
                  (SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
                  (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
                      AND n.nspname NOT IN ('information_schema', $1))`,
          [ownSchema],
        );
        return judgeDatabase({
          version: row?.[0] ?? "an unknown version",
          encrypted: row?.[1] === "true",
          verified: connection.sslMode === "verify-full",
          tables: Number(row?.[2] ?? 0),
        });
      });
    } catch (error) {
      return fail(reason(error));
    }
  },
};

export interface SeenDatabase {
  readonly version: string;
  readonly encrypted: boolean;
  /** The certificate was checked for chain and name. */
  readonly verified: boolean;
  /** The shop's, ours left out. */
  readonly tables: number;
}

export function judgeDatabase({ version, encrypted, verified, tables }: SeenDatabase): Look {
  if (!encrypted)
    return fail(
      `PostgreSQL ${version} lets connections in without encryption`,
      "demand TLS: add sslmode=verify-full to databaseUrl, and require_secure_transport to the server",
    );
  if (tables === 0)
    return fail(
      `PostgreSQL ${version} answers, but holds no tables`,
      "restore the shop's schema into it, then run `standby sync --from primary --to standby`",
    );
  const found = `PostgreSQL ${version} answers over TLS and holds ${tables} tables`;
  if (!verified)
    return warn(`${found}; its certificate was not checked`, "add sslmode=verify-full to databaseUrl");
  return pass(found);
}
