// `npm run matrix -- [--export DIR] [--pairs] [--only TEXT]`: every configuration goes up, stays as it is on a second
// `up`, flips and flips back, and comes down.
import path from "node:path";
import { parseArgs } from "node:util";
import { exitCodes, Fault, refusal, usage } from "../../operations/fault";
import { withCleanup } from "../processes/cleanup";
import { openStage } from "../stage";
import { configurations, livesOf, pairs, type Configuration } from "./configurations";
import { holdAgainstTypes, writeExports } from "./export";
import { play, type Shown } from "./play";

interface Options {
  readonly chosen: readonly Configuration[];
  readonly folder: string | undefined;
}

function options(): Options {
  let given;
  try {
    given = parseArgs({
      options: { export: { type: "string" }, pairs: { type: "boolean" }, only: { type: "string" } },
    }).values;
  } catch (cause) {
    throw usage(
      "npm run matrix takes --export DIR (a folder for the exported stacks), --pairs (a few configurations in which " +
        "every two values meet) and --only TEXT (those whose name holds it), and nothing else",
      { cause },
    );
  }
  const all = given.pairs === true ? pairs : configurations;
  const chosen = all.filter(({ name }) => name.includes(given.only ?? ""));
  if (chosen.length === 0)
    throw usage(
      `--only is "${given.only ?? ""}"; no configuration's name holds it: they are such as ${all[0]?.name ?? ""}`,
    );
  return { chosen, folder: given.export === undefined ? undefined : path.resolve(given.export) };
}

async function main(): Promise<void> {
  const { chosen, folder } = options();
  const say = (line: string): void => console.error(line);
  const began = Date.now();
  let before = began;
  let done = 0;
  const onShown = async (shown: Shown): Promise<void> => {
    if (folder !== undefined) await writeExports(folder, shown);
    const held = Object.values(shown.exported).map(holdAgainstTypes);
    const faults = held.flatMap((each) => each.faults);
    if (faults.length > 0) throw refusal(`${shown.configuration.name}:\n${faults.join("\n")}`);
    const azure = held.reduce((sum, { resources }) => sum + resources, 0);
    done += 1;
    const [seconds, left] = [
      (Date.now() - before) / 1000,
      ((Date.now() - began) / done) * (chosen.length - done),
    ];
    before = Date.now();
    say(
      `${String(done)}/${String(chosen.length)} ${shown.configuration.name}: ${String(shown.resources)} resources stood, ` +
        `${String(azure)} of them held against Azure's types without a fault; no difference on a second up, one ` +
        `record each way; ${seconds.toFixed(1)} s, about ${String(Math.ceil(left / 60_000))} min left`,
    );
  };
  const failures: string[] = [];
  for (const life of livesOf(chosen))
    try {
      await withCleanup(async (scope) => {
        const clock = { startedAt: Date.now(), speed: 60 };
        const stage = await openStage(scope, { clock, keep: false, say });
        await play(scope, stage, life, { onShown });
      });
    } catch (error) {
      if (!(error instanceof Fault) || error.exitCode === exitCodes.interrupted) throw error;
      // The other lives have nothing to do with what ended this one.
      const { engine, certificate, ownPrimary } = life.choice;
      const name = `${engine}-${certificate}${ownPrimary ? "-appService" : ""}`;
      failures.push(`${name}: ${error.message}`);
      say(`the life ${name} ended early: ${error.message}`);
    }
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  if (failures.length > 0)
    throw refusal(
      `${String(done)} of ${String(chosen.length)} configurations went through their lives in ${minutes} min; ` +
        `${String(failures.length)} lives ended early:\n${failures.join("\n")}`,
    );
  say(
    `${String(done)} configurations went up, stayed as they were, flipped, and came down; nothing was left; ${minutes} min`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Fault ? error.message : error);
  process.exitCode = error instanceof Fault ? error.exitCode : exitCodes.outside;
});
