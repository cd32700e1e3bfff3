import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { fork } from "node:child_process";
import { once } from "node:events";
import { Issuer } from "../../../rehearsal/cloud/authority/issuer";
import { findEngine, type Engine, type FindOptions } from "../../../rehearsal/engine/find";
import { engineVersion, minimumVersion, unsuitable } from "../../../rehearsal/engine/versions";
import { waitUntilGone } from "../../../rehearsal/processes/end";
import { identify } from "../../../rehearsal/processes/identity";

const preload = path.join(__dirname, "../../../rehearsal/network/preload.cjs");
const platform = `${process.platform}-${process.arch}`;

let base: string;
let bin: string;
let env: NodeJS.ProcessEnv;
let said: string[];
let server: Server | undefined;

beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), "find-test-"));
  bin = path.join(base, "bin");
  await mkdir(bin);
  said = [];
  await writeFile(path.join(base, "routes.json"), "{}");
  env = {
    PATH: bin,
    HOME: base,
    // No name is known to this network, and what is reached is what a test serves.
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
    REHEARSAL_ROUTES: path.join(base, "routes.json"),
    REHEARSAL_DNS: "127.0.0.1:9",
  };
});

afterEach(async () => {
  stopServing();
  await rm(base, { recursive: true, force: true });
});

const cache = (): string => path.join(base, ".cache", "warm-standby", "engine");

async function script(name: string, text: string): Promise<void> {
  const file = path.join(bin, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${text}\n`);
  await chmod(file, 0o755);
}

const prints = (version: string): string => `echo '${version}'`;

/** A `go` that counts its runs in `builds`, checks that it stands in our module, and writes a `pulumi`. */
const fakeGo = (printed = `v${engineVersion}`, before = ""): string => `
echo x >> ${base}/builds
grep -q 'github.com/pulumi/pulumi/pkg/v3 v${engineVersion}' go.mod && test -s go.sum || { echo 'no module' >&2; exit 9; }
echo 'go: downloading example.com/one v1.0.0' >&2
echo 'example.com/one/package' >&2
${before}
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
printf '#!/bin/sh\\necho ${printed}\\n' > "$2"
chmod +x "$2"`;

let launchers = 0;
const find = (more: Partial<FindOptions> = {}): Promise<Engine> =>
  findEngine({
    launchers: path.join(base, `launchers-${String((launchers += 1))}`),
    say: (line) => said.push(line),
    env,
    ...more,
  });

const builds = async (): Promise<number> => (await readFile(path.join(base, "builds"), "utf8")).length / 2;

function stopServing(): void {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
}

/** Serves get.pulumi.com; no answer at all where there is no script. */
async function serveInstaller(installScript: string | undefined): Promise<void> {
  stopServing();
  const issuer = await Issuer.create();
  const { chain, key } = await issuer.issue(["get.pulumi.com"]);
  const served = createServer({ cert: chain, key }, (_request, response) => {
    if (installScript !== undefined) response.end(installScript);
  });
  served.listen(0, "127.0.0.1");
  await once(served, "listening");
  server = served;
  const { port } = served.address() as AddressInfo;
  await writeFile(path.join(base, "routes.json"), JSON.stringify({ "get.pulumi.com:443": port }));
  await writeFile(path.join(base, "root.pem"), issuer.root);
  env["NODE_EXTRA_CA_CERTS"] = path.join(base, "root.pem");
}

describe("a CLI on PATH", () => {
  it("is taken, with a language host where it has none", async () => {
    await script("pulumi", prints("v3.300.1"));
    const engine = await find();
    expect(engine).toMatchObject({ cli: path.join(bin, "pulumi"), version: "3.300.1", source: "path" });
    const [folder] = engine.pathFolders;
    expect((await readdir(folder ?? "")).sort()).toEqual([
      "node",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
  });

  it("keeps its own language host", async () => {
    await script("pulumi", prints(`v${minimumVersion}`));
    await script("pulumi-language-nodejs", "exit 0");
    await script("pulumi-resource-pulumi-nodejs", "exit 0");
    const { pathFolders } = await find();
    expect(await readdir(pathFolders[0] ?? "")).toEqual(["node"]);
  });

  it("is passed over when it is too old, and the reason said", async () => {
    await script("pulumi", prints("v3.100.0"));
    await script("go", fakeGo());
    expect(await find()).toMatchObject({ source: "go-module", version: engineVersion });
    expect(said[0]).toBe(
      `not taken from PATH: ${bin}/pulumi: 3.100.0 is too old; ${minimumVersion} or a later 3.x is wanted, since ` +
        `the program's SDK is ${minimumVersion} and an older engine may lack what it asks for`,
    );
  });

  it.each([
    [minimumVersion, undefined],
    ["v3.259.0-alpha.1700000000", undefined],
    ["v4.0.0", `4.0.0 is of another major version; ${minimumVersion} or a later 3.x is wanted`],
    ["", `its version cannot be read (""); ${minimumVersion} or a later 3.x is wanted`],
  ])("%p is judged by its version", (printed, verdict) => {
    expect(unsuitable(printed)).toBe(verdict);
  });
});

describe("the official release", () => {
  it("is fetched by its own installer and kept", async () => {
    await serveInstaller(`#!/bin/sh
PATH=/usr/bin:/bin
while [ $# -gt 0 ]; do case "$1" in --install-root) root=$2;; --version) version=$2;; esac; shift; done
mkdir -p "$root/bin"
printf '#!/bin/sh\\necho v%s\\n' "$version" > "$root/bin/pulumi"
chmod +x "$root/bin/pulumi"
`);
    const kept = path.join(cache(), `release-${engineVersion}-${platform}`);
    const engine = { source: "release", version: engineVersion, cli: path.join(kept, "bin", "pulumi") };
    expect(await find()).toMatchObject(engine);
    expect(said).toEqual([`installing the Pulumi CLI ${engineVersion} from get.pulumi.com`]);
    stopServing();
    expect(await find()).toMatchObject(engine);
    expect(await readdir(cache())).toEqual([path.basename(kept)]);
  });

  it("is given up when its installer fails or its server does not answer", async () => {
    await serveInstaller("echo 'no such platform' >&2; exit 4");
    await expect(find()).rejects.toThrow(`2. the official release ${engineVersion}: no such platform\n`);
    await serveInstaller(undefined);
    await expect(find({ limits: { reach: 200 } })).rejects.toThrow(
      `2. the official release ${engineVersion}: https://get.pulumi.com was not reached: no answer within 0.2 s\n`,
    );
    await serveInstaller("/bin/sleep 60");
    await expect(find({ limits: { install: 1_500 } })).rejects.toThrow(
      `2. the official release ${engineVersion}: the download was not done within 1.5 s\n`,
    );
    expect(await readdir(cache())).toEqual([]);
  });
});

describe("a build from the Go module", () => {
  it("is made once and kept", async () => {
    await script("go", fakeGo());
    const kept = path.join(cache(), `go-module-${engineVersion}-${platform}`);
    const engine = { source: "go-module", version: engineVersion, cli: path.join(kept, "bin", "pulumi") };
    expect(await find()).toMatchObject(engine);
    expect(await find()).toMatchObject(engine);
    expect(await builds()).toBe(1);
    expect(await readdir(cache())).toEqual([path.basename(kept)]);
    expect(said).toEqual([
      `building the Pulumi CLI ${engineVersion} from its Go module, once on this machine: about four minutes on two cores`,
    ]);
  });

  it("says how far it is", async () => {
    await script("go", fakeGo(undefined, "sleep 1"));
    await find({ limits: { progress: 200 } });
    expect(said.at(-1)).toMatch(/^building the Pulumi CLI: \d s, 1 modules fetched, 1 packages compiled$/);
  });

  it("is made by one where two want it at once", async () => {
    await script("go", fakeGo(undefined, "sleep 1"));
    const worker = path.join(__dirname, "programs/find.ts");
    const exits = [1, 2].map(async (number) => {
      const child = fork(worker, [path.join(base, `worker-${String(number)}`)], {
        env,
        execArgv: ["--require", require.resolve("tsx/cjs")],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const [code] = (await once(child, "exit")) as unknown[];
      return code;
    });
    expect(await Promise.all(exits)).toEqual([0, 0]);
    expect(await builds()).toBe(1);
  });

  it("leaves nothing when it is interrupted", async () => {
    await script("go", fakeGo(undefined, `echo $$ > ${base}/pid; sleep 60`));
    const abort = new AbortController();
    const looking = find({ signal: abort.signal });
    const pid = await appears(path.join(base, "pid"));
    const identity = identify(Number(pid));
    abort.abort(new Error("enough"));
    await expect(looking).rejects.toThrow("enough");
    expect(identity === undefined || (await waitUntilGone([identity], 0))).toBe(true);
    expect(await readdir(cache())).toEqual([]);
  });

  it("is begun anew where its maker was killed outright", async () => {
    await script("go", fakeGo(undefined, `echo $$ > ${base}/pid; exec sleep 60`));
    const maker = fork(path.join(__dirname, "programs/find.ts"), [path.join(base, "worker")], {
      env,
      execArgv: ["--require", require.resolve("tsx/cjs")],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const pid = Number(await appears(path.join(base, "pid")));
    const gone = once(maker, "exit");
    maker.kill("SIGKILL");
    await gone;
    process.kill(pid, "SIGKILL");
    expect((await readdir(cache())).some((name) => name.endsWith(".lock"))).toBe(true);
    await script("go", fakeGo());
    expect(await find()).toMatchObject({ source: "go-module" });
    expect((await readdir(cache())).filter((name) => name.includes("unfinished"))).toEqual([]);
    expect((await readdir(cache())).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });
});

describe("where no way works", () => {
  it("names all three and what each said", async () => {
    await expect(find()).rejects.toMatchObject({
      exitCode: 3,
      message: [
        `no Pulumi CLI (${minimumVersion} or a later 3.x) could be had. Tried in this order:`,
        "  1. an installed pulumi on PATH: there is none",
        `  2. the official release ${engineVersion}: https://get.pulumi.com was not reached: connect ENOTFOUND get.pulumi.com:443: the rehearsal serves no such host`,
        `  3. a build of its official Go module, ${engineVersion}: there is no go on PATH`,
        "Install Pulumi (https://www.pulumi.com/docs/install/), or let this machine reach get.pulumi.com,",
        "or install Go (https://go.dev/dl/) and let it reach its module proxy; then run this again.",
      ].join("\n"),
    });
  });

  it("passes on what a failing CLI and a failing build say", async () => {
    await script("pulumi", "echo 'no such library' >&2; exit 127");
    await script("go", "echo 'dial tcp: lookup proxy.golang.org: no such host' >&2; exit 1");
    await expect(find()).rejects.toThrow(
      new RegExp(
        [
          `1\\. an installed pulumi on PATH: ${bin}/pulumi version failed: no such library`,
          ".*",
          `3\\. a build .*: ${bin}/go build failed: dial tcp: lookup proxy\\.golang\\.org: no such host`,
        ].join("\n *"),
      ),
    );
    expect(await readdir(cache())).toEqual([]);
  });

  it("says so when nothing can be kept", async () => {
    await script("go", fakeGo());
    await writeFile(path.join(base, ".cache"), "a file where a folder should be");
    await expect(find()).rejects.toThrow(/3\. a build .*: (ENOTDIR|EEXIST): /);
  });
});

async function appears(file: string): Promise<string> {
  for (;;) {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && found.size > 0) return readFile(file, "utf8");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
