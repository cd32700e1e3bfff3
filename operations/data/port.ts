/**
 * What an engine has to offer so that `runs/` can sync and reconcile two databases of it. An adapter translates and
 * holds no rules: what happens to a row, in which order and what is remembered of it is decided in `runs/` and the
 * pure files beside this one. Both sides of a run are of one engine, so values are text as that engine prints them.
 *
 * Whatever an adapter throws comes out through its `explain`. It works with sets of keys, in statements of bounded
 * size of its own choice, and never keeps a whole table in memory.
 */
import type { Readable } from "node:stream";
import type { Connection } from "../connection";
import type { ForeignKey, Generator, Key, RowId, Schema, Table, TableName, UniqueKey } from "./model";
import type { OffsetPolicy } from "./policy";
import type { Pair, Settled, Side } from "./settled";
import type { Digest } from "./three-way";

/** A row as the database prints it: every value in its text form, null where it is null. */
export type TextRow = readonly (string | null)[];

export interface FoundRow {
  readonly key: Key;
  /** In the order of `storedColumns`. */
  readonly values: TextRow;
}

/**
 * What nobody may do to a row until the transaction ends: `parent`: delete it or change its key; `update`: change it
 * at all; `delete`: refer to it either. An engine without the finer ones takes the next stricter.
 */
export type RowLock = "none" | "parent" | "update" | "delete";

/** How rows are grouped, so that whole groups can be compared before single rows are. */
export type Bucketing =
  { readonly kind: "range"; readonly shift: number } | { readonly kind: "hash"; readonly mask: number };

/** Ranges of a whole-number key, both ends included. */
export interface Spans {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** From the least to the largest of the first key column, a whole number; both ends included. */
export interface KeyRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** How many rows, and the sum of their digests. */
export interface Total {
  readonly rows: number;
  readonly sum: bigint;
}

/** Something with keys and digests: a table, or the base's record of it. Its figures are computed in the database. */
export interface Digested {
  /** About how many rows: the engine's own estimate where it has one. */
  estimate(): Promise<number>;
  /** Undefined where the first key column is no whole number, or without rows. */
  range(): Promise<KeyRange | undefined>;
  /** Of all rows, or of those within a range. */
  total(range?: KeyRange): Promise<Total>;
  /** By group: its number of rows, and after a space the sum of their digests. */
  buckets(
    bucketing: Bucketing,
  ): Promise<{ readonly rows: number; readonly sums: ReadonlyMap<string, string> }>;
  /** The rows of some groups, ascending by group; keys as JSON lists. */
  groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup>;
  /** The rows within ranges of the first key column, in any order; keys as JSON lists. */
  within(spans: Spans): AsyncGenerator<readonly [key: string, digest: Digest]>;
}

export interface DigestedGroup {
  readonly group: bigint;
  readonly rows: ReadonlyMap<string, Digest>;
}

/** Reading rows. Keys that are not there are left out of every answer. */
export interface Reading {
  count(table: Table): Promise<number>;
  isEmpty(table: Table): Promise<boolean>;
  rows(table: Table, keys: readonly Key[]): Promise<readonly FoundRow[]>;
  /** As the rows are now, not as a snapshot has them, where a lock is asked for. Locks are taken in key order. */
  digests(table: Table, keys: readonly Key[], lock: RowLock): Promise<ReadonlyMap<RowId, string>>;
  /** The digests that rows of these values would have, in their order; nothing is written. */
  digestsOf(table: Table, rows: readonly TextRow[]): Promise<readonly string[]>;
  /** The keys of the rows with these values in these columns, by the values as a JSON list, spelled as they were asked for. */
  keysBehind(
    table: Table,
    columns: readonly string[],
    values: readonly Key[],
  ): Promise<ReadonlyMap<string, Key>>;
  /** Pairs of a row about to be written and a row here that has its unique value; a row may be its own holder. */
  holders(
    table: Table,
    unique: UniqueKey,
    rows: readonly FoundRow[],
  ): Promise<readonly (readonly [row: Key, holder: Key])[]>;
  /**
   * Pairs of a parent, given by key, and a row of `child` that refers to it. Whether the reference holds for that row is
   * asked where the type prints as it is cast (`printsAsText`), and otherwise left to whoever asks.
   */
  dependents(
    parent: Table,
    child: Table,
    foreignKey: ForeignKey,
    keys: readonly Key[],
  ): Promise<readonly (readonly [parent: Key, child: Key])[]>;
  digested(table: Table): Digested;
  /**
   * Some columns of a table's last rows by its key, the last first, at most `most`: by its index, so that no table is
   * too large. A long text is cut. Without it nobody looks for references and numbers that no definition shows.
   */
  sample?(table: Table, columns: readonly string[], most: number): Promise<readonly TextRow[]>;
  /** The different values of a column, at most so many. */
  distinct?(table: Table, column: string, most: number): Promise<readonly string[]>;
  /** Of each of some values of one column: that value, and another column's in its last rows, at most so many of each. */
  samplesOf?(
    table: Table,
    by: string,
    values: readonly string[],
    column: string,
    most: number,
  ): Promise<readonly TextRow[]>;
}

/** What a new row hangs on. */
export interface ParentOfMany {
  readonly foreignKey: ForeignKey;
  /** It is referred to by its own key. */
  readonly parent: Table;
  readonly base: BaseTable | undefined;
  /** With those that were brought in this transaction. */
  readonly stage: Stage | undefined;
}

/**
 * Bringing new rows by the thousand, without looking at each: what is certain about them is found out where
 * they are going. An engine without it has them looked at one by one.
 */
export interface Bulk {
  /** The rows within ranges of the first key column. */
  count(table: Table, spans: Spans): Promise<number>;
  /** The rows within ranges of the first key column with their digests, on their way to `load`. */
  send(table: Table, spans: Spans): Readable;
  /** Takes them into a stage of its own, which lasts as long as the transaction. */
  load(table: Table, rows: Readable, onBytes: (bytes: number) => void): Promise<Stage>;
  /**
   * Takes out of a stage whatever there may be a doubt about: its key or a unique value is taken, or a parent is not
   * there or not known to be the same on both sides. Returns their keys and digests.
   */
  takeDoubtful(
    table: Table,
    stage: Stage,
    parents: readonly ParentOfMany[],
  ): Promise<readonly (readonly [key: Key, digest: string])[]>;
  /** Writes what is left. Returns how many rows of the stage are in the table now. */
  insert(table: Table, stage: Stage): Promise<number>;
  /** How many rows of the stage the table has otherwise than they were sent, or not at all. */
  different(table: Table, stage: Stage): Promise<number>;
  /** Adds them to a run of the ledger and to the base, which has none of them. */
  record(run: string, table: Table, base: BaseTable, stage: Stage): Promise<void>;
}

/** Which rows of a table are sent to the other side. */
export type Selection =
  | { readonly kind: "all" }
  | { readonly kind: "keys"; readonly keys: readonly Key[] }
  /** Those in which one of these columns is set. */
  | { readonly kind: "set"; readonly columns: readonly string[] };

/** A temporary table with the stored columns of a table and no constraints, gone at the end of the transaction. */
export type Stage = string;

/**
 * Writing in sets. What answers with keys answers with those that were written: fewer than asked for means that the
 * database, a trigger or somebody else was in the way.
 */
export interface Writing {
  /** Rows on their way to {@link load} of the same engine: bytes or objects, nobody in between looks inside. */
  send(table: Table, selection: Selection, columns: readonly string[]): Readable;
  /** Takes what {@link send} gave, into a table or its stage; columns that are not named stay null. */
  load(
    into: Table | Stage,
    columns: readonly string[],
    rows: Readable,
    onBytes: (bytes: number) => void,
  ): Promise<number>;
  makeStage(table: Table): Promise<Stage>;
  /** Adds rows given as text, in the order of `storedColumns`. */
  addToStage(table: Table, stage: Stage, rows: readonly TextRow[]): Promise<void>;
  /** The largest value in a column of a stage. */
  stageMaximum(stage: Stage, column: string): Promise<bigint | undefined>;
  /** Inserts the staged rows of these keys with their ids, `nulls` left null; rows in the way are left out. */
  insert(table: Table, stage: Stage, keys: readonly Key[], nulls: readonly string[]): Promise<readonly Key[]>;
  /** Sets columns from the staged rows of these keys. */
  update(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[],
  ): Promise<readonly Key[]>;
  /** The same for those staged rows, of these keys or all, in which one of the columns is set. */
  link(table: Table, stage: Stage, columns: readonly string[], keys: readonly Key[] | "all"): Promise<void>;
  /** Sets columns to null. */
  clear(table: Table, columns: readonly string[], keys: readonly Key[]): Promise<void>;
  /** In one statement, so that rows which refer to each other go together. Returns those that are still there. */
  remove(table: Table, keys: readonly Key[]): Promise<readonly Key[]>;
  /** Puts off what can be put off to the end; `now` checks it. */
  constraints(when: "later" | "now"): Promise<void>;
  /** The user's own triggers rest while a mirror is written, and come back as they were. */
  triggers(tables: readonly Table[], on: boolean): Promise<void>;
}

export interface TableColumn {
  readonly table: TableName;
  readonly column: string;
}

export interface Generators {
  /** The last value handed out: one step below the start when none was. */
  last(generator: Generator): Promise<bigint>;
  /** The same of many, in their order, with few questions. An engine without it is asked for each. */
  lasts?(generators: readonly Generator[]): Promise<readonly bigint[]>;
  /** The largest value in the rows of one use, 0 without rows. */
  maximum(table: TableName, column: string): Promise<bigint>;
  /** The same of many, as `lasts`. */
  maxima?(columns: readonly TableColumn[]): Promise<readonly bigint[]>;
  /** Raises to a value, reads it back and returns what stands; never lowers. Does not roll back on any engine, and may end the transaction: see `schemaChangesCommit`. */
  raise(generator: Generator, value: bigint): Promise<bigint>;
  /** Whether writing a row with an id of its own lifts the generator over it, so that nobody else has to. */
  liftedByInserts(generator: Generator): boolean;
  /** Draws values as an insert would; above `least` where the generator could not be raised to it. */
  draw(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]>;
}

export interface BaseTable {
  readonly id: number;
  readonly table: TableName;
  readonly keyColumns: readonly string[];
  readonly columns: readonly string[];
  /** See `Table.digestAsText`. */
  readonly digestAsText?: boolean;
}

export interface Base {
  readonly at: string;
  readonly primaryId: string;
  readonly standbyId: string;
  readonly tables: ReadonlyMap<TableName, BaseTable>;
}

export interface RecordedSeed {
  readonly highest: bigint;
  readonly seed: bigint;
}

/**
 * What the tool keeps in a schema of its own (`warm_standby`): on the standby the base, the identities' seeds and the
 * offset policy; on whichever side rows were brought to, the ledger of what was brought. All of it is written in the
 * transaction that is open, so that it stands or falls with the rows.
 */
export interface Store {
  /** Where it is kept, for messages: `schema warm_standby`. */
  readonly place: string;
  exists(): Promise<boolean>;
  /** Makes what is missing; may end the transaction: see `schemaChangesCommit`. */
  ensure(): Promise<void>;
  base(): Promise<Base | undefined>;
  tables(): Promise<ReadonlyMap<TableName, BaseTable>>;
  /** Writes the base's head: when, and which database is which. */
  recordHead(primaryId: string, standbyId: string): Promise<void>;
  /** Records what a table holds now as what both sides share, in the place of what was; nothing of it where `empty`. */
  recordTable(table: Table, empty?: boolean): Promise<{ readonly table: BaseTable; readonly rows: number }>;
  digested(table: Table, base: BaseTable): Digested;
  /** How the table in this database, the standby, differs from the base held beside it, pairs included. */
  changes(
    table: Table,
    base: BaseTable,
  ): Promise<{ readonly added: number; readonly changed: number; readonly deleted: number }>;
  /** Where ids were free at the sync; undefined when new rows can be anywhere. */
  gaps(table: TableName): Promise<Spans | undefined>;
  recordGaps(table: Table, base: BaseTable): Promise<void>;
  /** Which rows of these keys the base has a record of. */
  shared(table: Table, base: BaseTable, keys: readonly Key[]): Promise<ReadonlySet<RowId>>;
  /** Rows that are another on each side. Their number is that of the remapped and merged ones, and their children. */
  pairs(): Promise<readonly Pair[]>;
  hasPairs(): Promise<boolean>;
  /** Adds pairs, or replaces those of the same two keys. */
  pair(pairs: readonly Pair[]): Promise<void>;
  /** Drops the pairs of rows that are known by these keys on one side; `alone`: only of those that it alone has. */
  unpair(table: TableName, side: Side, keys: readonly Key[], only?: "alone"): Promise<void>;
  /** Records rows of one table as shared, by key and digest, and forgets those without a digest; twice changes nothing. */
  settle(table: Table, base: BaseTable, settled: readonly Settled[]): Promise<void>;
  /** Appends a run to the ledger: every field of what it settled. Returns its number. */
  writeRun(sourceId: string, settled: readonly Settled[]): Promise<string>;
  /** The ledger's runs after one, oldest first. */
  runsAfter(run: string): Promise<readonly { readonly run: string; readonly sourceId: string }[]>;
  rowsOfRun(run: string): Promise<readonly Settled[]>;
  /** How far the base has followed a ledger, "0" when not yet. */
  followed(ledgerId: string): Promise<string>;
  recordFollowed(ledgerId: string, run: string): Promise<void>;
  seeds(): Promise<ReadonlyMap<string, RecordedSeed>>;
  recordSeed(generator: string, seed: RecordedSeed): Promise<void>;
  /** How the tables were treated when the base was recorded, as `tables/recorded.ts` writes it; undefined: nothing is known of it. */
  treatment?(): Promise<string | undefined>;
  /** Within the transaction that is open; makes no table. */
  recordTreatment?(treatment: string): Promise<void>;
  policy(): Promise<OffsetPolicy | undefined>;
  recordPolicy(policy: OffsetPolicy): Promise<void>;
}

/** `snapshot`: one unchanging picture of the database, read only; `write`: each statement sees what is committed. */
export type TransactionKind = "snapshot" | "write";

/**
 * What a run does to one of its databases, from which it follows what it has to be allowed there. `read`: nothing but
 * look; `raise`: set generators, and note it in the tool's own tables where there are some; `write`: write rows and
 * what the tool keeps; `mirror`: the same, with the shop's triggers at rest.
 */
export type Use = "read" | "raise" | "write" | "mirror";

export interface MissingRight {
  /** The tables it is about; without one it matters whatever takes part. */
  readonly tables: readonly TableName[];
  /** `INSERT, UPDATE on public.orders` */
  readonly what: string;
  /** The statement that gives it, or what else there is to do. */
  readonly fix: string;
}

export interface ServerProbe {
  /** `PostgreSQL 16.4`. */
  readonly server: string;
  readonly encrypted: boolean;
  /** The shop's, ours left out. */
  readonly tables: number;
}

/** One connection to a database, with everything pinned that changes how a value prints or is read. */
export interface Database {
  /** For messages: `shop@db.example:5432/shop`, never a password. */
  readonly label: string;
  readonly read: Reading;
  readonly write: Writing;
  readonly bulk?: Bulk;
  readonly generators: Generators;
  readonly store: Store;
  /** Whether a statement ends soon after whoever asked for it is gone, and with it the session and its locks. */
  readonly endsWithClient: boolean;
  /** Changing a definition, as `raise` and `ensure` may, ends the transaction that is open: they go before it. */
  readonly schemaChangesCommit: boolean;
  /** Names a database across servers. A physical copy may have the same. */
  id(): Promise<string>;
  /** Takes a lock that ends with the session; false while another session has it. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  /** What has to be the same on both sides for digests to be comparable, and how to make it so. */
  encoding(): Promise<{ readonly name: string; readonly fix: string }>;
  introspect(): Promise<Schema>;
  /** All that this user may not do of what a use of these tables and generators takes. Cheap: it is asked by every run. */
  missingRights?(schema: Pick<Schema, "tables" | "generators">, use: Use): Promise<readonly MissingRight[]>;
  /** A column as {@link UniqueKey.expressions} spell it; in double quotes where there is none. */
  quoted?(column: string): string;
  /** What a check of readiness asks: which server this is, whether the way to it is encrypted, how many tables it has. */
  probe(): Promise<ServerProbe>;
  /** By a table's name as a person gives it, with or without its schema. */
  countRows(table: TableName): Promise<number>;
  begin(kind: TransactionKind): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** One savepoint at a time is enough. */
  save(): Promise<void>;
  rollbackToSave(): Promise<void>;
  /** Undoes an action that throws, and nothing else of the transaction. Not where a failed statement takes all of it along. */
  trial?<T>(action: () => Promise<T>): Promise<T>;
  /** Keeps writers out of tables until the transaction ends; readers go on. */
  keepWritersOut(tables: readonly Table[]): Promise<void>;
  /** After many rows: whatever the planner should know. */
  refreshStatistics(tables: readonly Table[]): Promise<void>;
  /** Every statement from now on gets so long. */
  limitStatements(milliseconds: number): Promise<void>;
  /** Whether the database asks for the whole transaction to be run again: a deadlock, a serialization failure. */
  asksForAnother(error: unknown): boolean;
  /** What an integrity constraint says, where that is what was thrown. */
  constraintFault(error: unknown): string | undefined;
  /** A Fault with host, port and advice for what the driver throws; defects of ours as they are. */
  explain(error: unknown): unknown;
  close(): Promise<void>;
}

/** @param milliseconds how long the server gets to answer; @throws Fault (3) naming host and port when it does not */
export type OpenDatabase = (
  connection: Connection,
  purpose: string,
  milliseconds?: number,
) => Promise<Database>;
