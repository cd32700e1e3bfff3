import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  ProgramInfo,
  RunPluginRequest,
  RunRequest,
  type RunPluginResponse,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import { waitUntilGone } from "../../../rehearsal/processes/end";
import { identify } from "../../../rehearsal/processes/identity";

const hostModule = path.join(__dirname, "../../../rehearsal/engine/language-host/host.cjs");
const report = path.join(__dirname, "programs/report.cjs");
const project = path.join(__dirname, "project");
const runners = path.dirname(path.dirname(require.resolve("@pulumi/pulumi/cmd/run/index.js")));

const reported = z.object({
  pid: z.number(),
  command: z.array(z.string()),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
});

let folder: string;
let reportTo: string;
let host: ChildProcess;
let client: LanguageRuntimeClient;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "language-host-test-"));
  reportTo = path.join(folder, "report.json");
});

afterEach(async () => {
  client.close();
  host.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

async function startHost(end: string): Promise<void> {
  const started = spawn(process.execPath, [hostModule, "-root=.", "127.0.0.1:1"], {
    env: { PATH: process.env["PATH"], REPORT_TO: reportTo, REPORT_END: end },
    stdio: ["ignore", "pipe", "inherit"],
  });
  host = started;
  output = "";
  const lines = createInterface(started.stdout);
  const [port] = (await once(lines, "line")) as unknown[];
  lines.on("line", (line) => (output += line));
  client = new LanguageRuntimeClient(`127.0.0.1:${String(port)}`, credentials.createInsecure());
}

function programInfo(options: Record<string, string | boolean>): ProgramInfo {
  const info = new ProgramInfo();
  info.setRootDirectory(project).setProgramDirectory(project).setEntryPoint("main.js");
  return info.setOptions(
    Struct.fromJavaScript({ nodeargs: `--no-warnings --require ${report}`, ...options }),
  );
}

function runProgram(options: Record<string, string | boolean> = {}): Promise<RunResponse> {
  const request = new RunRequest();
  request.setProject("the-project").setStack("the-stack").setOrganization("organization").setPwd(project);
  request.setMonitorAddress("127.0.0.1:2").setParallel(16).setDryrun(true).setInfo(programInfo(options));
  request.getConfigMap().set("the-project:word", "hello");
  request.setConfigsecretkeysList(["the-project:token"]);
  return new Promise((resolve, reject) => {
    client.run(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

const readReport = async (): Promise<z.infer<typeof reported>> =>
  reported.parse(JSON.parse(await readFile(reportTo, "utf8")));

describe("the language host", () => {
  it("starts a program as the SDK's runner expects it", async () => {
    await startHost("0");
    expect((await runProgram()).toObject()).toEqual({ error: "", bail: false });
    const { command, cwd, env } = await readReport();
    expect(command).toEqual([
      path.join(runners, "run", "index.js"),
      ...["--monitor", "127.0.0.1:2", "--engine", "127.0.0.1:1", "--organization", "organization"],
      ...["--project", "the-project", "--stack", "the-stack", "--root-directory", project, "--pwd", project],
      ...["--parallel", "16", "--dry-run", "main.js"],
    ]);
    expect(cwd).toBe(project);
    expect(env).toEqual({
      PULUMI_CONFIG: '{"the-project:word":"hello"}',
      PULUMI_CONFIG_SECRET_KEYS: '["the-project:token"]',
      PULUMI_NODEJS_TYPESCRIPT: "true",
    });
    expect(output).toBe("said by the program");
  });

  it("honours typescript: false", async () => {
    await startHost("0");
    await runProgram({ typescript: false });
    expect((await readReport()).env).not.toHaveProperty("PULUMI_NODEJS_TYPESCRIPT");
  });

  it.each([
    ["32", { error: "", bail: true }],
    ["3", { error: "Program exited with non-zero exit code: 3", bail: false }],
    ["signal", { error: "Program was ended by SIGKILL", bail: false }],
  ])("tells how a program ended: %s", async (end, expected) => {
    await startHost(end);
    expect((await runProgram()).toObject()).toEqual(expected);
  });

  it("refuses options that it cannot read, and says which", async () => {
    await startHost("0");
    await expect(runProgram({ nodeargs: true })).rejects.toThrow("runtime option nodeargs must be a string");
  });

  it("ends its programs when it is cancelled", async () => {
    await startHost("stay");
    const ended = runProgram();
    while ((await stat(reportTo).catch(() => undefined)) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise<void>((resolve, reject) => {
      client.cancel(new Empty(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    expect((await ended).getError()).toBe("Program was ended by SIGTERM");
    const identity = identify((await readReport()).pid);
    expect(identity === undefined || (await waitUntilGone([identity], 1_000))).toBe(true);
  });

  it("streams a policy pack's output and exit code", async () => {
    await startHost("7");
    const request = new RunPluginRequest();
    request.setPwd("/").setKind("analyzer").setArgsList(["127.0.0.1:3"]).setInfo(programInfo({}));
    const stream = client.runPlugin(request);
    const received: RunPluginResponse[] = [];
    stream.on("data", (message: RunPluginResponse) => received.push(message));
    await once(stream, "end");
    const printed = received.map((message) => Buffer.from(message.getStdout_asU8()).toString()).join("");
    expect(printed).toBe("said by the program\n");
    expect(received.at(-1)?.getExitcode()).toBe(7);
    const { command, cwd } = await readReport();
    expect(command).toEqual([path.join(runners, "run-policy-pack", "index.js"), "127.0.0.1:3", project]);
    expect(cwd).toBe(project);
  });
});
