/**
 * What the comparison knows of a database, whatever its engine: tables, keys, references and generators of ids.
 */

/** A table as the database spells it: `schema.table`; without a schema where an engine has none within a database. */
export type TableName = string;

export interface Column {
  readonly name: string;
  /** The type with its modifiers, as the engine prints it: `character varying(80)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** Computed by the database from other columns: never written, never compared. */
  readonly generated: boolean;
  /** Only the generator may change it after an insert (`GENERATED ALWAYS AS IDENTITY`). */
  readonly identityAlways: boolean;
  /** Values that print differently can be equal, as a text without regard to case is: then only the database can tell. */
  readonly printsVariously?: true;
  /** Brought with a new row, and neither compared nor written after that. */
  readonly uncounted?: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly parent: TableName;
  readonly parentColumns: readonly string[];
  readonly deferrable: boolean;
  /** Checked for each row as it is written, and not for all rows of a statement together. */
  readonly rowByRow?: boolean;
  /** What the deletion of a parent does to its children; anything but `nothing` happens at once, deferrable or not. */
  readonly onDelete: "nothing" | "restrict" | "cascade" | "clear";
  /** The database knows nothing of it: it was inferred, or an operator says so. */
  readonly undeclared?: "likely" | "confirmed";
  /** Values by which a row refers to nobody, such as 0; besides null. */
  readonly nobody?: readonly string[];
  /** The one column is a text, and holds the parent's key as it prints: see `tables/key-texts.ts`. */
  readonly inText?: boolean;
  /** It holds only for rows with one of these values in another column, such as `subject_type`. */
  readonly when?: { readonly column: string; readonly values: readonly string[] };
}

/** A unique constraint or index besides the key. */
export interface UniqueKey {
  readonly name: string;
  /** Column names or expressions, as the engine prints them. */
  readonly expressions: readonly string[];
  /** Where it is about whole columns alone: their names. */
  readonly columns?: readonly string[] | undefined;
  /** Of a partial index: the rows it covers. */
  readonly predicate: string | undefined;
  readonly nullsDistinct: boolean;
  readonly deferrable: boolean;
  /** The database knows nothing of it; so it says of no two rows that they are the same. */
  readonly undeclared?: boolean;
  /** By intent alone, a column in which nothing, an empty text or 0, is nobody's value. */
  readonly blankIn?: string;
}

/** A trigger of the user's own, with how it is enabled, in the engine's own words. */
export interface Trigger {
  readonly name: string;
  readonly enabled: string;
  /** What fires it; nothing where it is disabled. */
  readonly events?: readonly ("insert" | "update" | "delete")[];
  /** What it does, as far as the engine shows it. */
  readonly body?: string | undefined;
}

export interface Table {
  readonly name: TableName;
  readonly schema: string;
  readonly relation: string;
  readonly columns: readonly Column[];
  /** The primary key, or the unique key over required columns that stands in for it. */
  readonly key: readonly string[];
  readonly keyDeferrable: boolean;
  readonly foreignKeys: readonly ForeignKey[];
  readonly uniqueKeys: readonly UniqueKey[];
  readonly triggers: readonly Trigger[];
  /** The storage engine, where it knows no transactions. */
  readonly withoutTransactions?: string | undefined;
  /** The storage engine, where it keeps nothing over a restart. */
  readonly volatile?: string;
  /** Its digests are made of the row as text, since an earlier version recorded them so. */
  readonly digestAsText?: boolean;
}

/** How a column comes by its generated values. `unattached`: a sequence no column draws on by itself. */
export type IdentityKind =
  | "identity-always"
  | "identity-by-default"
  | "serial"
  | "sequence"
  | "auto-increment"
  | "identity"
  | "unattached"
  | "counter";

export interface GeneratorUse {
  readonly table: TableName;
  readonly column: string;
  readonly kind: IdentityKind;
  /** The largest value of the column's type; undefined where the column is not a whole number. */
  readonly typeMax: bigint | undefined;
}

/** Something that hands out ids: several columns may draw on one. */
export interface Generator {
  /** `schema.sequence`, or the table that a counter belongs to. */
  readonly name: string;
  readonly increment: bigint;
  readonly max: bigint;
  /** Values a session takes at once. */
  readonly cache: bigint;
  /** Values that a restart may lose; undefined where they follow from `cache`, as PostgreSQL logs them. */
  readonly burnt?: bigint;
  readonly cycles: boolean;
  readonly uses: readonly GeneratorUse[];
  /** Where it is no generator of the database's but a number kept in a row. */
  readonly row?: { readonly table: Table; readonly column: string; readonly key: Key };
}

export interface Schema {
  readonly tables: readonly Table[];
  readonly generators: readonly Generator[];
  /** What cannot be handled, one sentence each. Nothing is written while there is one. */
  readonly problems: readonly string[];
  /** The same of single tables, which no longer matter where the table is left out. */
  readonly problemsOf?: ReadonlyMap<TableName, readonly string[]>;
}

/** The values of a key's columns in the key's order, as text. */
export type Key = readonly string[];

export interface RowRef {
  readonly table: TableName;
  readonly key: Key;
}

/** A row's name in maps and sets. */
export type RowId = string;
export const rowId = (table: TableName, key: Key): RowId => {
  const [only] = key;
  // Most keys are one number, and names are made by the million: what needs no escape is put together by hand.
  if (key.length === 1 && only !== undefined && /^[\w-]+$/.test(only)) return `${headOf(table)}${only}"]`;
  return JSON.stringify([table, ...key]);
};

const heads = new Map<TableName, string>();
function headOf(table: TableName): string {
  const known = heads.get(table);
  if (known !== undefined) return known;
  const head = `[${JSON.stringify(table)},"`;
  heads.set(table, head);
  return head;
}

/** The columns that are copied and compared. */
export const storedColumns = (table: Table): readonly Column[] =>
  table.columns.filter((column) => !column.generated);

/** The columns a digest covers: all that are stored and count, by name, since the order may differ between two databases. */
export const digestColumns = (table: Table): readonly string[] =>
  storedColumns(table)
    .filter((column) => column.uncounted !== true)
    .map((column) => column.name)
    .sort();

export function findColumn(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw new Error(`${table.name} has no column ${name}`);
  return found;
}
