import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../../rehearsal/engine/command";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { prodConfig, publicHost, zone, zoneId } from "../../../rehearsal/shop-of-the-story";
import { openStage, project } from "../../../rehearsal/stage";

/** The file that docs/adopting.md shows, for these records. */
function adoptionFile(www: string, apex: string): string {
  const page = readFileSync(path.join(project, "docs", "adopting.md"), "utf8");
  const shown = /```json\n([^`]+)```/.exec(page)?.[1];
  if (shown === undefined) throw new Error("docs/adopting.md shows no file");
  const { resources } = JSON.parse(shown.replace("<zone>/<record>", `${zoneId}/${www}`)) as {
    resources: object[];
  };
  const third = { name: "apex", logicalName: "www-apex", id: `${zoneId}/${apex}`, parent: "cutover" };
  return JSON.stringify({
    resources: [...resources, { type: "cloudflare:index/dnsRecord:DnsRecord", ...third }],
  });
}

test("a record that exists is adopted as docs/adopting.md says, and then only ever updated in place", async () => {
  await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const { run, workspace, engine, cloud } = await openStage(scope, {
      clock,
      keep: false,
      say: () => undefined,
    });
    const pulumi = async (...args: string[]): Promise<void> => {
      const { code, stderr, stdout } = await runCommand(engine.cli, {
        args: [...args, "--yes", "--non-interactive"],
        cwd: workspace.folder,
        env: workspace.env,
      });
      expect(`${String(code)} ${code === 0 ? "" : stderr + stdout}`).toBe("0 ");
    };
    // Records that are there, and a stack that knows nothing of them.
    const maker = await workspace.stack("prod");
    await maker.setConfig(prodConfig);
    await maker.up();
    await pulumi("stack", "rm", "--force", "--preserve-config", "--stack", "prod");
    const { records } = await cloud.control.call("snapshot", {});
    const idOf = (name: string): string => records.find((record) => record.name === name)?.id ?? "";
    const before = idOf(publicHost);

    const prod = await workspace.stack("prod");
    await expect(prod.up()).rejects.toThrow(/already exists/);
    const file = path.join(run.path, "adopt.json");
    writeFileSync(file, adoptionFile(before, idOf(zone)));
    await pulumi("import", "--file", file, "--stack", "prod", "--generate-code=false", "--protect=false");
    const { changes } = await prod.up();
    expect(Object.keys(changes).filter((op) => op !== "same" && op !== "update")).toEqual([]);

    const after = (await cloud.control.call("snapshot", {})).records.find(({ name }) => name === publicHost);
    expect(after?.id).toBe(before);
  });
}, 120_000);
