import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import path from "node:path";
import { freePort } from "../../../rehearsal/cloud/free-port";
import { withPostgres } from "../../support/postgres";

const postgres = withPostgres();
const main = path.join(__dirname, "..", "..", "..", "rehearsal", "shop", "main.ts");

function start(env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), main], {
    env: { PATH: process.env["PATH"], ...env },
  });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; said: string }> {
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (said += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}

test("says what is missing and ends", async () => {
  const { code, said } = await ended(start({ PORT: "8080", SITE: "standby" }));
  expect(code).toBe(1);
  expect(said).toMatch(
    /^The shop cannot start\. Set these environment variables:\n {2}DATABASE_URL: missing\n/,
  );
  expect(said).not.toContain("    at ");
});

test("serves until SIGTERM, and ends well", async () => {
  const port = await freePort();
  const child = start({
    DATABASE_URL: await postgres.database(),
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: "9",
    SMTP_SECURITY: "none",
    MAIL_FROM: "orders@mail.example",
    IMAGE_BASE_URL: "https://images.example",
    PUBLIC_URL: "https://www.example",
    SESSION_SECRET: "a secret for tests only",
    SITE: "standby",
    PORT: String(port),
  });
  const end = ended(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const health = await fetch(`http://127.0.0.1:${String(port)}/healthz`);
  expect([health.status, health.headers.get("x-site")]).toEqual([200, "standby"]);
  child.kill("SIGTERM");
  expect((await end).code).toBe(0);
});
