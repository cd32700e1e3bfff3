/** What a user may not do, in one look at the catalogue. */
import { z } from "zod";
import { groupBy } from "../../collections";
import type { Schema } from "../../model";
import type { MissingRight, Use } from "../../port";
import { ownSchema } from "./introspect";
import type { Session } from "./session";

/**
 * One row a right that is missing: its kind, on what, the right, the table that it is about, the user. Whoever may not
 * look into a schema is told nothing of its tables by name, so everything goes by oid.
 */
const query = `
  WITH shop AS (
      SELECT c.oid, u.name, u.triggers, c.relowner AS owner, n.oid AS schema, n.nspname,
             format('%I.%I', n.nspname, c.relname) AS relation
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[]) AS u(name, schema, relation, triggers)
        JOIN pg_namespace n ON n.nspname = u.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.relation),
    numbers AS (
      SELECT c.oid, n.nspname || '.' || c.relname AS name, n.oid AS schema, n.nspname,
             format('%I.%I', n.nspname, c.relname) AS relation
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname || '.' || c.relname = ANY($5::text[])),
    own AS (
      SELECT n.oid AS schema, c.oid, format('%I.%I', n.nspname, c.relname) AS relation
        FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
        WHERE n.nspname = '${ownSchema}'),
    missing (kind, relation, privilege, name) AS (
      SELECT 'schema', quote_ident(nspname), 'USAGE', name FROM (SELECT schema, nspname, name FROM shop
          UNION ALL SELECT schema, nspname, name FROM numbers) s WHERE NOT has_schema_privilege(schema, 'USAGE')
      UNION ALL SELECT 'table', relation, p, name FROM shop, unnest($6::text[]) p WHERE NOT has_table_privilege(oid, p)
      UNION ALL SELECT 'hidden', relation, '', name FROM shop WHERE row_security_active(oid)
      UNION ALL SELECT 'owner', relation, quote_ident(pg_get_userbyid(owner)), name FROM shop
        WHERE triggers AND NOT pg_has_role(owner, 'USAGE')
      UNION ALL SELECT 'sequence', relation, p, name FROM numbers, unnest($7::text[]) p
        WHERE NOT has_sequence_privilege(oid, p)
      UNION ALL SELECT 'schema', '${ownSchema}', p, NULL FROM (SELECT DISTINCT schema FROM own) o, unnest($8::text[]) p
        WHERE NOT has_schema_privilege(schema, p)
      UNION ALL SELECT 'table', relation, p, NULL FROM own, unnest($9::text[]) p
        WHERE oid IS NOT NULL AND NOT has_table_privilege(oid, p)
      UNION ALL SELECT 'database', quote_ident(current_database()), p, NULL FROM unnest($10::text[]) p
        WHERE NOT has_database_privilege(current_database(), p)
          AND NOT (p = 'CREATE' AND EXISTS (SELECT FROM own))
      UNION ALL SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'read-only' END,
          quote_ident(current_database()), '', NULL
        WHERE $11 AND (pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'))
  SELECT kind, relation, privilege, name, quote_ident(current_user) FROM missing`;

const none: readonly string[] = [];
const rows = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** Rights to the shop's tables, to sequences, to the tool's own schema and tables, and to the database. */
const taken: Readonly<Record<Use, readonly (readonly string[])[]>> = {
  read: [["SELECT"], ["SELECT"], ["USAGE"], ["SELECT"], none],
  raise: [["SELECT"], ["SELECT", "UPDATE"], ["USAGE"], rows, none],
  write: [rows, ["SELECT", "UPDATE"], ["USAGE", "CREATE"], rows, ["CREATE", "TEMPORARY"]],
  mirror: [rows, ["SELECT", "UPDATE"], ["USAGE", "CREATE"], rows, ["CREATE", "TEMPORARY"]],
};

const found = z.tuple([z.string(), z.string(), z.string(), z.string().nullable(), z.string()]);
type Found = z.infer<typeof found>;

/** For each right that is taken: by whom it is missing, in a sentence and a statement. */
export async function missingRights(
  session: Session,
  { tables, generators }: Pick<Schema, "tables" | "generators">,
  use: Use,
): Promise<readonly MissingRight[]> {
  const answer = await session.rows(
    query,
    [
      tables.map((table) => table.name),
      tables.map((table) => table.schema),
      tables.map((table) => table.relation),
      tables.map(
        ({ triggers }) => use === "mirror" && triggers.some(({ enabled }) => /^[OA]$/.test(enabled)),
      ),
      generators.filter((generator) => generator.row === undefined).map((generator) => generator.name),
      ...taken[use],
      use !== "read",
    ],
    "rights",
  );
  const users = new Map(generators.map(({ name, uses }) => [name, uses.map(({ table }) => table)]));
  const groups = groupBy(
    answer.map((row) => found.parse(row)),
    ([kind, relation]) => `${kind} ${relation}`,
  );
  return [...groups.values()].map((group) => {
    const names = group.flatMap(([, , , name]) => (name === null ? [] : (users.get(name) ?? [name])));
    return { tables: names, ...told(group) };
  });
}

/** @param group what is missing of one thing */
function told(group: readonly Found[]): Pick<MissingRight, "what" | "fix"> {
  const [[kind, relation, first, , user] = ["", "", "", null, ""] as const] = group;
  const privileges = [...new Set(group.map(([, , privilege]) => privilege))].join(", ");
  const grant = (on: string): string => `GRANT ${privileges} ON ${on} TO ${user}`;
  switch (kind) {
    case "schema":
    case "database":
    case "sequence":
      return {
        what: `${privileges} on ${kind} ${relation}`,
        fix: grant(`${kind.toUpperCase()} ${relation}`),
      };
    case "hidden":
      return {
        what: `row-level security hides rows of ${relation}, which would look deleted`,
        fix: `ALTER ROLE ${user} BYPASSRLS`,
      };
    case "owner":
      return {
        what: `only the owner of ${relation} may let its triggers rest`,
        fix: `GRANT ${first} TO ${user}`,
      };
    case "replica":
      return {
        what: "it is a replica and takes no writes",
        fix: "name the server that it follows, or promote it",
      };
    case "read-only":
      return {
        what: "it is read-only",
        fix:
          `ALTER DATABASE ${relation} SET default_transaction_read_only = off; or of the role or the server, ` +
          "wherever it is set",
      };
    default:
      return { what: `${privileges} on ${relation}`, fix: grant(relation) };
  }
}
