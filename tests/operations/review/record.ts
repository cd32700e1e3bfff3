// `node --require tsx/cjs tests/operations/review/record.ts`: records the previews that the tests of the review read, on the
// real engine and the local cloud. Minutes long, and wanted only when the engine prints something else. Names of recordings
// after it: those alone.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { runCommand } from "../../../rehearsal/engine/command";
import type { ConfigValue } from "../../../rehearsal/engine/settings";
import type { Stack } from "../../../rehearsal/engine/stack";
import { withCleanup, type Scope } from "../../../rehearsal/processes/cleanup";
import * as shop from "../../../rehearsal/shop-of-the-story";
import { openStage, project, type Stage } from "../../../rehearsal/stage";
import { recordedFolder, withoutNoise } from "./recorded";

type Config = Readonly<Record<string, ConfigValue | undefined>>;

const only = process.argv.slice(2);

async function record(
  stage: Stage,
  stack: Stack,
  name: string,
  streaming = true,
  packConfig: object = {},
): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const { workspace, engine, run } = stage;
  const file = path.join(run.path, "policy-config.json");
  writeFileSync(file, JSON.stringify(packConfig));
  const pack = ["--policy-pack", path.join(project, "policy"), "--policy-pack-config", file];
  const { stdout } = await runCommand(engine.cli, {
    args: ["preview", "--json", "--stack", stack.name, "--non-interactive", "--color", "never", ...pack],
    cwd: workspace.folder,
    env: { ...workspace.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: String(streaming) },
  });
  const text = withoutNoise(stdout).replaceAll(project, "/project").replaceAll(run.path, "/run");
  writeFileSync(path.join(recordedFolder, `${name}.gz`), gzipSync(text, { level: 9 }));
  console.log(`${name}: ${String(text.length)} characters`);
}

async function standUp(stage: Stage): Promise<readonly [prod: Stack, standby: Stack]> {
  const { workspace, cloud } = stage;
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  const { smtpApplication, operatorObjectId } = cloud;
  const sessionSecret = "a secret of this rehearsal's own, 32 or more";
  await standby.setConfig(shop.standbyConfig({ smtpApplication, operatorObjectId, sessionSecret }));
  await standby.up();
  await cloud.control.call("settled", {});
  await standby.up();
  await prod.setConfig({ ...shop.prodConfig, standbyStack: standby.fullName });
  await prod.up();
  return [prod, standby];
}

async function main(scope: Scope): Promise<void> {
  const say = (line: string): void => console.error(line);
  const stage = await openStage(scope, { clock: { startedAt: Date.now(), speed: 60 }, keep: false, say });
  const [prod, standby] = await standUp(stage);
  const changed = async (
    stack: Stack,
    config: Config,
    back: Config,
    act: () => Promise<void>,
  ): Promise<void> => {
    await stack.setConfig(config);
    await act();
    await stack.setConfig(back);
  };
  await record(stage, prod, "prod-same");
  await record(stage, prod, "prod-same-digest", false);
  await record(stage, standby, "standby-same");
  await changed(prod, { activeSite: "standby" }, { activeSite: "primary" }, () =>
    record(stage, prod, "prod-flip"),
  );
  await changed(standby, { size: "surge" }, { size: "warm" }, () => record(stage, standby, "standby-surge"));
  const policies = { place: { allowedRegions: ["northeurope"] } };
  await changed(standby, { tailHours: 3 }, { tailHours: 24 }, () =>
    record(stage, standby, "standby-violation", true, policies),
  );
  await changed(standby, { location: "northeurope" }, { location: "westeurope" }, () =>
    record(stage, standby, "standby-moved"),
  );
  await changed(standby, { domain: "Not A Domain" }, { domain: shop.zone }, () =>
    record(stage, standby, "standby-refused"),
  );
}

withCleanup(main).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
