import { Client } from "pg";
import { withPostgres } from "./postgres";

const postgres = withPostgres({ parameters: { max_connections: "20" } });

test("hands out empty databases of their own, by URL", async () => {
  const [first, second] = await Promise.all([postgres.database(), postgres.database("named")]);
  const make = new Client({ connectionString: first });
  await make.connect();
  await make.query("CREATE TABLE t (id serial PRIMARY KEY)");
  await make.end();

  const look = new Client({ connectionString: second });
  await look.connect();
  const { rows } = await look.query(
    "SELECT current_database(), to_regclass('t') AS t, current_setting('max_connections')",
  );
  await look.end();
  expect(rows).toEqual([{ current_database: "named", t: null, current_setting: "20" }]);
});
