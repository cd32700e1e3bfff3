/** Prints every statement that the SQL Server adapter can send, as a JSON list: for a parser of T-SQL. */
import { everyStatement } from "./every-statement";

void everyStatement().then((statements) => {
  process.stdout.write(JSON.stringify([...new Set(statements)]));
});
