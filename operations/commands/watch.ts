import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { deploymentSettings, readDeployment } from "../deployment";
import { exitCodes, usage } from "../fault";
import { sample, type Sample } from "../watch/sample";
import { showSample } from "../watch/show";

const options = z.object({
  once: z.boolean().default(false),
  every: z
    .string()
    .regex(/^\d+$/, "it is a whole number of seconds from 1 to 3600")
    .transform(Number)
    .pipe(
      z.number().min(1, "it is a whole number of seconds from 1 to 3600").max(3_600, "it is at most 3600"),
    )
    .default(10),
  orders: z
    .string()
    .regex(/^[^.]+\.[^.]+$/, "it is a table with its schema, such as public.orders")
    .default("public.orders"),
});

export const addWatch: AddCommand = (program, run) => {
  program
    .command("watch")
    .description(
      "Shows DNS answers, both sites, their orders, the room of the new ids, mail and certificate.",
    )
    .option("--once", "look once and end")
    .option("--every <seconds>", "seconds between two looks (default: 10)")
    .option("--orders <table>", "the table of orders, with its schema (default: public.orders)")
    .addHelpText("after", "\nExamples:\n  $ standby watch\n  $ standby watch --once --json")
    .action(
      run(async (io, given) => {
        const { once, every, orders } = parseOptions(options, given);
        if (io.json && !once) throw usage("--json prints one document, and a watch never ends: add --once");
        const deployment = await readDeployment(deploymentSettings());
        const stopped = new AbortController();
        const stop = (): void => stopped.abort();
        process.once("SIGINT", stop);
        process.once("SIGTERM", stop);
        try {
          let last: Sample | undefined;
          do {
            if (last !== undefined)
              await sleep(every * 1_000, undefined, { signal: stopped.signal }).catch(() => undefined);
            if (stopped.signal.aborted) return exitCodes.interrupted;
            const seen = await sample(deployment, orders, last);
            io.result(seen, () => `${showSample(seen)}${once ? "" : "\n"}`);
            last = seen;
          } while (!once);
          return exitCodes.done;
        } finally {
          process.off("SIGINT", stop);
          process.off("SIGTERM", stop);
        }
      }),
    );
};
