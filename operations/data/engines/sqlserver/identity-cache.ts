import { outside } from "../../../fault";
import { openSql, type OpenSql, type SqlClient } from "./client";

/**
 * Whether SQL Server takes ids ahead of need, which a restart burns: 1,000 of an int, 10,000 of a bigint.
 * `unsupported`: SQL Server 2016 and before cannot be told so by database; there trace flag 272 turns it off for the
 * whole server. (learn.microsoft.com, t-sql/statements: ALTER DATABASE SCOPED CONFIGURATION, IDENTITY_CACHE)
 */
export type IdentityCache = "on" | "off" | "unsupported";

// 2016 has the view without the row, and what is older not even the view.
const reading = `IF OBJECT_ID(N'sys.database_scoped_configurations') IS NULL SELECT CAST(NULL AS int) AS value WHERE 1 = 0
  ELSE EXEC sys.sp_executesql N'SELECT CAST(value AS int) AS value FROM sys.database_scoped_configurations WHERE name = N''IDENTITY_CACHE'''`;
const switching = "ALTER DATABASE SCOPED CONFIGURATION SET IDENTITY_CACHE = OFF";

async function read(client: SqlClient): Promise<IdentityCache> {
  const [row] = await client.rows(reading);
  const value = row?.["value"];
  if (value === undefined || value === null) return "unsupported";
  return Number(value) === 0 ? "off" : "on";
}

async function withClient<T>(
  url: string,
  milliseconds: number,
  open: OpenSql,
  action: (client: SqlClient) => Promise<T>,
): Promise<T> {
  const client = await open(url, milliseconds);
  try {
    return await action(client);
  } finally {
    await client.close();
  }
}

/** @throws Fault (3) when the database cannot be reached */
export const readIdentityCache = (
  url: string,
  milliseconds: number,
  open: OpenSql = openSql,
): Promise<IdentityCache> => withClient(url, milliseconds, open, read);

/** Switches it off where it is on, and reads back what stands then. @throws Fault (3) when it cannot, or it stays on */
export const switchOffIdentityCache = (
  url: string,
  milliseconds: number,
  open: OpenSql = openSql,
): Promise<IdentityCache> =>
  withClient(url, milliseconds, open, async (client) => {
    const before = await read(client);
    if (before !== "on") return before;
    await client.rows(switching);
    const after = await read(client);
    if (after === "on")
      throw outside(
        "the identity cache was switched off and reads back as on; is somebody else setting it? safe to run again",
      );
    return after;
  });
