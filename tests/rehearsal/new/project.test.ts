import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { runCommand } from "../../../rehearsal/engine/command";
import { Workspace } from "../../../rehearsal/engine/workspace";
import { networkEnvironment } from "../../../rehearsal/network/environment";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import * as shop from "../../../rehearsal/shop-of-the-story";
import { openStage, project } from "../../../rehearsal/stage";

/** The files of the repository, and nothing that lies about beside them: what `pulumi new` would fetch. */
function template(folder: string): string {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: project, encoding: "utf8" }).split("\0");
  for (const file of files.filter((each) => each !== "")) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(project, file), path.join(folder, file));
  }
  return folder;
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "standby-new-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("`pulumi new --yes` gives a project of another name, whose stacks can be previewed", async () => {
  await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const stage = await openStage(scope, { clock, keep: false, say: () => undefined });
    const { engine, cloud, workspace } = stage;
    const made = path.join(folder, "my-shop");
    const { code, stdout, stderr } = await runCommand(engine.cli, {
      args: ["new", template(path.join(folder, "template")), "--yes", "--generate-only"].concat(
        ["--name", "my-shop", "--dir", made, "--non-interactive"],
        ["--description", "The shop on its day"],
      ),
      cwd: folder,
      env: workspace.env,
    });
    expect(`${String(code)} ${code === 0 ? "" : stdout + stderr}`).toBe("0 ");
    const written = parse(readFileSync(path.join(made, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    expect(written).toMatchObject({ name: "my-shop", description: "The shop on its day" });
    expect(written).not.toHaveProperty("template");

    symlinkSync(path.join(project, "node_modules"), path.join(made, "node_modules"));
    const own = await Workspace.create({
      engine,
      project: made,
      folder: path.join(stage.run.path, "my-shop"),
      env: { ...networkEnvironment(cloud.network), ...cloud.operatorEnvironment },
      pathFolders: [cloud.pluginFolder],
    });
    const prod = await own.stack("prod");
    await prod.setConfig({ ...shop.prodConfig, standbyStack: undefined });
    expect((await prod.preview()).changes).toMatchObject({ create: expect.any(Number) as number });
    const standby = await own.stack("standby");
    const { smtpApplication, operatorObjectId } = cloud;
    const sessionSecret = "a secret of this rehearsal's own, 32 or more";
    await standby.setConfig(shop.standbyConfig({ smtpApplication, operatorObjectId, sessionSecret }));
    const { changes, steps } = await standby.preview();
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(steps.length).toBeGreaterThan(100);
  });
}, 240_000);
