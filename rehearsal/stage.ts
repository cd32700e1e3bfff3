import { mkdir } from "node:fs/promises";
import path from "node:path";
import { exitCodes, Fault } from "../operations/fault";
import type { ClockSettings } from "./clock";
import { startCloud, type LocalCloud } from "./cloud";
import { findEngine, type Engine } from "./engine/find";
import { Workspace } from "./engine/workspace";
import { cleanEnvironment, networkEnvironment } from "./network/environment";
import { tieToScope } from "./processes/child";
import type { Scope } from "./processes/cleanup";
import { startGuard } from "./processes/guard";
import { clearLeftovers } from "./processes/leftovers";
import { RunFolder } from "./processes/run-folder";
import { writeShopPackage } from "./shop-package";
import { appPackage, operatorAddress, zone, zoneId } from "./shop-of-the-story";

/** The project itself: what an operator's shell stands in. */
export const project = path.join(__dirname, "..");

export interface StageOptions {
  readonly clock: ClockSettings;
  /** Leaves the run's folder (databases, state, logs) in place afterwards. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
  /** A folder that gets the logs of a run that fails, in place of those of the last that did. */
  readonly logsTo?: string;
  /** Milliseconds that a minute of the mail service's limits lasts (default: a story minute). */
  readonly millisecondsPerMailMinute?: number;
  /** The zone at Cloudflare (default: the story's). */
  readonly zone?: { readonly id: string; readonly name: string };
  /** The folder of the Pulumi project (default: this one). */
  readonly project?: string;
}

/** What every rehearsal stands on; ended by the scope it was opened in. */
export interface Stage {
  readonly run: RunFolder;
  readonly logs: string;
  readonly engine: Engine;
  readonly cloud: LocalCloud;
  readonly workspace: Workspace;
}

/** Opens a folder for the run, finds the engine, starts this machine's own Azure and Cloudflare. */
export async function openStage(scope: Scope, options: StageOptions): Promise<Stage> {
  await clearLeftovers(options.say);
  const run = await RunFolder.create();
  scope.onEnd("the run's folder", async (failure) => {
    if (options.keep) {
      await run.keep();
      options.say(`kept ${run.path}`);
      return;
    }
    try {
      if (options.logsTo === undefined || failure === undefined || isInterruption(failure)) return;
      if (await run.saveLogs(options.logsTo)) options.say(`the logs are in ${options.logsTo}`);
    } finally {
      await run.remove();
    }
  });
  const guard = await startGuard(run.path, cleanEnvironment());
  scope.onEnd("the guard", () => guard.release());
  const logs = await run.folder("logs");
  const engine = await findEngine({
    launchers: path.join(run.path, "launchers"),
    say: options.say,
    signal: scope.signal,
  });
  const shopPackage = path.join(await run.folder("downloads"), path.basename(appPackage));
  await writeShopPackage(shopPackage);
  const cloud = await startCloud({
    folder: await traversable(run, "cloud"),
    logs,
    zone: options.zone ?? { id: zoneId, name: zone },
    clock: options.clock,
    operatorAddress,
    downloads: { [appPackage]: shopPackage },
    ...(options.millisecondsPerMailMinute === undefined
      ? {}
      : { millisecondsPerMailMinute: options.millisecondsPerMailMinute }),
    record: (name, pid) => run.record(name, pid),
    signal: scope.signal,
  });
  tieToScope(scope, cloud);
  const workspace = await Workspace.create({
    engine,
    project: options.project ?? project,
    folder: path.join(run.path, "pulumi"),
    env: { ...networkEnvironment(cloud.network), ...cloud.operatorEnvironment },
    pathFolders: [cloud.pluginFolder],
    record: (name, pid) => run.record(name, pid),
  });
  return { run, logs, engine, cloud, workspace };
}

const isInterruption = (error: unknown): boolean =>
  error instanceof Fault && error.exitCode === exitCodes.interrupted;

/** A folder that a database server under another user's id can reach what it is given in. */
export async function traversable(run: RunFolder, name: string): Promise<string> {
  const folder = path.join(run.path, name);
  await mkdir(folder, { mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return folder;
}
