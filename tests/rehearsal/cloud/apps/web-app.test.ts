import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { startWebApp } from "../../../../rehearsal/cloud/apps";
import type { IssuedCertificate, WebApp, WebAppSettings } from "../../../../rehearsal/cloud/contracts";
import { cleanEnvironment } from "../../../../rehearsal/network/environment";
import { selfSigned } from "../../../support/certificate";

const apps = path.join(__dirname, "../../../../rehearsal/cloud/apps");
const frontDoor = "4d9c1f9e-0c37-4ce8-9a10-5f6f4ed2a3b1";
const settings: WebAppSettings = {
  name: "shop",
  hostNames: ["shop.azurewebsites.net", "www.blanklabel.example"],
  environment: { SITE: "standby" },
  folder: __dirname,
  command: `node --require ${require.resolve("tsx/cjs")} program.ts`,
  instances: 1,
  httpsOnly: true,
};
const answerShape = z.object({
  pid: z.number(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string(),
  environment: z.record(z.string(), z.string()),
  /** Requests for `/slow` that have come so far. */
  slow: z.number(),
});

let folder: string;
let certificate: IssuedCertificate;
let app: WebApp | undefined;

beforeAll(async () => {
  certificate = await selfSigned("shop.azurewebsites.net");
});
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const platform = (spawnEnvironment: NodeJS.ProcessEnv = cleanEnvironment()) => ({
  certificateFor: (hostName: string) =>
    Promise.resolve(hostName === "shop.azurewebsites.net" ? certificate : undefined),
  spawnEnvironment,
  logs: folder,
});
const start = async (over: Partial<WebAppSettings> = {}): Promise<WebApp> =>
  (app = await startWebApp({ ...settings, ...over }, platform()));

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const call = (
  options: { url?: string; host?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: app?.port,
        path: options.url ?? "/",
        method: options.body === undefined ? "GET" : "POST",
        servername: "shop.azurewebsites.net",
        ca: certificate.chain,
        headers: { host: options.host ?? "www.blanklabel.example", ...options.headers },
        agent: false,
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
const answered = async (options?: Parameters<typeof call>[0]) =>
  answerShape.parse(JSON.parse((await call(options)).text));

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that has ended stays listed until its parent, which may be gone, has asked for its exit code.
    const status = `/proc/${String(pid)}/status`;
    return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
};

test("hands a request on unchanged, host included, and says where it came from", async () => {
  await start();
  const answer = await answered({
    url: "/checkout?step=2",
    body: "name=Ada",
    headers: { "x-forwarded-for": "203.0.113.9", cookie: "session=1" },
  });
  expect(answer).toMatchObject({ method: "POST", url: "/checkout?step=2", body: "name=Ada" });
  expect(answer.headers).toMatchObject({
    host: "www.blanklabel.example",
    cookie: "session=1",
    "x-forwarded-for": "203.0.113.9, 127.0.0.1",
    "x-forwarded-proto": "https",
    "disguised-host": "www.blanklabel.example",
  });
  expect((await call()).headers["set-cookie"]).toEqual(["one=1", "two=2"]);
});

test("gives the process what is declared, App Service's own variables, and nothing else of ours", async () => {
  process.env["ARM_CLIENT_SECRET"] = "must not be seen";
  try {
    app = await startWebApp(
      {
        ...settings,
        environment: { SITE: "standby", NODE_OPTIONS: "--max-old-space-size=256", REHEARSAL_DNS: "taken" },
      },
      platform({ PATH: process.env["PATH"], NODE_OPTIONS: "--no-warnings", REHEARSAL_DNS: "127.0.0.1:53" }),
    );
    const { environment } = await answered();
    expect(Object.keys(environment).sort()).toEqual([
      // What keeps an app of the rehearsal to this machine.
      "HOST",
      "NODE_OPTIONS",
      "PATH",
      "PORT",
      // The shell's own.
      "PWD",
      "REHEARSAL_DNS",
      "SITE",
      "WEBSITE_HOSTNAME",
      "WEBSITE_INSTANCE_ID",
      "WEBSITE_SITE_NAME",
    ]);
    expect(environment).toMatchObject({
      NODE_OPTIONS: `--require ${JSON.stringify(path.join(apps, "tied.cjs"))} --no-warnings --max-old-space-size=256`,
      PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      REHEARSAL_DNS: "127.0.0.1:53",
      SITE: "standby",
      WEBSITE_HOSTNAME: "shop.azurewebsites.net",
      WEBSITE_SITE_NAME: "shop",
    });
  } finally {
    delete process.env["ARM_CLIENT_SECRET"];
  }
});

test("knows only its own host names", async () => {
  await start();
  expect(await call({ host: "shop.azurewebsites.net" })).toMatchObject({ status: 200 });
  expect(await call({ host: "other.example" })).toMatchObject({
    status: 404,
    text: "404 Web Site not found.\n",
  });
});

test("keeps out whoever does not come through its Front Door", async () => {
  await start({ onlyFrontDoor: frontDoor });
  const forbidden = {
    status: 403,
    text: "Error 403 - Forbidden\nThe web app you have attempted to reach has blocked your access.\n",
  };
  expect(await call()).toMatchObject(forbidden);
  expect(await call({ headers: { "x-azure-fdid": "00000000-0000-0000-0000-000000000000" } })).toMatchObject(
    forbidden,
  );
  expect(await call({ headers: { "x-azure-fdid": frontDoor } })).toMatchObject({ status: 200 });
});

test("keeps everyone out of a closed app", async () => {
  await start({ closed: true });
  expect(await call()).toMatchObject({ status: 403 });
  expect(await call({ headers: { "x-azure-fdid": frontDoor } })).toMatchObject({ status: 403 });
});

test("takes turns among its instances, and adds or removes some without touching the others", async () => {
  await start({ instances: 2 });
  const pids = async (): Promise<Set<number>> =>
    new Set([(await answered()).pid, (await answered()).pid, (await answered()).pid]);
  const two = await pids();
  expect(two.size).toBe(2);
  await app?.configure({ ...settings, instances: 3 });
  const three = await pids();
  expect([...three].filter((pid) => two.has(pid))).toHaveLength(2);
  expect(three.size).toBe(3);
  await app?.configure({ ...settings, instances: 1 });
  const [left = 0] = await pids();
  expect(two.has(left)).toBe(true);
  expect([...three].filter((pid) => pid !== left).map(alive)).toEqual([false, false]);
});

test("restarts its processes when their environment changes, and only then", async () => {
  await start();
  const before = await answered();
  await app?.configure({ ...settings, onlyFrontDoor: frontDoor });
  const headers = { "x-azure-fdid": frontDoor };
  expect((await answered({ headers })).pid).toBe(before.pid);

  const slow = answered({ url: "/slow", headers });
  while ((await answered({ headers })).slow === 0);
  await app?.configure({ ...settings, environment: { SITE: "primary" } });
  const after = await answered();
  expect(after.pid).not.toBe(before.pid);
  expect(after.environment["SITE"]).toBe("primary");
  expect(alive(before.pid)).toBe(false);
  // A request that was under way was answered by the old process.
  expect((await slow).pid).toBe(before.pid);
});

test("starts a process again that has crashed", async () => {
  await start();
  const before = await answered();
  expect((await call({ url: "/crash" })).status).toBe(502);
  let status = 503;
  while (status !== 200) status = (await call()).status;
  expect((await answered()).pid).not.toBe(before.pid);
  expect(readFileSync(path.join(folder, "shop-0.log"), "utf8")).toContain(
    "shop-0 ended; starting it again in 250 ms",
  );
});

test("answers 503 for an app that does not come up, and recovers with the next settings", async () => {
  await start({ environment: { REFUSE_TO_START: "1" } });
  expect(await call()).toMatchObject({ status: 503, text: "The service is unavailable.\n" });
  // What a process said may reach its log a moment after its end. Until the test's own limit.
  const log = path.join(folder, "shop-0.log");
  while (!readFileSync(log, "utf8").includes("refusing to start")) await sleep(20);
  await app?.configure(settings);
  expect((await call()).status).toBe(200);
});

test("is gone after stop, also while it starts", async () => {
  await start();
  const { pid } = await answered();
  const port = app?.port;
  const restarting = app?.configure({ ...settings, environment: {} });
  await app?.stop();
  await restarting;
  expect(alive(pid)).toBe(false);
  await expect(call()).rejects.toMatchObject({ code: "ECONNREFUSED", port });
});

test("does not outlive a parent that is killed", async () => {
  const program = path.join(folder, "parent.ts");
  writeFileSync(
    program,
    `import { startWebApp } from ${JSON.stringify(apps)};
     const certificate = ${JSON.stringify(certificate)};
     void startWebApp(${JSON.stringify(settings)}, {
       certificateFor: () => Promise.resolve(certificate),
       spawnEnvironment: { PATH: process.env.PATH },
       logs: ${JSON.stringify(folder)},
     }).then((app) => console.log(app.port));`,
  );
  const parent = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => parent.once("close", resolve));
  try {
    const port = Number(await new Promise<string>((resolve) => parent.stdout.once("data", resolve)));
    app = { port, configure: () => Promise.resolve(), stop: () => Promise.resolve() };
    const { pid } = await answered();
    expect(alive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await ended;
    while (alive(pid)) await sleep(20);
    expect(existsSync(path.join(folder, "shop-0.log"))).toBe(true);
  } finally {
    parent.kill("SIGKILL");
  }
});
