// A stand-in for a command under withCleanup: says on stdout what happens, and ends with the fault's exit code.
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, outside } from "../../../../operations/fault";
import { withCleanup } from "../../../../rehearsal/processes/cleanup";

const [mode] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

withCleanup(async (scope) => {
  scope.onEnd(
    "first",
    () => void say("undid first"),
    () => say("dropped first"),
  );
  scope.onEnd(
    "second",
    async () => {
      say("undoing second");
      if (mode === "slow-undo") {
        await sleep(700);
        say("waited");
        await sleep(60_000);
      }
      if (mode === "failing-undo") throw new Error("no such luck");
      say("undid second");
    },
    () => say("dropped second"),
  );
  say("ready");
  if (mode === "finish" || mode === "failing-undo") return "the result";
  if (mode === "throw") throw new Error("the action failed");
  if (mode === "fail") scope.fail(outside("a part of it is gone"));
  await new Promise((_, reject) => {
    if (scope.signal.aborted) reject(new Error("told to end"));
    scope.signal.addEventListener("abort", () => reject(new Error("told to end")));
    setTimeout(() => undefined, 60_000);
  });
  return "never";
}).then(
  (result) => say(`result: ${result}`),
  (error: unknown) => {
    say(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(error instanceof Fault ? error.exitCode : 1);
  },
);
