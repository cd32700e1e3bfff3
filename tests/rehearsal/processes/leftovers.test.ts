import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { waitUntilGone } from "../../../rehearsal/processes/end";
import { identify, isAlive, type ProcessIdentity } from "../../../rehearsal/processes/identity";
import { clearLeftovers } from "../../../rehearsal/processes/leftovers";
import { RunFolder } from "../../../rehearsal/processes/run-folder";

const announcement = z.object({
  folder: z.string(),
  guard: z.number().optional(),
  children: z.array(z.number()).length(2),
});

let base: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), "leftovers-test-"));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await clearLeftovers(() => undefined, base);
  await rm(base, { recursive: true, force: true });
});

function identityOf(pid: number | undefined): ProcessIdentity {
  const found = pid === undefined ? undefined : identify(pid);
  if (found === undefined) throw new Error(`process ${String(pid)} is not running`);
  return found;
}

async function startOwner(
  guarded: boolean,
): Promise<{ owner: ChildProcess; folder: string; guard: number | undefined; children: ProcessIdentity[] }> {
  const owner = fork(path.join(__dirname, "programs/owner.ts"), [base, guarded ? "guarded" : "alone"], {
    execArgv: ["--require", require.resolve("tsx/cjs")],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  started.push(owner);
  const [message] = (await once(owner, "message")) as unknown[];
  const { folder, guard, children } = announcement.parse(message);
  return { owner, folder, guard, children: children.map(identityOf) };
}

async function killOutright(owner: ChildProcess): Promise<void> {
  const gone = once(owner, "exit");
  owner.kill("SIGKILL");
  await gone;
}

describe("a run whose owner is killed outright", () => {
  it("is ended by its guard, to the last process, and its folder removed", async () => {
    const { owner, folder, guard, children } = await startOwner(true);
    const guardIdentity = identityOf(guard);
    await killOutright(owner);
    expect(await waitUntilGone([...children, guardIdentity], 20_000)).toBe(true);
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("is ended by the next start where it had no guard", async () => {
    const { owner, folder, children } = await startOwner(false);
    await killOutright(owner);
    expect(children.every(isAlive)).toBe(true);
    const said: string[] = [];
    const cleared = await clearLeftovers((line) => said.push(line), base);
    expect(children.some(isAlive)).toBe(false);
    expect(cleared.map(({ ended, ...rest }) => ({ ...rest, ended: [...ended].sort() }))).toEqual([
      { folder, ended: ["meek", "other"], removed: true },
    ]);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^cleared a drill that did not end by itself: ended (meek, other|other, meek); removed /,
    );
    expect(await readdir(base)).toEqual([]);
  });
});

describe("clearLeftovers", () => {
  it("leaves a run alone that still goes on", async () => {
    const { folder, children } = await startOwner(false);
    expect(await clearLeftovers(() => undefined, base)).toEqual([]);
    expect(children.every(isAlive)).toBe(true);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it("never ends a process that merely has the number of one that was noted", async () => {
    const { owner, folder } = await startOwner(false);
    const bystander = spawn("sleep", ["600"], { stdio: "ignore" });
    started.push(bystander);
    const identity = identityOf(bystander.pid);
    await writeFile(
      path.join(folder, "processes", "bystander.json"),
      JSON.stringify({ pid: identity.pid, started: "1", name: "an earlier one" }),
    );
    await killOutright(owner);
    const [leftover] = await clearLeftovers(() => undefined, base);
    expect(leftover?.ended).not.toContain("an earlier one");
    expect(isAlive(identity)).toBe(true);
  });

  it("ends the processes of a run that was to be kept, and leaves its folder", async () => {
    const gone = { pid: process.pid, started: "1" };
    const run = await RunFolder.create(base);
    const child = spawn("sleep", ["600"], { stdio: "ignore" });
    started.push(child);
    await once(child, "spawn");
    await run.record("left", child.pid ?? 0);
    await writeFile(path.join(run.path, "run.json"), JSON.stringify({ owner: gone, kept: true }));
    expect(await clearLeftovers(() => undefined, base)).toEqual([
      { folder: run.path, ended: ["left"], removed: false },
    ]);
    expect(await clearLeftovers(() => undefined, base)).toEqual([]);
    expect((await stat(run.path)).isDirectory()).toBe(true);
  });

  it("removes a folder that was never finished once no start can still be at it", async () => {
    const young = path.join(base, "warm-standby-new-young0");
    const old = path.join(base, "warm-standby-new-old000");
    const other = path.join(base, "someone-elses");
    for (const folder of [young, old, other]) await mkdir(folder);
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const folder of [old, other]) await utimes(folder, hourAgo, hourAgo);
    await clearLeftovers(() => undefined, base);
    expect((await readdir(base)).sort()).toEqual(["someone-elses", "warm-standby-new-young0"]);
  });
});

describe("a run folder", () => {
  it("is closed to others, but for passing through where root made it", async () => {
    const run = await RunFolder.create(base);
    const mode = (await stat(run.path)).mode & 0o777;
    expect(mode).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
    expect((await stat(await run.folder("state"))).mode & 0o777).toBe(0o700);
    await run.remove();
    expect(await readdir(base)).toEqual([]);
  });
});
