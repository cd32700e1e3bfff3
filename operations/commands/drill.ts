import { z } from "zod";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { exitCodes } from "../fault";

const number = (written: RegExp, allowed: string, least: number, most: number) =>
  z
    .string()
    .regex(written, `must be ${allowed}`)
    .transform(Number)
    .pipe(z.number().min(least, `must be ${allowed}`).max(most, `must be ${allowed}`));

/** @param speeds the slowest and the fastest, in story seconds in a real one */
const optionsWith = (speeds: { readonly slowest: number; readonly fastest: number }) =>
  z.object({
    seed: number(/^\d+$/, "a whole number from 0 to 4294967295", 0, 4_294_967_295).optional(),
    speed: number(
      /^\d+(\.\d+)?$/,
      "story seconds in a real one, from 60 to 3600",
      speeds.slowest,
      speeds.fastest,
    ).optional(),
    keep: z.boolean().default(false),
  });

/** Much to load, for this command alone: not before it is asked for, and no part of what the rest is bundled into. */
const rehearsal = () => ({
  ...(module.require("../../rehearsal/day/drill") as typeof import("../../rehearsal/day/drill")),
  ...(module.require("../../rehearsal/day/plan") as typeof import("../../rehearsal/day/plan")),
});

export const addDrill: AddCommand = (program, run) => {
  program
    .command("drill")
    .description("Plays the day on this machine with real parts, and shows that nothing was lost.")
    .option("--seed <n>", "another day: other visitors, other orders (default: the story's)")
    .option(
      "--speed <x>",
      "story seconds in a real one, from 60 to 3600 (default: 1400, two to three minutes)",
    )
    .option("--keep", "leave databases, state and logs in place afterwards")
    .addHelpText(
      "after",
      "\nExample:\n  $ npm run drill -- --seed 7\n\n" +
        "Writes drill-report/report.json and drill-report/index.html.\n" +
        "Exit code 1: something was lost, doubled or attached to the wrong person.",
    )
    .action(
      run(async (io, given) => {
        const { drill, outcome, speeds } = rehearsal();
        const chosen = parseOptions(optionsWith(speeds), given);
        const report = await drill({ ...chosen, say: (line) => io.say(line) });
        io.result(report, () => outcome(report));
        return report.ok ? exitCodes.done : exitCodes.no;
      }),
    );
};
