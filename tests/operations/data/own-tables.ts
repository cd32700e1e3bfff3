/** The tool's own tables on MySQL and MariaDB, but for the one that is made last and tells that all are there. */
const besides = [
  "base",
  "base_tables",
  "base_rows",
  "gaps",
  "pairs",
  "identities",
  "policy",
  "runs",
  "ledger",
  "followed",
].map((table) => `warm_standby_${table}`);

export const self = "warm_standby_self";
/** Statements that empty them, or drop them all. */
export const emptied = besides.map((table) => `DELETE FROM ${table};`).join(" ");
export const dropped = `DROP TABLE IF EXISTS ${[...besides, self].join(", ")}`;
