/**
 * Takes Ctrl-C (and a stop asked for by the system) over while something runs that must not be cut short.
 *
 * @param onInterrupt called at each, with how many came so far.
 */
export async function guarded<T>(onInterrupt: (count: number) => void, run: () => Promise<T>): Promise<T> {
  let count = 0;
  const caught = (): void => onInterrupt(++count);
  process.on("SIGINT", caught);
  process.on("SIGTERM", caught);
  try {
    return await run();
  } finally {
    process.off("SIGINT", caught);
    process.off("SIGTERM", caught);
  }
}
