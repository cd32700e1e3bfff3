"""Parses every statement of a JSON list on stdin as T-SQL; says which do not parse, and fails then."""

import json
import logging
import re
import sys

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# Documented statements that the parser has no grammar for, each held to its own syntax to the last word.
PART = r"(?:\[(?:[^\]]|\]\])+\])"
OUTSIDE = [
    # t-sql/statements/set-transaction-isolation-level-transact-sql
    r"SET TRANSACTION ISOLATION LEVEL (?:READ COMMITTED|SNAPSHOT)(?:; BEGIN TRANSACTION)?",
    # t-sql/language-elements/save-transaction-transact-sql
    r"SAVE TRANSACTION [a-z]+",
    # t-sql/database-console-commands/dbcc-checkident-transact-sql
    rf"DBCC CHECKIDENT \(N'(?:{PART}|'')+\.(?:{PART}|'')+', RESEED, -?\d+\) WITH NO_INFOMSGS",
    # t-sql/statements/alter-table-transact-sql, update-statistics-transact-sql, set-identity-insert-transact-sql
    rf"ALTER TABLE {PART}\.{PART} (?:ENABLE|DISABLE) TRIGGER {PART}",
    rf"UPDATE STATISTICS {PART}\.{PART}",
    rf"SET IDENTITY_INSERT {PART}\.{PART} (?:ON|OFF)",
    # Sent by the driver ahead of a bulk load ([MS-TDS] 2.2.6.1).
    r"insert bulk #\w+\((?:\[c\d+\] nvarchar\(max\)(?:, )?)+\) with \(KEEP_NULLS\)",
]
outside = re.compile("|".join(f"(?:{one})" for one in OUTSIDE))
# What the parser takes for a command it need not look into.
COMMANDS = re.compile(r"\s*(?:EXEC|SET|DECLARE|IF|ALTER DATABASE|BEGIN|COMMIT|ROLLBACK)\b", re.IGNORECASE)

logging.getLogger("sqlglot").setLevel(logging.ERROR)
failed = 0
statements = json.load(sys.stdin)
for statement in statements:
    if outside.fullmatch(statement):
        continue
    try:
        for parsed in sqlglot.parse(statement, read="tsql"):
            if isinstance(parsed, exp.Command) and not COMMANDS.match(statement):
                raise SqlglotError(f"not understood: {parsed.name}")
    except SqlglotError as error:
        failed += 1
        print(f"{error}\n--- in\n{statement}\n", file=sys.stderr)
print(f"{len(statements)} statements, {failed} do not parse as T-SQL (sqlglot {sqlglot.__version__})")
sys.exit(1 if failed or not statements else 0)
