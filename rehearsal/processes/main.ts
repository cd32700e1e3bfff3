import type { ToChild } from "./child";

/** What a child hands back once it runs. */
export interface Running<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/**
 * The whole of a child's main module: waits for its settings, starts, says that it is ready, and stops when it is
 * asked to or when its parent is gone.
 */
export function runAsChild(start: (settings: unknown) => Promise<Running<unknown>>): void {
  let running: Promise<Running<unknown>> | undefined;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      try {
        await (await running)?.stop();
      } catch (error) {
        console.error("while stopping:", error);
      } finally {
        process.exit(0);
      }
    })();
  };
  process.on("SIGTERM", stop);
  // Ctrl-C reaches the whole process group; the parent decides when its children stop.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", stop);
  process.once("message", (message: ToChild) => {
    running = start(message.settings);
    running.then(
      ({ ready }) => process.send?.({ kind: "ready", ready }),
      (error: unknown) => {
        console.error(error);
        process.send?.({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
}
