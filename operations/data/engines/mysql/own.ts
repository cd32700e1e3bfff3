/** The tool's own tables. */
import { name } from "./sql";

/** Tables of the tool's own begin with this: many hosts give one database and no more, so they lie beside the shop's. */
export const ownPrefix = "warm_standby_";
export const own = (table: string): string => name(`${ownPrefix}${table}`);

const names: string[] = [];
function table(of: string, ...columns: readonly string[]): string {
  names.push(`${ownPrefix}${of}`);
  return `CREATE TABLE IF NOT EXISTS ${own(of)} (${columns.join(", ")})
     ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4, COLLATE utf8mb4_bin`;
}

const tableName = "table_name VARCHAR(64) NOT NULL";

/** A digest is any whole number of 64 bits, whether or not it has a sign. Ids of databases are long: a server's number and a name. The last table tells that all are there. */
export const definitions: readonly string[] = [
  table(
    "base",
    "one TINYINT PRIMARY KEY",
    "at DATETIME(3) NOT NULL",
    "primary_id VARCHAR(255) NOT NULL",
    "standby_id VARCHAR(255) NOT NULL",
  ),
  table(
    "base_tables",
    "id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
    `${tableName} UNIQUE`,
    "key_columns LONGTEXT NOT NULL",
    "columns LONGTEXT NOT NULL",
  ),
  // A whole number is its own key; any other is found by its hash, and told by its text.
  table(
    "base_rows",
    "table_id INT UNSIGNED NOT NULL",
    "number DECIMAL(20) NOT NULL",
    "hash BINARY(16) NOT NULL",
    "key_text LONGTEXT",
    "digest DECIMAL(20) NOT NULL",
    "PRIMARY KEY (table_id, number, hash)",
  ),
  table(
    "gaps",
    tableName,
    "first_id DECIMAL(20) NOT NULL",
    "last_id DECIMAL(20) NOT NULL",
    "PRIMARY KEY (table_name, first_id)",
  ),
  table(
    "pairs",
    "pair BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
    tableName,
    "primary_key LONGTEXT NOT NULL",
    "primary_hash BINARY(16) NOT NULL",
    "standby_key LONGTEXT NOT NULL",
    "standby_hash BINARY(16) NOT NULL",
    "primary_digest DECIMAL(20) NOT NULL",
    "standby_digest DECIMAL(20) NOT NULL",
    "relation VARCHAR(10) NOT NULL",
    "straggler VARCHAR(10)",
    "UNIQUE KEY (table_name, primary_hash, standby_hash)",
    "KEY (table_name, standby_hash)",
  ),
  table(
    "identities",
    "generator VARCHAR(64) PRIMARY KEY",
    "highest DECIMAL(20) NOT NULL",
    "seed DECIMAL(20) NOT NULL",
    "at DATETIME(3) NOT NULL",
  ),
  table("policy", "one TINYINT PRIMARY KEY", "policy LONGTEXT NOT NULL", "at DATETIME(3) NOT NULL"),
  table(
    "runs",
    "run BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
    "at DATETIME(3) NOT NULL",
    "source_id VARCHAR(255) NOT NULL",
  ),
  table(
    "ledger",
    "entry BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
    "run BIGINT UNSIGNED NOT NULL",
    tableName,
    "row_key LONGTEXT NOT NULL",
    "digest DECIMAL(20)",
    "source_key LONGTEXT",
    "source_digest DECIMAL(20)",
    "relation VARCHAR(10)",
    "straggler VARCHAR(10)",
    "KEY (run)",
  ),
  table("followed", "ledger_id VARCHAR(255) PRIMARY KEY", "run BIGINT UNSIGNED NOT NULL"),
  table("self", "one TINYINT PRIMARY KEY", "id VARCHAR(255) NOT NULL"),
];

/** Their names, as the database spells them. */
export const ownTables: readonly string[] = names;
