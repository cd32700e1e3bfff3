/** An action within a savepoint of its own. */

/**
 * Undoes an action that throws, where the transaction is still there: a deadlock takes it along with its savepoints, and
 * then what failed first is what counts.
 */
export async function inSavepoint<T>(
  run: (sql: string) => Promise<unknown>,
  action: () => Promise<T>,
): Promise<T> {
  await run("SAVEPOINT trial");
  let result: T;
  try {
    result = await action();
  } catch (error) {
    await run("ROLLBACK TO SAVEPOINT trial")
      .then(() => run("RELEASE SAVEPOINT trial"))
      .catch(() => undefined);
    throw error;
  }
  await run("RELEASE SAVEPOINT trial");
  return result;
}
