/** How often somebody asked to stop while something ran that must not be cut short. */
export interface Interrupts {
  readonly count: number;
}

/**
 * Takes Ctrl-C (and a stop asked for by the system) over while something runs.
 *
 * @param onInterrupt called at each, with how many came so far.
 */
export async function guarded<T>(
  onInterrupt: (count: number) => void,
  run: (interrupts: Interrupts) => Promise<T>,
): Promise<T> {
  const interrupts = { count: 0 };
  const caught = (): void => {
    interrupts.count += 1;
    onInterrupt(interrupts.count);
  };
  process.on("SIGINT", caught);
  process.on("SIGTERM", caught);
  try {
    return await run(interrupts);
  } finally {
    process.off("SIGINT", caught);
    process.off("SIGTERM", caught);
  }
}
