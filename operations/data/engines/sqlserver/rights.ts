/**
 * What a user may not do, asked of the server in one statement: HAS_PERMS_BY_NAME answers 0 for a right that is missing,
 * and NULL for a thing that is not there or a right that it does not have (learn.microsoft.com, t-sql/functions).
 */
import { z } from "zod";
import { groupBy } from "../../collections";
import type { Schema } from "../../model";
import type { MissingRight, Use } from "../../port";
import { full, tables as shopTables, theirs } from "./catalogue";
import { ownSchema } from "./own";
import type { Session } from "./session";
import { literal, name } from "./sql";

const rows = ["SELECT", "INSERT", "UPDATE", "DELETE"];
const none: readonly string[] = [];
interface Taken {
  readonly tables: readonly string[];
  /** Where ids are written or raised, and where triggers are to rest. */
  readonly altered: readonly ("identity" | "trigger")[];
  readonly sequences: readonly string[];
  readonly own: readonly string[];
  readonly database: readonly string[];
}
/** A sequence's values are shown to whoever sees its definition; without that, most of what is asked here is hidden. */
const definitions = "VIEW DEFINITION";
const taken: Readonly<Record<Use, Taken>> = {
  read: { tables: ["SELECT"], altered: [], sequences: none, own: ["SELECT"], database: [definitions] },
  raise: {
    tables: ["SELECT"],
    altered: ["identity"],
    sequences: ["UPDATE"],
    own: rows,
    database: [definitions],
  },
  write: {
    tables: rows,
    altered: ["identity"],
    sequences: ["UPDATE"],
    own: rows,
    database: [definitions, "CREATE SCHEMA", "CREATE TABLE"],
  },
  mirror: {
    tables: rows,
    altered: ["identity", "trigger"],
    sequences: ["UPDATE"],
    own: rows,
    database: [definitions, "CREATE SCHEMA", "CREATE TABLE"],
  },
};

const values = (texts: readonly string[]): string =>
  `(VALUES ${texts.map((text) => `(${literal(text)})`).join(", ")}) p(permission)`;
const lacks = (securable: string, kind: string, permission = "p.permission"): string =>
  `HAS_PERMS_BY_NAME(${securable}, N'${kind}', ${permission}) = 0`;
const quotedTable = "QUOTENAME(s.name) + N'.' + QUOTENAME(t.name)";

/** One row a right that is missing: its kind, on what, the right, the table or sequence that it is about. */
function query(use: Use): string {
  const { tables, altered, sequences, own, database } = taken[use];
  const made = `SCHEMA_ID(N'${ownSchema}') IS NOT NULL`;
  const marks = {
    identity: "EXISTS (SELECT 1 FROM sys.identity_columns c WHERE c.object_id = t.object_id)",
    trigger: "EXISTS (SELECT 1 FROM sys.triggers g WHERE g.parent_id = t.object_id AND g.is_disabled = 0)",
  };
  // Of the database's own administrators, none is asked for more.
  const administers =
    "COALESCE(IS_ROLEMEMBER(N'db_owner'), 0) = 1 OR COALESCE(IS_ROLEMEMBER(N'db_ddladmin'), 0) = 1";
  const parts = [
    `SELECT 'object', ${quotedTable}, p.permission, ${full} FROM ${shopTables} CROSS JOIN ${values(tables)}
       WHERE ${theirs} AND ${lacks(quotedTable, "OBJECT")}`,
    ...altered.map(
      (what) =>
        `SELECT 'object', ${quotedTable}, N'ALTER', ${full} FROM ${shopTables}
           WHERE ${theirs} AND ${marks[what]} AND ${lacks(quotedTable, "OBJECT", "N'ALTER'")}`,
    ),
    // DBCC CHECKIDENT asks for more than a right to the table.
    ...(altered.includes("identity")
      ? [
          `SELECT 'owner', QUOTENAME(s.name), N'', ${full} FROM ${shopTables} WHERE ${theirs} AND ${marks.identity}
             AND NOT (${administers} OR s.principal_id = USER_ID())`,
        ]
      : []),
    ...(sequences.length === 0
      ? []
      : [
          `SELECT 'object', ${quotedTable}, p.permission, ${full}
             FROM sys.sequences t JOIN sys.schemas s ON s.schema_id = t.schema_id CROSS JOIN ${values(sequences)}
             WHERE ${theirs} AND ${lacks(quotedTable, "OBJECT")}`,
        ]),
    `SELECT 'schema', N'${name(ownSchema)}', p.permission, NULL FROM ${values(own)}
       WHERE ${made} AND ${lacks(`N'${name(ownSchema)}'`, "SCHEMA")}`,
    `SELECT 'database', QUOTENAME(DB_NAME()), p.permission, NULL FROM ${values(database)}
       WHERE ${lacks("QUOTENAME(DB_NAME())", "DATABASE")} AND NOT (p.permission LIKE N'CREATE%' AND ${made})`,
    ...(use === "read"
      ? []
      : [
          `SELECT 'read-only', QUOTENAME(DB_NAME()), N'', NULL
             WHERE CONVERT(nvarchar(20), DATABASEPROPERTYEX(DB_NAME(), 'Updateability')) = N'READ_ONLY'`,
        ]),
  ];
  return `SELECT m.kind, m.securable, m.permission, m.about, QUOTENAME(USER_NAME())
  FROM (${parts.join("\n    UNION ALL ")}) m(kind, securable, permission, about)`;
}

const found = z.tuple([z.string(), z.string(), z.string(), z.string().nullable(), z.string()]);
type Found = z.infer<typeof found>;

export async function missingRights(
  session: Session,
  { tables, generators }: Pick<Schema, "tables" | "generators">,
  use: Use,
): Promise<readonly MissingRight[]> {
  const users = new Map<string, readonly string[]>([
    ...tables.map((table) => [table.name, [table.name]] as const),
    ...generators.map((one) => [one.name, one.uses.map(({ table }) => table)] as const),
  ]);
  const answer = (await session.rows(query(use))).map((row) => found.parse(row));
  // What is asked about by name is only what takes part.
  const asked = answer.filter(([, , , about]) => about === null || users.has(about));
  return [...groupBy(asked, ([kind, securable]) => `${kind} ${securable}`).values()].map((group) => ({
    tables: [...new Set(group.flatMap(([, , , about]) => (about === null ? [] : (users.get(about) ?? []))))],
    ...told(group),
  }));
}

/** @param group what is missing of one thing */
function told(group: readonly Found[]): Pick<MissingRight, "what" | "fix"> {
  const [[kind, securable, , , user] = ["", "", "", null, ""] as const] = group;
  const privileges = [...new Set(group.map(([, , permission]) => permission))].join(", ");
  switch (kind) {
    case "owner":
      return {
        what: `to set the ids of tables of ${securable} takes its owner, or a member of db_ddladmin`,
        fix: `ALTER ROLE db_ddladmin ADD MEMBER ${user}`,
      };
    case "read-only":
      return {
        what: "it is read-only",
        fix: `is it a secondary? Name the primary, or ALTER DATABASE ${securable} SET READ_WRITE`,
      };
    case "schema":
      return {
        what: `${privileges} on schema ${securable}`,
        fix: `GRANT ${privileges} ON SCHEMA::${securable} TO ${user}`,
      };
    case "database":
      return { what: `${privileges} in ${securable}`, fix: `GRANT ${privileges} TO ${user}` };
    default:
      return { what: `${privileges} on ${securable}`, fix: `GRANT ${privileges} ON ${securable} TO ${user}` };
  }
}
