/** What a user may not do, by what the server says was granted to it. */
import type { Schema, TableName } from "../../model";
import type { MissingRight, Use } from "../../port";
import { grantsOf, holds, type Grants } from "./grants";
import { ownPrefix, ownTables } from "./own";
import type { Session } from "./session";
import { literal, name } from "./sql";

const rows = ["SELECT", "INSERT", "UPDATE", "DELETE"];
/** Without TRIGGER, nobody is shown which triggers there are. */
const written = [...rows, "TRIGGER"];
/** A table is shown to whoever has one of these rights to it. (sql/privilege.h: TABLE_ACLS) */
const showing = [
  ...written,
  ...["CREATE", "DROP", "REFERENCES", "INDEX", "ALTER", "CREATE VIEW", "SHOW VIEW", "DELETE HISTORY"],
];
const counted: Readonly<Record<Use, readonly string[]>> = {
  read: ["SELECT"],
  raise: ["SELECT", "INSERT"],
  write: ["SELECT", "INSERT"],
  mirror: ["SELECT", "INSERT"],
};

interface Asked {
  readonly tables: readonly TableName[];
  readonly relation: string;
  readonly rights: readonly string[];
}

/** @param made whether the tool's own tables are there */
export async function missingRights(
  session: Session,
  schema: Pick<Schema, "tables" | "generators">,
  use: Use,
  made: boolean,
): Promise<readonly MissingRight[]> {
  const second = session.flavour === "mysql" ? "@@GLOBAL.super_read_only" : "'0'";
  const [row] = await session.rows(
    `SELECT CURRENT_USER(), CURRENT_ROLE(), @@GLOBAL.read_only, @@GLOBAL.innodb_read_only, ${second}`,
  );
  const [user = "", role, ...modes] = (row ?? []).map((value) => value ?? "");
  // MariaDB shows what comes by the role that is set; MySQL does so only where it is named.
  const roles =
    session.flavour === "mysql" && role !== "NONE" && role !== ""
      ? ` FOR CURRENT_USER() USING ${role ?? ""}`
      : "";
  const lines = await readGrants(session, roles);
  const lacks = missingFrom(session, grantsOf(lines, session.database), schema, use, made, user, modes);
  if (lacks.length === 0 || session.flavour === "mysql") return lacks;
  // What everybody may do, since MariaDB 10.11; before, and without such a grant, there is nothing to show.
  const everybodys = await readGrants(session, " FOR PUBLIC").catch(() => []);
  if (everybodys.length === 0) return lacks;
  return missingFrom(
    session,
    grantsOf([...lines, ...everybodys], session.database),
    schema,
    use,
    made,
    user,
    modes,
  );
}

const readGrants = async (session: Session, whose: string): Promise<readonly string[]> =>
  (await session.rows(`SHOW GRANTS${whose}`)).map(([line]) => line ?? "");

function missingFrom(
  session: Session,
  grants: Grants,
  { tables, generators }: Pick<Schema, "tables" | "generators">,
  use: Use,
  made: boolean,
  user: string,
  modes: readonly string[],
): readonly MissingRight[] {
  const database = name(session.database.replace(/[_%\\]/g, "\\$&"));
  const to = `TO ${account(user)}`;
  const whole = (rights: readonly string[]): string => `GRANT ${rights.join(", ")} ON ${database}.* ${to}`;
  const lacking = (rights: readonly string[], relation: string): readonly string[] =>
    rights.filter((right) => !holds(grants.database, right) && !holds(grants.tables.get(relation), right));
  const found: MissingRight[] = [];
  if (use !== "read" && isReadOnly(session, grants, modes))
    found.push({
      tables: [],
      what: "the server is set to be read-only",
      fix: "is it a replica? Name the server that it follows, or SET GLOBAL read_only = OFF",
    });
  if (!showing.some((right) => holds(grants.database, right)))
    found.push({
      tables: [],
      what: `SELECT on all of ${name(session.database)}: tables without a right are not even shown to it`,
      fix: whole(["SELECT"]),
    });
  const writes = use === "write" || use === "mirror";
  const counters = new Set(generators.filter(isAutoIncrement).map((generator) => generator.name));
  const asked: Asked[] = [
    ...tables.map(({ name: table, relation, columns }) => ({
      tables: [table],
      relation,
      rights: [
        ...(writes ? written : ["SELECT"]),
        // Of a table whose columns are not shown to it, nobody can tell whether one of them counts.
        ...(use !== "read" && (counters.has(relation) || columns.length === 0) ? ["ALTER"] : []),
      ],
    })),
    ...generators
      .filter((one) => one.row === undefined && !isAutoIncrement(one))
      .map((one) => ({
        tables: one.uses.map(({ table }) => table),
        relation: one.name,
        rights: counted[use],
      })),
  ];
  for (const { tables: about, relation, rights } of asked) {
    const missing = lacking(rights, relation);
    if (missing.length > 0)
      found.push({
        tables: about,
        what: `${missing.join(", ")} on ${name(relation)}`,
        fix: `GRANT ${missing.join(", ")} ON ${name(session.database)}.${name(relation)} ${to}`,
      });
  }
  const onOwn = [...(use === "read" ? ["SELECT"] : rows), ...(writes && !made ? ["CREATE"] : [])];
  const own =
    made || writes ? onOwn.filter((right) => ownTables.some((one) => lacking([right], one).length > 0)) : [];
  if (own.length > 0)
    found.push({
      tables: [],
      what: `${own.join(", ")} on the tool's own tables ${ownPrefix}*`,
      fix: whole(own),
    });
  const temporary = "CREATE TEMPORARY TABLES";
  if (writes && !holds(grants.database, temporary))
    found.push({ tables: [], what: `${temporary} in ${name(session.database)}`, fix: whole([temporary]) });
  return found;
}

const isAutoIncrement = (generator: Schema["generators"][number]): boolean =>
  generator.uses[0]?.kind === "auto-increment";

/** `shop@%` as a statement names it. */
function account(user: string): string {
  const at = user.lastIndexOf("@");
  return `${literal(user.slice(0, at))}@${literal(user.slice(at + 1))}`;
}

const isOn = (mode: string | undefined): boolean => mode !== undefined && !["0", "OFF", ""].includes(mode);

/** Who administers the server writes to one that is read-only; to one that is so for its administrators too, nobody does. */
function isReadOnly(session: Session, grants: Grants, [plain, engine, forAll]: readonly string[]): boolean {
  if (isOn(engine) || isOn(forAll)) return true;
  const exempt = session.flavour === "mysql" ? "CONNECTION_ADMIN" : "READ_ONLY ADMIN";
  return isOn(plain) && !holds(grants.server, exempt) && !holds(grants.server, "SUPER");
}
