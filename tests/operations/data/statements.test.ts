import { inStatements } from "../../../operations/data/engines/statements";
import { statements as forSqlServer } from "../../../operations/data/engines/sqlserver/sql";

test("statements are of bounded size, and none is empty", () => {
  const few = { rows: 2, characters: 500 };
  expect([...inStatements([], few)]).toEqual([]);
  expect([...inStatements(["a", "b", "c"], few)]).toEqual(["a, b", "c"]);
  expect([...inStatements(["aaaa", "b"], { rows: 500, characters: 4 })]).toEqual(["aaaa", "b"]);
});

test("SQL Server takes 500 rows in one", () => {
  expect([...forSqlServer(Array.from({ length: 501 }, () => "a"))].map((one) => one.length)).toEqual([
    1498, 1,
  ]);
});
