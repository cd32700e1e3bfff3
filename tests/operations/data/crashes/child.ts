/** The tool as a process of its own, loaded before it is told what to do: so it can be killed at any moment of a run. */
import { parseDatabaseUrl } from "../../../../operations/connection";
import { operations } from "../../../../operations/data/engine";
import type { Order } from "./tool";

const connection = (url: string) => parseDatabaseUrl("test", url);

process.on("message", ({ from, to, batch, enough }: Order) => {
  operations
    .reconcile(
      connection(from),
      connection(to),
      { dryRun: false, insertsOnly: false, batch, enough },
      () => undefined,
    )
    .then(
      () => process.send?.({ done: true }),
      (error: unknown) =>
        process.send?.({ done: false, reason: error instanceof Error ? error.message : String(error) }),
    );
});
process.send?.("ready");
