// `npm run bench:review`: the whole review of both stacks as a command, beside the same previews without the policies.
import path from "node:path";
import { exitCodes, Fault, outside } from "../../operations/fault";
import { runCommand } from "../../rehearsal/engine/command";
import { cleanEnvironment } from "../../rehearsal/network/environment";
import { withCleanup } from "../../rehearsal/processes/cleanup";
import { openStage, project, type Stage } from "../../rehearsal/stage";
import * as shop from "../../rehearsal/shop-of-the-story";
import type { Stack } from "../../rehearsal/engine/stack";
import { median } from "../preview/measure";

/** Seconds that the whole review may take, and the rounds of each, after one that is not counted. */
const most = 25;
const rounds = 3;

const seconds = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
};

/** From the start of the command to its end, the local cloud's start and end included. */
async function wholeReview(): Promise<void> {
  const { code, stderr } = await runCommand(process.execPath, {
    args: [path.join(project, "bin", "standby.js"), "review", "--cloud", "local", "--json"],
    cwd: project,
    env: cleanEnvironment(),
  });
  if (code !== exitCodes.done) throw outside(`the review ended with ${String(code)}: ${stderr}`);
}

async function bothStacks({ workspace, cloud }: Stage): Promise<readonly Stack[]> {
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  await prod.setConfig(shop.prodConfig);
  const { smtpApplication, operatorObjectId } = cloud;
  const sessionSecret = "a secret of this rehearsal's own, 32 or more";
  await standby.setConfig(shop.standbyConfig({ smtpApplication, operatorObjectId, sessionSecret }));
  return [prod, standby];
}

async function main(): Promise<boolean> {
  const say = (line: string): void => console.error(line);
  return withCleanup(async (scope) => {
    const whole: number[] = [];
    const [withPack, without]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      say(`the whole review: round ${String(round)} of ${String(rounds)}`);
      const took = await seconds(wholeReview);
      if (round > 0) whole.push(took);
    }
    const stage = await openStage(scope, { clock: { startedAt: Date.now(), speed: 60 }, keep: false, say });
    const stacks = await bothStacks(stage);
    const policyPack = path.join(project, "policy");
    for (let round = 0; round <= rounds; round++) {
      say(`previews with and without the policies: round ${String(round)} of ${String(rounds)}`);
      const held = await seconds(() => Promise.all(stacks.map((stack) => stack.preview({ policyPack }))));
      const bare = await seconds(() => Promise.all(stacks.map((stack) => stack.preview())));
      if (round > 0) [held, bare].forEach((took, index) => (index === 0 ? withPack : without).push(took));
    }
    const ratio = median(withPack.map((took, index) => took / (without[index] ?? NaN)));
    console.log(
      [
        "| of both stacks | median | |",
        "| --- | ---: | --- |",
        `| whole review, as a command | ${median(whole).toFixed(1)} s | at most ${String(most)} s |`,
        `| previews with the policies | ${median(withPack).toFixed(1)} s | ${ratio.toFixed(2)} times those without |`,
        `| previews without | ${median(without).toFixed(1)} s | |`,
      ].join("\n"),
    );
    return median(whole) <= most;
  });
}

main().then(
  (within) => {
    process.exitCode = within ? exitCodes.done : exitCodes.no;
  },
  (error: unknown) => {
    console.error(error instanceof Fault ? error.message : error);
    process.exitCode = error instanceof Fault ? error.exitCode : exitCodes.outside;
  },
);
