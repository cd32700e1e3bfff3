import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Runs the program and sends a signal each time it says one of `cues`. */
async function run(
  mode: string,
  cues: Readonly<Record<string, NodeJS.Signals>> = {},
): Promise<{ lines: string[]; code: unknown }> {
  const child = spawn(
    process.execPath,
    ["--require", require.resolve("tsx/cjs"), path.join(__dirname, "programs/scoped.ts"), mode],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  started.push(child);
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    const pieces = (rest + text).split("\n");
    rest = pieces.pop() ?? "";
    for (const line of pieces) {
      lines.push(line);
      const signal = cues[line];
      if (signal !== undefined) child.kill(signal);
    }
  });
  const [code] = (await once(child, "close")) as unknown[];
  return { lines, code };
}

describe("withCleanup", () => {
  it("undoes in reverse order once the action is done", async () => {
    expect(await run("finish")).toEqual({
      lines: ["ready", "undoing second", "undid second", "undid first", "result: the result"],
      code: 0,
    });
  });

  it("undoes when the action fails, and passes its error on", async () => {
    expect(await run("throw")).toEqual({
      lines: ["ready", "undoing second", "undid second", "undid first", "error: the action failed"],
      code: 1,
    });
  });

  it("goes on undoing when one of it fails, and says which", async () => {
    expect(await run("failing-undo")).toEqual({
      lines: ["ready", "undoing second", "undid first", "error: could not clean up second"],
      code: 1,
    });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("undoes on %s and ends with 130", async (signal) => {
    expect(await run("wait", { ready: signal })).toEqual({
      lines: [
        "ready",
        "undoing second",
        "undid second",
        "undid first",
        "error: interrupted; safe to run again",
      ],
      code: 130,
    });
  });

  it("takes a Ctrl-C that comes twice for one, and waits for nothing at a later one", async () => {
    expect(await run("slow-undo", { ready: "SIGINT", "undoing second": "SIGINT", waited: "SIGINT" })).toEqual(
      {
        lines: ["ready", "undoing second", "waited", "dropped second", "dropped first"],
        code: 130,
      },
    );
  });

  it("ends with the reason that it is given, everything undone", async () => {
    expect(await run("fail")).toEqual({
      lines: ["ready", "undoing second", "undid second", "undid first", "error: a part of it is gone"],
      code: 3,
    });
  });
});
