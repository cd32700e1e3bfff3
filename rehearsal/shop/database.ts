import type { Pool, PoolClient, QueryResultRow } from "pg";

/** Either the pool or one of its connections: whatever can run a statement. */
export type Queryable = Pool | PoolClient;

/** Runs `work` in one transaction; rolls it back when `work` throws. */
export async function withTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Losing the connection between two statements fails the next one; unheard, it would end the process.
  const onLost = (error: Error): void => void (broken = error);
  client.on("error", onLost);
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.off("error", onLost);
    // A connection that is lost or cannot even roll back is thrown away.
    client.release(broken);
  }
}

/** The first row, or undefined where there is none. */
export async function firstRow<Row extends QueryResultRow>(
  on: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  return (await on.query<Row>(text, [...values])).rows[0];
}

/** Whether an error is PostgreSQL's report of a unique key already taken (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}
