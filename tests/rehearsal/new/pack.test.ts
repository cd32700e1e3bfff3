import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Workspace } from "../../../rehearsal/engine/workspace";
import { networkEnvironment } from "../../../rehearsal/network/environment";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { zoneId } from "../../../rehearsal/shop-of-the-story";
import { openStage, project } from "../../../rehearsal/stage";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "standby-pack-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm pack` makes of the repository's files, unpacked as npm installs it. */
function installed(into: string): string {
  const source = path.join(folder, "source");
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: project, encoding: "utf8" }).split("\0");
  for (const file of files.filter((each) => each !== "" && existsSync(path.join(project, each)))) {
    mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    cpSync(path.join(project, file), path.join(source, file));
  }
  symlinkSync(path.join(project, "node_modules"), path.join(source, "node_modules"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: source, stdio: "pipe" });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const place = path.join(into, "node_modules", "warm-standby");
  mkdirSync(place, { recursive: true });
  execFileSync("tar", ["-xzf", path.join(folder, tarball ?? ""), "-C", place, "--strip-components=1"]);
  expect(existsSync(path.join(source, "policy", "compiled.cjs"))).toBe(false);
  return path.join(place, "policy");
}

/** A project of somebody else's, in JavaScript, with a record as the story's was. */
function foreign(): string {
  const made = path.join(folder, "foreign");
  mkdirSync(path.join(made, "node_modules", "@pulumi"), { recursive: true });
  writeFileSync(
    path.join(made, "Pulumi.yaml"),
    "name: foreign\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(
    path.join(made, "package.json"),
    '{ "name": "foreign", "version": "1.0.0", "main": "index.js" }',
  );
  const record = {
    zoneId,
    name: "www.blanklabel.example",
    type: "A",
    content: "203.0.113.7",
    ttl: 3600,
    proxied: false,
  };
  writeFileSync(
    path.join(made, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("cloudflare:index/dnsRecord:DnsRecord", "www", ${JSON.stringify(record)});`,
  );
  return made;
}

test("the rules alone are compiled into the package, and hold a project of somebody else's to them", async () => {
  await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const { engine, cloud, run } = await openStage(scope, { clock, keep: false, say: () => undefined });
    const made = foreign();
    const policyPack = installed(made);
    expect(existsSync(path.join(policyPack, "compiled.cjs"))).toBe(true);
    // All that the compiled pack asks for: neither esbuild nor tsx, nor zod.
    for (const name of ["@pulumi/pulumi", "@pulumi/policy"])
      symlinkSync(path.join(project, "node_modules", name), path.join(made, "node_modules", name));
    const workspace = await Workspace.create({
      engine,
      project: made,
      folder: path.join(run.path, "foreign"),
      env: { ...networkEnvironment(cloud.network), ...cloud.operatorEnvironment },
      pathFolders: [cloud.pluginFolder],
    });
    const stack = await workspace.stack("dns");
    const { violations } = await stack.preview({ policyPack });
    expect(violations.map(({ policy, level, urn }) => [policy, level, urn?.split("::").at(-1)])).toEqual([
      ["cutover-record", "mandatory", "www"],
      ["cutover-record", "mandatory", "www"],
    ]);
    expect(violations.map(({ message }) => message).join("\n")).toMatch(
      /ttl of www is 3600; wanted: at most 60 seconds/,
    );
  });
}, 240_000);
