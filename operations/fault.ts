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

/** What a machine may run short of or forbid, by Node.js' code of the error, and the way out. */
const machineFaults: Readonly<Record<string, string>> = {
  ENOSPC: "free some space on that disk, or set TMPDIR to a folder on another",
  EDQUOT: "free some of your quota there, or set TMPDIR to a folder elsewhere",
  EROFS: "that file system is read-only; run this where it may write, or set TMPDIR",
  EACCES: "give this user access to it",
  EPERM: "give this user access to it",
  EMFILE: "allow this user more open files (ulimit -n 1024)",
  ENFILE: "the whole machine has too many files open; end something",
  ENOMEM: "there is too little memory; end something",
  EAGAIN: "allow this user more processes (ulimit -u), or end something",
};

/** An error of the operating system's that a person can mend, as a Fault (exit 3); any other error as it is. */
export function withoutMachineFaults(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Fault || !("syscall" in error) || !("code" in error))
    return error;
  const fix = machineFaults[String(error.code)];
  return fix === undefined
    ? error
    : outside(`${error.message}; ${fix}, then run this again`, { cause: error });
}

/** Interrupted by the operator, safe to run again (exit 130). */
export const interrupted = (message = "interrupted; safe to run again"): Fault =>
  new Fault(exitCodes.interrupted, message);
