// `npm run matrix -- [--export DIR]`: every configuration goes up, stays as it is on a second `up`, and comes down.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { exitCodes, Fault, usage } from "../../operations/fault";
import { withCleanup } from "../processes/cleanup";
import { openStage } from "../stage";
import { configurations } from "./configurations";
import { play } from "./play";

function exportFolder(): string | undefined {
  try {
    const { values } = parseArgs({ options: { export: { type: "string" } } });
    return values.export === undefined ? undefined : path.resolve(values.export);
  } catch (cause) {
    throw usage(
      "npm run matrix takes --export DIR, a folder for each standby's exported state, and nothing else",
      {
        cause,
      },
    );
  }
}

async function main(): Promise<void> {
  const folder = exportFolder();
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const say = (line: string): void => console.error(line);
  for (const [index, configuration] of configurations.entries()) {
    const began = Date.now();
    const shown = await withCleanup(async (scope) => {
      const stage = await openStage(scope, { clock: { startedAt: began, speed: 60 }, keep: false, say });
      return play(stage, configuration, scope.signal);
    });
    if (folder !== undefined) {
      await writeFile(path.join(folder, `${shown.name}.json`), JSON.stringify(shown.exported, null, 2), {
        mode: 0o600,
      });
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    say(
      `${String(index + 1)}/${String(configurations.length)} ${shown.name}: ${String(shown.created)} resources up, ` +
        `no difference on a second up, one record each way, all down again, in ${seconds} s`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Fault ? error.message : error);
  process.exitCode = error instanceof Fault ? error.exitCode : exitCodes.outside;
});
