/** The data commands as they are run, by their exit code and their JSON. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { raiseIdentities, recordOffsetPolicy } from "../../../operations/data/offsets";
import { withPostgres } from "../../support/postgres";
import { query, rows, schema } from "./shop";

const server = withPostgres();
const root = path.resolve(__dirname, "../../..");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const standby = (environment: Record<string, string>, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["bin/standby.js", ...args],
      { cwd: root, env: { ...process.env, ...environment } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

async function pair(): Promise<Record<"PRIMARY" | "STANDBY", string>> {
  const [PRIMARY, STANDBY] = [await server.database(), await server.database()];
  await query(PRIMARY, schema + rows);
  await query(STANDBY, schema);
  return { PRIMARY, STANDBY };
}
const sides = ["--from", "env:PRIMARY", "--to", "env:STANDBY"];

test("--tables says what is to be known of tables: what is left out is listed, a file that is wrong is refused", async () => {
  const urls = await pair();
  const folder = mkdtempSync(path.join(os.tmpdir(), "standby-tables-"));
  const file = path.join(folder, "shop.yaml");
  try {
    writeFileSync(file, "tables: { exclude: [sessions] }\nreferences: [{ from: orders.total, to: none }]\n");
    const ran = await standby(
      urls,
      "sync",
      ...sides,
      "--offset",
      "9",
      "--dry-run",
      "--json",
      "--tables",
      file,
    );
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      leftOut: [{ table: "public.sessions", why: 'tables.exclude "sessions"' }],
      references: [
        { from: "public.orders.total", to: [], status: "denied", evidence: "standby.tables.yaml" },
      ],
      numbers: [],
      warnings: [],
    });
    writeFileSync(file, "tables: { exclude: sessions }\n");
    const wrong = await standby(urls, "identities", ...sides, "--offset", "9", "--tables", file);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toContain(`${file} is not valid:\n  tables.exclude (line 1) "sessions": `);
    expect(wrong.stderr).not.toMatch(/^\s+at /m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("sync, identities and reconcile print their documents and end with their codes", async () => {
  const urls = await pair();
  const synced = await standby(urls, "sync", ...sides, "--offset", "1500", "--json");
  expect(synced).toMatchObject({ code: 0 });
  expect(JSON.parse(synced.stdout)).toMatchObject({
    tables: expect.arrayContaining([
      {
        table: "public.orders",
        inserted: 300,
        updated: 0,
        deleted: 0,
        unchanged: 0,
        seconds: expect.any(Number) as number,
      },
    ]) as unknown,
    base: { at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string, rows: 1150 },
  });
  expect(synced.stderr).toContain("public.orders: 300 rows");

  const planned = await standby(urls, "identities", ...sides, "--offset", "5000", "--json");
  expect(JSON.parse(planned.stdout)).toMatchObject({ applied: false });
  expect((JSON.parse(planned.stdout) as { identities: unknown[] }).identities).toContainEqual({
    table: "public.orders",
    column: "id",
    kind: "sequence",
    maxFrom: 699,
    maxTo: 699,
    generatorFrom: 699,
    seed: 6001,
    offset: 5302,
    used: 0,
    headroom: 2302,
    typeMax: "9223372036854775807",
    status: "planned",
  });

  await query(urls.PRIMARY, "INSERT INTO orders (customer_id, total) VALUES (3, 3), (4, 4)");
  await query(urls.STANDBY, "INSERT INTO orders (id, customer_id, total) VALUES (701, 9, 9)");
  const done = await standby(urls, "reconcile", ...sides, "--json");
  expect(done.code).toBe(1);
  expect(JSON.parse(done.stdout)).toMatchObject({
    inserted: 1,
    updated: 0,
    deleted: 0,
    unchanged: 1150,
    remapped: [],
    merged: [],
    left: [],
    conflicts: [
      {
        table: "public.orders",
        key: "701",
        kind: "id-collision",
        source: { customer_id: "3", total: "3.00" },
        target: { customer_id: "9", total: "9.00" },
        held: [],
      },
    ],
    compared: "all",
    verified: true,
    dryRun: false,
  });

  const dry = await standby(urls, "reconcile", ...sides, "--remap", "orders", "--dry-run", "--json");
  expect(dry).toMatchObject({ code: 0 });
  expect(JSON.parse(dry.stdout)).toMatchObject({
    inserted: 1,
    remapped: [{ table: "public.orders", from: "701", to: null }],
  });
  const words = await standby(urls, "reconcile", ...sides, "--remap", "orders", "--dry-run");
  expect(words.stdout).toContain(
    "public.orders 701: would be brought over with a fresh id, which the run draws",
  );
  const remapped = await standby(urls, "reconcile", ...sides, "--remap", "orders", "--json");
  expect(remapped).toMatchObject({ code: 0 });
  const [moved] = (JSON.parse(remapped.stdout) as { remapped: { from: string; to: string }[] }).remapped;
  expect(await query(urls.STANDBY, `SELECT customer_id FROM orders WHERE id = ${moved?.to ?? "0"}`)).toEqual([
    { customer_id: 3 },
  ]);

  for (const url of [urls.PRIMARY, urls.STANDBY])
    await query(url, `UPDATE orders SET total = ${url === urls.PRIMARY ? 8 : 9} WHERE id IN (101, 103)`);
  const taken = ["--take", "source", "public.orders:101", "--take", "target", "public.orders"];
  const settled = await standby(urls, "reconcile", ...sides, ...taken, "--json");
  expect([settled.code, JSON.parse(settled.stdout)]).toMatchObject([0, { updated: 1, conflicts: [] }]);
  expect(
    await query(urls.STANDBY, "SELECT total::int FROM orders WHERE id IN (101, 103) ORDER BY id"),
  ).toEqual([{ total: 8 }, { total: 9 }]);
});

test("bad usage ends with 2 and says what to give", async () => {
  const urls = await pair();
  const none = await standby(urls, "sync", ...sides);
  expect(none).toMatchObject({ code: 2, stdout: "" });
  expect(none.stderr).toContain("give --offset N, or all of --rows-per-hour N");
  const part = await standby(urls, "identities", ...sides, "--rows-per-hour", "5");
  expect(part).toMatchObject({ code: 2 });
  expect(part.stderr).toContain("--tail-hours is missing");
  const side = await standby(urls, "reconcile", ...sides, "--take", "both", "public.orders");
  expect(side).toMatchObject({ code: 2 });
  expect(side.stderr).toContain(
    "--take both: a conflict is settled for source or target; give --take source TABLE",
  );
  const bad = await standby(urls, "sync", ...sides, "--offset", "many");
  expect(bad).toMatchObject({ code: 2 });
  expect(bad.stderr).toContain('--offset "many": must be a whole number');
});

test("a policy is only recorded before the first sync, and raises seeds from the base after it", async () => {
  const urls = await pair();
  const policy = { rowsPerHour: 10, tailHours: 16, syncAgeHours: 24, safety: 2 };
  await recordOffsetPolicy(urls.STANDBY, policy);
  expect(await raiseIdentities(urls.STANDBY, policy)).toMatchObject({
    from: "policy-only",
    note: expect.stringContaining("sync sets the identities") as string,
  });
  expect((await standby(urls, "sync", ...sides, "--json")).code).toBe(0);
  const larger = await raiseIdentities(urls.STANDBY, { ...policy, rowsPerHour: 100 });
  expect(larger.identities.find((one) => one.table === "public.customers")).toMatchObject({
    seed: 9000n,
    status: "raised",
  });
  const smaller = await raiseIdentities(urls.STANDBY, policy);
  expect(smaller.identities.every((one) => one.status === "enough")).toBe(true);
  await expect(recordOffsetPolicy(urls.STANDBY, { ...policy, safety: 0.5 })).rejects.toThrow(/safety/);
});
