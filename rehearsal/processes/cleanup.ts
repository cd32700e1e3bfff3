import { exitCodes, interrupted } from "../../operations/fault";

/** What must be undone when a run ends, in the reverse order of its being done. */
export interface Scope {
  /** Aborted, with a Fault as its reason, when a person or the system asks this process to end. */
  readonly signal: AbortSignal;
  /**
   * Registers what is to be done at the end, whichever way the end comes; done at once where it has come already.
   *
   * @param name for the message when it fails
   * @param undo gets what the run failed with, where it did
   * @param atOnce what to do instead when there is no time left (a second Ctrl-C): it must not wait for anything
   */
  onEnd(name: string, undo: (failure: unknown) => Promise<void> | void, atOnce?: () => void): void;
  /** Ends the run as a signal does, but with this as its error. Only the first end counts. */
  fail(reason: Error): void;
}

interface Finaliser {
  readonly name: string;
  readonly undo: (failure: unknown) => Promise<void> | void;
  readonly atOnce: (() => void) | undefined;
}

const asked = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds that an action gets to end by itself once it is told to. */
const settleWithin = 5_000;

/**
 * Milliseconds in which signals are one. A single Ctrl-C comes twice to whom npm has started: from the terminal, and
 * passed on by npm; so does the SIGTERM of timeout(1).
 */
const oneSignalWithin = 500;

/**
 * Runs an action and, once it is over, its finalisers, last registered first and each once. SIGINT, SIGTERM or SIGHUP
 * abort `scope.signal`; the action has five seconds to settle, then the finalisers run, and the result is an
 * `interrupted` Fault (exit 130). A second signal, half a second later or more, does only what each finaliser has for
 * that case, and exits with 130.
 *
 * @throws what the action throws, what `scope.fail` was given, or an AggregateError of what the finalisers throw
 */
export async function withCleanup<T>(action: (scope: Scope) => Promise<T>): Promise<T> {
  const finalisers: Finaliser[] = [];
  const failures: unknown[] = [];
  const abort = new AbortController();
  let over = false;
  let failure: unknown;

  const undo = async (finaliser: Finaliser): Promise<void> => {
    try {
      await finaliser.undo(failure);
    } catch (cause) {
      failures.push(new Error(`could not clean up ${finaliser.name}`, { cause }));
    }
  };
  const scope: Scope = {
    signal: abort.signal,
    onEnd(name, undoIt, atOnce) {
      const finaliser = { name, undo: undoIt, atOnce };
      finalisers.push(finaliser);
      if (over) void undo(finaliser);
    },
    fail(reason) {
      abort.abort(reason);
    },
  };
  let signalled: number | undefined;
  const onSignal = (): void => {
    const first = (signalled ??= performance.now());
    abort.abort(interrupted());
    if (performance.now() - first < oneSignalWithin) return;
    for (const { atOnce } of finalisers.toReversed()) atOnce?.();
    process.exit(exitCodes.interrupted);
  };
  for (const name of asked) process.on(name, onSignal);

  const acting = action(scope);
  const [outcome] = await Promise.allSettled([Promise.race([acting, timeAfter(abort.signal)])]);
  failure = outcome.status === "rejected" ? outcome.reason : undefined;
  if (abort.signal.aborted) failure = abort.signal.reason;
  over = true;
  for (const finaliser of finalisers.toReversed()) await undo(finaliser);
  for (const name of asked) process.off(name, onSignal);
  if (failures.length > 0)
    throw new AggregateError([...(failure === undefined ? [] : [failure]), ...failures], messages(failures));
  if (abort.signal.aborted) throw abort.signal.reason;
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

/** Never settles before the signal is aborted; rejects when the time after that is up. */
function timeAfter(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      setTimeout(() => reject(signal.reason as Error), settleWithin).unref();
    });
  });
}

const messages = (failures: readonly unknown[]): string =>
  failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join("; ");
