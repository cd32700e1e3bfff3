import { interrupted } from "../fault";

/**
 * What becomes of Ctrl-C, and of a stop asked for by the system, while something runs that must not be cut short. One
 * step after the other says what it does about them; what comes between two steps is for the next.
 */
export class Interrupts {
  private asked = 0;
  private onInterrupt: ((count: number) => void) | undefined;

  /** How often somebody asked to stop during this step, or right before it. */
  get count(): number {
    return this.asked;
  }

  /** @param onInterrupt called at each, with how many came so far. */
  async during<T>(onInterrupt: (count: number) => void, step: () => Promise<T>): Promise<T> {
    this.onInterrupt = onInterrupt;
    for (let count = 1; count <= this.asked; count += 1) onInterrupt(count);
    try {
      return await step();
    } finally {
      this.onInterrupt = undefined;
      this.asked = 0;
    }
  }

  /** Somebody asks to stop. */
  readonly ask = (): void => {
    this.asked += 1;
    this.onInterrupt?.(this.asked);
  };
}

/** Takes Ctrl-C over from before the first step until the last one is over: in a gap it would end the process. */
export async function guarded<T>(run: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const interrupts = new Interrupts();
  process.on("SIGINT", interrupts.ask);
  process.on("SIGTERM", interrupts.ask);
  try {
    return await run(interrupts);
  } finally {
    process.off("SIGINT", interrupts.ask);
    process.off("SIGTERM", interrupts.ask);
  }
}

/**
 * A step that the first Ctrl-C gives up: its signal aborts.
 *
 * @param stands how things are left then, for a person.
 * @throws Fault (130) that says so.
 */
export async function abortable<T>(
  interrupts: Interrupts,
  stands: string,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = new AbortController();
  const done = await interrupts.during(
    () => stopped.abort(),
    () => step(stopped.signal),
  );
  if (stopped.signal.aborted) throw interrupted(`interrupted; ${stands}`);
  return done;
}
