import type { ToChild } from "./child";

/** What a child hands back once it runs. */
export interface Running<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** Told why a child cannot go on: something that it depends on is gone. */
export type Fail = (why: Error) => void;

/**
 * The whole of a child's main module: waits for its settings, starts, says that it is ready, and stops when it is
 * asked to, when its parent is gone, or when it cannot go on; the parent hears why.
 */
export function runAsChild(start: (settings: unknown, fail: Fail) => Promise<Running<unknown>>): void {
  let running: Promise<Running<unknown>> | undefined;
  let stopping = false;
  const stop = (exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      try {
        await (await running)?.stop();
      } catch (error) {
        console.error("while stopping:", error);
      } finally {
        process.exit(exitCode);
      }
    })();
  };
  const failed = (error: unknown): void => {
    console.error(error);
    process.send?.({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  };
  process.on("SIGTERM", () => stop());
  // Ctrl-C reaches the whole process group; the parent decides when its children stop.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => stop());
  process.once("message", (message: ToChild) => {
    running = start(message.settings, (why) => {
      if (stopping) return;
      failed(why);
      stop(1);
    });
    running.then(({ ready }) => process.send?.({ kind: "ready", ready }), failed);
  });
}
