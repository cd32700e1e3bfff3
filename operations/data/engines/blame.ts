/** Which database an error came from: a run works on two, and whoever explains it may be about the other. */
const labels = new WeakMap<object, string>();

/** Notes whose it is, unless somebody did before. */
export function blame(error: unknown, label: string): void {
  if (typeof error === "object" && error !== null && !labels.has(error)) labels.set(error, label);
}

/** The database that an error is about. */
export const blamed = (error: unknown, label: string): string =>
  typeof error === "object" && error !== null ? (labels.get(error) ?? label) : label;

/** Runs what a database answers, and notes whose error it is when it fails. */
export async function answering<T>(label: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    blame(error, label);
    throw error;
  }
}
