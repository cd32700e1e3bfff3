import { outside, usage } from "../../../fault";
import { parseDatabaseUrl } from "../../../connection";
import { openTedious, type OpenDriver } from "./driver";
import { explain } from "./faults";
import { Session } from "./session";

/**
 * Whether SQL Server takes ids ahead of need, which a restart burns: 1,000 of an int, 10,000 of a bigint.
 * `unsupported`: SQL Server 2016 and before cannot be told so by database; there trace flag 272 turns it off for the
 * whole server. (learn.microsoft.com, t-sql/statements: ALTER DATABASE SCOPED CONFIGURATION, IDENTITY_CACHE)
 */
export type IdentityCache = "on" | "off" | "unsupported";

// 2016 has the view without the row, and what is older not even the view.
const reading = `IF OBJECT_ID(N'sys.database_scoped_configurations') IS NULL SELECT CONVERT(varchar(10), NULL) WHERE 1 = 0
  ELSE EXEC sys.sp_executesql N'SELECT CONVERT(varchar(10), CONVERT(int, value)) FROM sys.database_scoped_configurations WHERE name = N''IDENTITY_CACHE'''`;
const switching = "ALTER DATABASE SCOPED CONFIGURATION SET IDENTITY_CACHE = OFF";

async function read(session: Session): Promise<IdentityCache> {
  const [row] = await session.rows(reading);
  const value = row?.[0];
  if (value === undefined || value === null) return "unsupported";
  return value === "0" ? "off" : "on";
}

async function withSession<T>(
  url: string,
  milliseconds: number,
  open: OpenDriver,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const connection = parseDatabaseUrl("the standby's database", url);
  if (connection.engine !== "sqlserver")
    throw usage("the standby's database: not a SQL Server; use sqlserver://user:password@host:1433/database");
  const session = await Session.open(connection, "identity cache", milliseconds, open);
  try {
    return await action(session);
  } catch (error) {
    throw explain(error, session.label);
  } finally {
    await session.close();
  }
}

/** @throws Fault (3) when the database cannot be reached */
export const readIdentityCache = (
  url: string,
  milliseconds: number,
  open: OpenDriver = openTedious,
): Promise<IdentityCache> => withSession(url, milliseconds, open, read);

/** Switches it off where it is on, and reads back what stands then. @throws Fault (3) when it cannot, or it stays on */
export const switchOffIdentityCache = (
  url: string,
  milliseconds: number,
  open: OpenDriver = openTedious,
): Promise<IdentityCache> =>
  withSession(url, milliseconds, open, async (session) => {
    const before = await read(session);
    if (before !== "on") return before;
    await session.exec(switching);
    const after = await read(session);
    if (after === "on")
      throw outside(
        "the identity cache was switched off and reads back as on; is somebody else setting it? safe to run again",
      );
    return after;
  });
