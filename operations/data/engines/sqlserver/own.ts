/** The tool's own tables, in a schema of their own. */
import { name, qualified } from "./sql";

export const ownSchema = "warm_standby";
export const own = (table: string): string => qualified(ownSchema, table);

/** Keys and names are told apart to the last bit, whatever the database takes for equal. */
const text = (length: number | "max"): string => `nvarchar(${length}) COLLATE Latin1_General_BIN2`;
const tableName = `table_name ${text(257)} NOT NULL`;

const table = (of: string, ...columns: readonly string[]): string =>
  `IF OBJECT_ID(N'${own(of)}', N'U') IS NULL CREATE TABLE ${own(of)} (${columns.join(", ")})`;

/** A schema is made in a batch of its own. */
const schema = `IF SCHEMA_ID(N'${ownSchema}') IS NULL EXEC(N'CREATE SCHEMA ${name(ownSchema)}')`;

/**
 * The base of all tables is one table, so that a run which records one alters nothing. A digest is any whole number of
 * 64 bits, whether or not it has a sign. The last table tells that all are there.
 */
export const definitions: readonly string[] = [
  schema,
  table(
    "base",
    "one tinyint NOT NULL PRIMARY KEY",
    "at datetime2(3) NOT NULL",
    `primary_id ${text(300)} NOT NULL`,
    `standby_id ${text(300)} NOT NULL`,
  ),
  table(
    "base_tables",
    "id int IDENTITY(1, 1) NOT NULL PRIMARY KEY",
    `${tableName} UNIQUE`,
    `key_columns ${text("max")} NOT NULL`,
    `columns ${text("max")} NOT NULL`,
  ),
  // A whole number is its own key; any other is found by its hash, and told by its text.
  table(
    "base_rows",
    "table_id int NOT NULL",
    "number bigint NOT NULL",
    "hash binary(16) NOT NULL",
    `key_text ${text("max")} NULL`,
    "digest decimal(20, 0) NOT NULL",
    "PRIMARY KEY (table_id, number, hash)",
  ),
  table(
    "gaps",
    tableName,
    "first_id decimal(20, 0) NOT NULL",
    "last_id decimal(20, 0) NOT NULL",
    "PRIMARY KEY (table_name, first_id)",
  ),
  table(
    "pairs",
    tableName,
    `primary_key ${text("max")} NOT NULL`,
    "primary_hash binary(16) NOT NULL",
    `standby_key ${text("max")} NOT NULL`,
    "standby_hash binary(16) NOT NULL",
    "primary_digest decimal(20, 0) NOT NULL",
    "standby_digest decimal(20, 0) NOT NULL",
    `relation ${text(10)} NOT NULL`,
    `straggler ${text(10)} NULL`,
    "PRIMARY KEY (table_name, primary_hash, standby_hash)",
  ),
  table(
    "identities",
    `generator ${text(257)} NOT NULL PRIMARY KEY`,
    "highest decimal(38, 0) NOT NULL",
    "seed decimal(38, 0) NOT NULL",
    "at datetime2(3) NOT NULL",
  ),
  table(
    "policy",
    "one tinyint NOT NULL PRIMARY KEY",
    `policy ${text("max")} NOT NULL`,
    "at datetime2(3) NOT NULL",
  ),
  table(
    "runs",
    "run bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY",
    "at datetime2(3) NOT NULL",
    `source_id ${text(300)} NOT NULL`,
  ),
  table(
    "ledger",
    "run bigint NOT NULL",
    "entry bigint IDENTITY(1, 1) NOT NULL",
    tableName,
    `row_key ${text("max")} NOT NULL`,
    "digest decimal(20, 0) NULL",
    `source_key ${text("max")} NULL`,
    "source_digest decimal(20, 0) NULL",
    `relation ${text(10)} NULL`,
    `straggler ${text(10)} NULL`,
    "PRIMARY KEY (run, entry)",
  ),
  table("followed", `ledger_id ${text(300)} NOT NULL PRIMARY KEY`, "run bigint NOT NULL"),
  table("self", "one tinyint NOT NULL PRIMARY KEY", `id ${text(300)} NOT NULL`),
];
