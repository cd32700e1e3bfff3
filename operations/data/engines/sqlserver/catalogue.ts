/** What is read of the catalogue: plain rows of text, in statements that SQL Server 2016 has every column of. */
import type { TextRow } from "../../port";
import type { ColumnInfo } from "./columns";
import { ownSchema } from "./own";
import type { Server, Session } from "./session";

/** The shop's tables: neither the server's own, nor ours, nor what a tool of Microsoft's keeps for its diagrams. */
export const theirs = `t.is_ms_shipped = 0 AND s.name <> N'${ownSchema}' AND NOT EXISTS (
    SELECT 1 FROM sys.extended_properties x
      WHERE x.class = 1 AND x.major_id = t.object_id AND x.minor_id = 0 AND x.name = N'microsoft_database_tools_support')`;
export const tables = "sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id";
export const full = "s.name + N'.' + t.name";

/** A number kept as sql_variant, as text. */
const variant = (value: string): string => `CONVERT(varchar(50), CONVERT(decimal(38, 0), ${value}))`;
const flag = (value: string): string => `CONVERT(varchar(1), ${value})`;
const right = (permission: string): string =>
  flag(`HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'${permission}')`);
const number = (value: string): string => `CONVERT(varchar(20), ${value})`;

/** Full name, schema, name, then what kind of table it is, and whether this user may read it. Graphs came with 2017. */
export const tablesQuery = ({ major, azure }: Server): string => `SELECT ${full}, s.name, t.name,
    ${flag("t.is_memory_optimized")}, ${flag("t.temporal_type")}, ${flag("t.is_external")}, ${flag("t.is_filetable")},
    ${flag("t.is_remote_data_archive_enabled")},
    ${azure || major >= 14 ? flag("CASE WHEN t.is_node = 1 OR t.is_edge = 1 THEN 1 ELSE 0 END") : "'0'"},
    ${flag("HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), N'OBJECT', N'SELECT')")}
  FROM ${tables} WHERE ${theirs}`;

/** Types of an assembly share one number, and so may new ones; an alias has its own, and the number of what it stands for. */
export const columnsQuery = `SELECT ${full}, c.name,
    CASE WHEN y.is_assembly_type = 1 OR (y.is_user_defined = 0 AND y.name <> N'sysname') THEN y.name
      ELSE TYPE_NAME(c.system_type_id) END,
    ${flag("CASE WHEN y.is_assembly_type = 1 AND y.is_user_defined = 1 THEN 1 ELSE 0 END")},
    ${number("c.max_length")}, ${number("c.precision")}, ${number("c.scale")}, ${flag("c.is_nullable")},
    ${flag("c.is_identity")}, ${flag("c.is_computed")}, k.definition, c.collation_name,
    ${number("COLLATIONPROPERTY(c.collation_name, 'CodePage')")}, ${number("c.generated_always_type")},
    ${number("c.encryption_type")}, 
    ${flag("CASE WHEN m.is_masked = 1 THEN 1 ELSE 0 END")}, ${flag("c.is_column_set")}, d.definition
  FROM ${tables} JOIN sys.columns c ON c.object_id = t.object_id
    JOIN sys.types y ON y.user_type_id = c.user_type_id
    LEFT JOIN sys.masked_columns m ON m.object_id = c.object_id AND m.column_id = c.column_id
    LEFT JOIN sys.computed_columns k ON k.object_id = c.object_id AND k.column_id = c.column_id
    LEFT JOIN sys.default_constraints d ON d.object_id = c.default_object_id
  WHERE ${theirs} ORDER BY t.object_id, c.column_id`;

/** Of every unique index that is in force: its columns in the key's order. */
export const indexesQuery = `SELECT ${full}, i.name, ${flag("i.is_primary_key")}, i.filter_definition, c.name
  FROM ${tables} JOIN sys.indexes i ON i.object_id = t.object_id
    JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id
    JOIN sys.columns c ON c.object_id = x.object_id AND c.column_id = x.column_id
  WHERE ${theirs} AND i.is_unique = 1 AND i.is_disabled = 0 AND i.is_hypothetical = 0
    AND x.is_included_column = 0 AND x.key_ordinal > 0
  ORDER BY t.object_id, i.is_primary_key DESC, i.name, x.key_ordinal`;

export const foreignKeysQuery = `SELECT ${full}, f.name, c.name, ps.name + N'.' + p.name, pc.name,
    ${flag("f.delete_referential_action")}, ${flag("f.is_disabled")}, ${flag("f.is_not_trusted")},
    ${flag("f.is_not_for_replication")}
  FROM ${tables} JOIN sys.foreign_keys f ON f.parent_object_id = t.object_id
    JOIN sys.foreign_key_columns x ON x.constraint_object_id = f.object_id
    JOIN sys.columns c ON c.object_id = x.parent_object_id AND c.column_id = x.parent_column_id
    JOIN sys.tables p ON p.object_id = f.referenced_object_id JOIN sys.schemas ps ON ps.schema_id = p.schema_id
    JOIN sys.columns pc ON pc.object_id = x.referenced_object_id AND pc.column_id = x.referenced_column_id
  WHERE ${theirs} ORDER BY t.object_id, f.name, x.constraint_column_id`;

/** Checks that are switched off, or were while rows came in. */
export const looseChecksQuery = `SELECT ${full}, k.name, ${flag("k.is_disabled")}
  FROM ${tables} JOIN sys.check_constraints k ON k.parent_object_id = t.object_id
  WHERE ${theirs} AND (k.is_disabled = 1 OR k.is_not_trusted = 1) AND k.is_not_for_replication = 0
  ORDER BY t.object_id, k.name`;

export const triggersQuery = `SELECT ${full}, g.name, ${flag("g.is_disabled")}, ${flag("g.is_instead_of_trigger")},
    e.type_desc, OBJECT_DEFINITION(g.object_id)
  FROM ${tables} JOIN sys.triggers g ON g.parent_id = t.object_id AND g.parent_class = 1
    JOIN sys.trigger_events e ON e.object_id = g.object_id
  WHERE ${theirs} AND g.is_ms_shipped = 0 ORDER BY t.object_id, g.name, e.type`;

export const identitiesQuery = `SELECT ${full}, c.name, ${variant("c.increment_value")}
  FROM ${tables} JOIN sys.identity_columns c ON c.object_id = t.object_id WHERE ${theirs} ORDER BY t.object_id`;

export const sequencesQuery = `SELECT s.name + N'.' + t.name, ${variant("t.increment")}, ${variant("t.maximum_value")},
    ${flag("t.is_cycling")}, ${flag("t.is_cached")}, ${number("t.cache_size")}
  FROM sys.sequences t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE ${theirs}`;

/** Tables of which a rule hides rows. */
export const hiddenRowsQuery = `SELECT DISTINCT ${full}, o.name
  FROM ${tables} JOIN sys.security_predicates p ON p.target_object_id = t.object_id AND p.predicate_type = 0
    JOIN sys.security_policies o ON o.object_id = p.object_id AND o.is_enabled = 1 WHERE ${theirs}`;

/** Whether this user sees masked columns as they are, and every definition. */
export const rightsQuery = `SELECT ${right("UNMASK")}, ${right("VIEW DEFINITION")}`;

/** By name: on Azure a database has another number in the catalogue than in its sessions. */
export const compatibilityQuery = `SELECT ${number("d.compatibility_level")} FROM sys.databases d WHERE d.name = DB_NAME()`;

/** 2016 has the view without the row: there only a trace flag of the whole server turns the cache off. */
export const identityCacheQuery = `SELECT ${flag("CONVERT(int, c.value)")} FROM sys.database_scoped_configurations c
  WHERE c.name = N'IDENTITY_CACHE'`;

export const columnInfo = (row: TextRow): ColumnInfo => ({
  name: row[1] ?? "",
  type: (row[2] ?? "").toLowerCase(),
  bytes: Number(row[4] ?? 0),
  precision: Number(row[5] ?? 0),
  scale: Number(row[6] ?? 0),
  collation: row[11] ?? undefined,
  expression: row[10] ?? undefined,
  identity: row[8] === "1",
});

export async function readCatalogue(
  session: Session,
): Promise<ReadonlyMap<string, ReadonlyMap<string, ColumnInfo>>> {
  const found = new Map<string, Map<string, ColumnInfo>>();
  for (const row of await session.rows(columnsQuery)) {
    const table = row[0] ?? "";
    const columns = found.get(table) ?? new Map<string, ColumnInfo>();
    const info = columnInfo(row);
    found.set(table, columns.set(info.name, info));
  }
  return found;
}
