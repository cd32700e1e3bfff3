/** Exit codes of the command line: part of its contract, never renumbered. */
export const exitCodes = { done: 0, no: 1, usage: 2, outside: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * A failure that its reader can act on. The command line prints only its message, never a stack trace, and ends
 * with its exit code, so the message itself names the field, the value, what is allowed and the fix.
 */
export class Fault extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "Fault";
  }
}

/** The thing itself says no: not ready, conflicts left, unsafe (exit 1). */
export const refusal = (message: string, options?: ErrorOptions): Fault =>
  new Fault(exitCodes.no, message, options);
/** Bad usage or settings (exit 2). */
export const usage = (message: string, options?: ErrorOptions): Fault =>
  new Fault(exitCodes.usage, message, options);
/** Something outside failed and the command is safe to run again (exit 3). */
export const outside = (message: string, options?: ErrorOptions): Fault =>
  new Fault(exitCodes.outside, message, options);
/** Interrupted by the operator, safe to run again (exit 130). */
export const interrupted = (message = "interrupted; safe to run again"): Fault =>
  new Fault(exitCodes.interrupted, message);
