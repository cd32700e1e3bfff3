import { Pool } from "pg";
import { withTransaction } from "../../../rehearsal/shop/database";
import { withPostgres } from "../../support/postgres";

const postgres = withPostgres();

test("a connection that is lost between two statements fails its transaction, not the process", async () => {
  const pool = new Pool({ connectionString: await postgres.database() });
  try {
    const lost = withTransaction(pool, async (client) => {
      const ended = new Promise((resolve) => client.once("end", resolve));
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
      await ended;
      await client.query("SELECT 1");
    });
    await expect(lost).rejects.toThrow("not queryable");
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(pool.totalCount).toBe(1);
  } finally {
    await pool.end();
  }
});
