import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cleanEnvironment } from "../../../rehearsal/network/environment";
import { waitUntilGone } from "../../../rehearsal/processes/end";
import { descendants, identify, type ProcessIdentity } from "../../../rehearsal/processes/identity";
import { findEngine, type Engine } from "../../../rehearsal/engine/find";
import { Secret } from "../../../rehearsal/engine/settings";
import { Workspace } from "../../../rehearsal/engine/workspace";
import type { Stack } from "../../../rehearsal/engine/stack";

// Engines on a busy machine.
jest.setTimeout(180_000);

const project = path.join(__dirname, "project");
const policyPack = path.join(__dirname, "pack");
const secretToken = "a-token-nobody-may-see";

let base: string;
let engine: Engine;
let workspace: Workspace;
let stack: Stack;
const recorded: number[] = [];

beforeAll(async () => {
  process.env["ENGINE_TEST_INHERITED"] = "something";
  base = await mkdtemp(path.join(os.tmpdir(), "engine-test-"));
  engine = await findEngine({ launchers: path.join(base, "launchers"), say: (line) => console.log(line) });
  workspace = await Workspace.create({
    engine,
    project,
    folder: path.join(base, "work"),
    env: cleanEnvironment(),
    patience: 1_000,
    record: (_name, pid) => {
      recorded.push(pid);
      return Promise.resolve();
    },
  });
  stack = await workspace.stack("first");
  await stack.setConfig({ word: "hello", keys: { deep: { token: new Secret(secretToken) } } });
}, 600_000);

afterAll(async () => {
  delete process.env["ENGINE_TEST_INHERITED"];
  await rm(base, { recursive: true, force: true });
});

/** Every file below a folder, with its text. */
async function texts(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<[string, string]> => {
        const file = path.join(entry.parentPath, entry.name);
        return [file, await readFile(file, "utf8")];
      }),
  );
}

const wordUrn = "urn:pulumi:first::engine-test::pulumi-nodejs:dynamic:Resource::word";

describe("a stack on the real engine", () => {
  it("goes up, and says what it made", async () => {
    const run = await stack.up();
    expect(run.changes).toEqual({ create: 2 });
    expect(run.steps).toContainEqual({
      op: "create",
      urn: wordUrn,
      type: "pulumi-nodejs:dynamic:Resource",
      name: "word",
      changed: [],
    });
    expect(run.outputs).toMatchObject({ word: "hello", token: "[secret]", siblingWord: "none" });
  });

  it("gives the program the environment it was given, and nothing besides", async () => {
    expect(await stack.outputs()).toMatchObject({ inherited: "nothing", rootNodeOptions: "none" });
  });

  it("changes nothing when nothing changed", async () => {
    expect((await stack.preview()).changes).toEqual({ same: 2 });
    expect((await stack.preview()).steps).toEqual([]);
  });

  it("keeps secrets encrypted in every file, shows them when asked, and writes no file in place", async () => {
    expect(await stack.outputs()).toMatchObject({ token: "[secret]" });
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ token: secretToken });
    const files = await texts(path.join(base, "work"));
    expect(files.map(([file]) => path.basename(file))).toContain("Pulumi.first.yaml");
    expect(files.filter(([file]) => file.endsWith(".attrs"))).toEqual([]);
    expect(files.filter(([, text]) => text.includes(secretToken)).map(([file]) => file)).toEqual([]);
  });

  it("plans and makes exactly the update that a changed value asks for", async () => {
    await stack.setConfig({ word: "goodbye" });
    const update = { op: "update", urn: wordUrn, type: "pulumi-nodejs:dynamic:Resource", name: "word" };
    const planned = await stack.preview();
    expect(planned.changes).toEqual({ same: 1, update: 1 });
    expect(planned.steps).toEqual([{ ...update, changed: ["word"] }]);
    const made = await stack.up();
    expect(made.changes).toEqual({ same: 1, update: 1 });
    expect(made.steps).toEqual([{ ...update, changed: ["word"] }]);
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ word: "goodbye", token: secretToken });
  });

  it("lets one stack refer to another", async () => {
    const second = await workspace.stack("second");
    await second.setConfig({
      word: "second",
      sibling: stack.fullName,
      keys: { deep: { token: new Secret("x") } },
    });
    expect((await second.up()).outputs).toMatchObject({ siblingWord: "goodbye" });
    await second.destroy();
    await second.remove();
    await expect(access(second.configFile)).rejects.toThrow("ENOENT");
  });

  it("reports what policies say, mandatory or not", async () => {
    await stack.setConfig({ word: "rude" });
    const run = await stack.preview({ policyPack });
    expect(run.succeeded).toBe(false);
    expect([...run.violations].sort((a, b) => a.policy.localeCompare(b.policy))).toEqual([
      { policy: "long", level: "advisory", urn: wordUrn, message: "Words are long.\ntoo short" },
      {
        policy: "polite",
        level: "mandatory",
        urn: wordUrn,
        message: "Words are polite.\nsay something else",
      },
    ]);
    await expect(stack.up({ policyPack })).rejects.toThrow(
      `pulumi up of the stack first failed:\n  polite: ${wordUrn}: Words are polite.\nsay something else`,
    );
    await stack.setConfig({ word: "a longer word" });
    expect((await stack.preview({ policyPack })).violations).toEqual([]);
  });

  it("passes on what a failing program says", async () => {
    await stack.setConfig({ how: "throw" });
    await expect(stack.up()).rejects.toMatchObject({
      name: "Fault",
      exitCode: 3,
      message: expect.stringContaining("the program does not like it") as string,
    });
    await stack.setConfig({ how: undefined });
  });

  it("refreshes, exports, and is made only once", async () => {
    expect((await stack.refresh()).succeeded).toBe(true);
    expect(await stack.export()).toMatchObject({
      version: 3,
      deployment: { resources: expect.any(Array) as unknown[] },
    });
    await workspace.stack("first");
    expect(await stack.outputs()).toMatchObject({ word: "goodbye" });
  });

  describe("that hangs", () => {
    let slow: Stack;
    let tree: ProcessIdentity[];

    beforeEach(async () => {
      tree = [];
      slow = await workspace.stack("slow");
      await slow.setConfig({ word: "slow", how: "hang", keys: { deep: { token: new Secret("x") } } });
    });

    /** Goes up, and calls back once the resource that hangs is being made. */
    const upUntilItHangs = (
      then: (engine: ProcessIdentity) => void,
      signal?: AbortSignal,
    ): Promise<unknown> =>
      slow.up({
        signal,
        onEvent: (event) => {
          if (event.resourcePreEvent?.metadata.type !== "pulumi-nodejs:dynamic:Resource") return;
          const root = identify(recorded.at(-1) ?? 0);
          if (root === undefined) throw new Error("the engine is not running");
          tree.push(root, ...descendants(root));
          then(root);
        },
      });

    /** The engine, the language host, the program and the dynamic provider are gone, and another run just works. */
    async function expectNothingLeft(): Promise<void> {
      expect(tree.length).toBeGreaterThanOrEqual(4);
      expect(await waitUntilGone(tree, 5_000)).toBe(true);
      await slow.setConfig({ how: undefined });
      expect((await slow.up()).outputs).toMatchObject({ word: "slow" });
      await slow.destroy();
      await slow.remove();
    }

    it("is ended when it is told to, to the last process", async () => {
      const abort = new AbortController();
      await expect(upUntilItHangs(() => abort.abort(new Error("enough")), abort.signal)).rejects.toThrow(
        "enough",
      );
      await expectNothingLeft();
    });

    it("leaves no lock and no process when its engine is killed outright", async () => {
      const up = upUntilItHangs(({ pid }) => process.kill(pid, "SIGKILL"));
      await expect(up).rejects.toThrow(
        /^pulumi up of the stack slow failed:\n {2}the engine was ended by force\n {2}its log is .*slow\.log$/,
      );
      await expectNothingLeft();
    });
  });

  it("is destroyed, and the project's own folder was never written to", async () => {
    expect((await stack.destroy()).changes).toEqual({ delete: 2 });
    await stack.remove();
    expect((await readdir(project)).sort()).toEqual(["Pulumi.yaml", "index.ts", "package.json"]);
  });
});

it("says what is wrong with a project file", async () => {
  const folder = path.join(base, "none");
  await expect(
    Workspace.create({ engine, project: base, folder, env: cleanEnvironment() }),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: `${path.join(base, "Pulumi.yaml")} is no Pulumi project file: a name is wanted, and YAML that can be read`,
  });
});
