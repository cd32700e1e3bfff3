/** What every way to a Pulumi CLI gets. */
export interface WayContext {
  /** The environment of the person who asked: where to look, and how this machine reaches the internet. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder of what is fetched or built once a machine. */
  readonly cache: string;
  /** Gets lines of progress for a person. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  readonly limits: Limits;
}

/** Milliseconds. */
export interface Limits {
  /** For the release's server to answer at all: a machine without network must not hang. */
  readonly reach: number;
  /** For the release to be fetched and unpacked. */
  readonly install: number;
  /** For the build, the fetching of its modules included. */
  readonly build: number;
  /** Between two lines of progress. */
  readonly progress: number;
}

export const defaultLimits: Limits = {
  reach: 5_000,
  install: 5 * 60_000,
  build: 30 * 60_000,
  progress: 15_000,
};

/** A CLI that answers, or why this way led to none. */
export type WayResult =
  { readonly cli: string; readonly version: string } | { readonly cli: undefined; readonly why: string };

/** Says a line every so often while something long goes on. */
export async function withProgress<T>(
  context: WayContext,
  line: (seconds: number) => string,
  action: () => Promise<T>,
): Promise<T> {
  const began = Date.now();
  const timer = setInterval(
    () => context.say(line(Math.round((Date.now() - began) / 1000))),
    context.limits.progress,
  );
  try {
    return await action();
  } finally {
    clearInterval(timer);
  }
}

/** What went wrong, on one line. */
export const reason = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
