// `npm run bench:preview`: a preview of the whole standby beside one of three bare resources, in turn, in one run.
import path from "node:path";
import { exitCodes, Fault } from "../../operations/fault";
import { Workspace } from "../../rehearsal/engine/workspace";
import type { Stack } from "../../rehearsal/engine/stack";
import { networkEnvironment } from "../../rehearsal/network/environment";
import { withCleanup } from "../../rehearsal/processes/cleanup";
import * as shop from "../../rehearsal/shop-of-the-story";
import { openStage, project, type Stage } from "../../rehearsal/stage";
import { measurePreview, median, type Measured } from "./measure";

/** Previews of each, after one that is not counted. */
const rounds = 5;
/** At most so many times a bare program's time, and so many megabytes. */
const bounds = { ratio: 1.8, megabytes: 400 };

async function workspaceFor(stage: Stage, folder: string, name: string, peaks: string): Promise<Workspace> {
  const network = networkEnvironment(stage.cloud.network);
  return Workspace.create({
    engine: stage.engine,
    project: folder,
    folder: path.join(stage.run.path, name),
    env: {
      ...network,
      ...stage.cloud.operatorEnvironment,
      NODE_OPTIONS: `${network["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(path.join(__dirname, "peak.cjs"))}`,
      BENCH_PEAKS: peaks,
    },
    pathFolders: [stage.cloud.pluginFolder],
    record: (what, pid) => stage.run.record(what, pid),
  });
}

function row(what: string, all: readonly Measured[], against: readonly Measured[]): string {
  const seconds = all.map((each) => each.seconds);
  // Pair by pair, so that a machine that slows down meanwhile does so for both.
  const ratios = all.map((each, index) => each.seconds / (against[index]?.seconds ?? NaN));
  const cells = [
    what,
    String(all[0]?.resources ?? 0),
    `${median(seconds).toFixed(2)} s`,
    median(ratios).toFixed(2),
    `${Math.max(...all.map((each) => each.megabytes)).toFixed(0)} MB`,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function main(): Promise<boolean> {
  return withCleanup(async (scope) => {
    const say = (line: string): void => console.error(line);
    const stage = await openStage(scope, { clock: { startedAt: Date.now(), speed: 60 }, keep: false, say });
    const peaks = path.join(stage.run.path, "peaks");
    const own = await workspaceFor(stage, project, "own", peaks);
    const bare = await workspaceFor(stage, path.join(__dirname, "bare"), "bare", peaks);
    const standby = await own.stack("standby");
    const three = await bare.stack("bare");
    await standby.setConfig(
      shop.standbyConfig({
        smtpApplication: stage.cloud.smtpApplication,
        operatorObjectId: stage.cloud.operatorObjectId,
        sessionSecret: "a secret of this rehearsal's own, 32 or more",
      }),
    );
    const inTurn = async (what: string): Promise<readonly [readonly Measured[], readonly Measured[]]> => {
      const [a, b]: [Measured[], Measured[]] = [[], []];
      for (let round = 0; round <= rounds; round++) {
        say(`${what}: round ${String(round)} of ${String(rounds)}`);
        const pair = [await measurePreview(standby, peaks), await measurePreview(three, peaks)] as const;
        if (round > 0) [a, b].forEach((list, index) => list.push(pair[index === 0 ? 0 : 1]));
      }
      return [a, b];
    };
    const [first, firstBare] = await inTurn("before the first up");
    await upBoth(standby, three);
    const [later, laterBare] = await inTurn("once it stands");
    console.log(
      [
        "| preview | resources | median | times bare | peak memory |",
        "| --- | ---: | ---: | ---: | ---: |",
        row("three resources, before the first up", firstBare, firstBare),
        row("whole standby, before the first up", first, firstBare),
        row("three resources, once they stand", laterBare, laterBare),
        row("whole standby, once it stands", later, laterBare),
      ].join("\n"),
    );
    const all = [
      [first, firstBare],
      [later, laterBare],
    ] as const;
    return all.every(
      ([whole, part]) =>
        median(whole.map(({ seconds }, index) => seconds / (part[index]?.seconds ?? NaN))) <= bounds.ratio &&
        Math.max(...whole.map(({ megabytes }) => megabytes)) <= bounds.megabytes,
    );
  });
}

async function upBoth(standby: Stack, three: Stack): Promise<void> {
  await standby.up();
  await three.up();
}

main().then(
  (within) => {
    console.log(
      `${within ? "within" : "NOT within"} ${String(bounds.ratio)} times and ${String(bounds.megabytes)} MB`,
    );
    process.exitCode = within ? exitCodes.done : exitCodes.no;
  },
  (error: unknown) => {
    console.error(error instanceof Fault ? error.message : error);
    process.exitCode = error instanceof Fault ? error.exitCode : exitCodes.outside;
  },
);
