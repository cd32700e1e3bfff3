/** The resource on the real engine, with its database on a real PostgreSQL. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cleanEnvironment } from "../../../rehearsal/network/environment";
import { runCommand } from "../../../rehearsal/engine/command";
import { findEngine } from "../../../rehearsal/engine/find";
import { Secret } from "../../../rehearsal/engine/settings";
import type { Stack } from "../../../rehearsal/engine/stack";
import { Workspace } from "../../../rehearsal/engine/workspace";
import { query, rows, schema } from "../../operations/data/shop";
import { sync } from "../../operations/data/sides";
import { withPostgres } from "../../support/postgres";

// Engines on a busy machine.
jest.setTimeout(300_000);

const root = path.join(__dirname, "../../..");
const server = withPostgres();
const policy = { rowsPerHour: 10, tailHours: 16, syncAgeHours: 24, safety: 2 };

const program = `
  import * as pulumi from "@pulumi/pulumi";
  import { IdentityOffsets } from "./components/dynamic/identity-offsets";
  const config = new pulumi.Config();
  const offsets = new IdentityOffsets("offsets", {
    databaseUrl: config.requireSecret("databaseUrl"),
    rowsPerHour: config.requireNumber("rowsPerHour"),
    tailHours: 16, syncAgeHours: 24, safety: 2,
  }, {});
  export const status = offsets.status;`;

let folder: string;
let workspace: Workspace;
let stack: Stack;
let standby: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "offsets-test-"));
  const project = path.join(folder, "..", path.basename(folder));
  for (const name of ["components", "operations", "settings", "bin", "node_modules", "tsconfig.json"])
    symlinkSync(path.join(root, name), path.join(project, name));
  writeFileSync(path.join(project, "index.ts"), program);
  writeFileSync(
    path.join(project, "Pulumi.yaml"),
    'name: offsets-test\nmain: index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: "--require ./bin/program.cjs"\n',
  );
  writeFileSync(path.join(project, "package.json"), '{"name": "offsets-test", "main": "index.ts"}');
  const engine = await findEngine({
    launchers: path.join(folder, "launchers"),
    say: (line) => console.log(line),
  });
  workspace = await Workspace.create({
    engine,
    project,
    folder: path.join(folder, "work"),
    env: cleanEnvironment(),
  });
  stack = await workspace.stack("standby");
  standby = await server.database();
  await stack.setConfig({ databaseUrl: new Secret(standby), rowsPerHour: policy.rowsPerHour });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `pulumi preview --diff` shows an operator, in lines. */
async function preview(): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommand(workspace.engine.cli, {
    args: ["preview", "--diff", "--stack", "standby", "--non-interactive", "--color", "never"],
    cwd: workspace.folder,
    env: workspace.env,
  });
  if (code !== 0) throw new Error(stderr);
  return `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
}

/** The lines of a preview that say what differs, without the heads of what they belong to. */
const differences = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => /^[+~-] (public|rowsPerHour|policy|customers)/.test(line))
    .map((line) => line.replace(/ +:/, ":"));

async function expectNoDifference(): Promise<void> {
  expect((await stack.up()).changes).toEqual({ same: 2 });
}

const last = async (sequence: string) =>
  (await query(standby, `SELECT last_value::text AS last FROM ${sequence}`))[0]?.["last"];

test("an empty database takes the policy, and a second up finds no difference", async () => {
  const shown = (await preview()).join("\n");
  expect(shown).toContain("identity offsets: the database holds no tables yet; the first sync sets them");
  expect(shown).toContain("2 to create");
  expect((await stack.up()).outputs).toMatchObject({ status: "recorded" });
  await expectNoDifference();
});

test("after the first sync its tables show as covered, once", async () => {
  const primary = await server.database();
  await query(primary, schema + rows);
  await query(standby, schema);
  await sync(primary, standby, { rule: undefined });
  expect(differences(await preview())).toEqual([
    '+ public.addresses.id: "832"',
    '+ public.customers.id: "832"',
    '+ public.orders.id: "1664"',
    '+ public.payments.id: "832"',
  ]);
  await stack.up();
  await expectNoDifference();
});

test("a table added since shows as a change, and that the next sync sets it", async () => {
  await query(standby, "CREATE TABLE gifts (id serial PRIMARY KEY)");
  const shown = await preview();
  expect(differences(shown)).toEqual(['+ public.gifts.id: "832"']);
  expect(shown.join("\n")).toContain("public.gifts.id came since the last sync; the next one sets them");
  await stack.up();
  await expectNoDifference();
});

test("a changed policy shows what would move, moves it, and then nothing differs", async () => {
  const before = await last("customers_id_seq");
  await stack.setConfig({ rowsPerHour: 1000 });
  expect(differences(await preview())).toEqual([
    '~ public.addresses.id: "832" => "80032"',
    '~ public.customers.id: "832" => "80032"',
    '~ public.gifts.id: "832" => "80032"',
    '~ public.orders.id: "1664" => "160064"',
    '~ public.payments.id: "832" => "80032"',
    '+ policy: "is recorded"',
    '+ public.addresses.id: "900 -> 90,000 (+89,100)"',
    '+ public.customers.id: "900 -> 90,000 (+89,100)"',
    '+ public.orders.id: "3,001 -> 200,001 (+197,000)"',
    '+ public.payments.id: "1,000 -> 90,000 (+89,000)"',
    "~ rowsPerHour: 10 => 1000",
  ]);
  expect(await last("customers_id_seq")).toBe(before);
  await stack.up();
  expect([before, await last("customers_id_seq")]).toEqual(["900", "90000"]);
  await expectNoDifference();
});

test("an identity that somebody lowered is raised again, and a smaller policy lowers none", async () => {
  await query(standby, "SELECT setval('customers_id_seq', 60)");
  // What the last update did is gone from the inputs with it.
  expect(differences(await preview()).filter((line) => line.startsWith("+"))).toEqual([
    '+ public.customers.id: "60 -> 90,000 (+89,940)"',
  ]);
  await stack.up();
  expect(await last("customers_id_seq")).toBe("90000");
  await stack.setConfig({ rowsPerHour: policy.rowsPerHour });
  await stack.up();
  expect(await last("customers_id_seq")).toBe("90000");
  await expectNoDifference();
});

test("out of reach it says so, and shows no change", async () => {
  const name = new URL(standby).pathname.slice(1);
  await query(server.url("postgres"), `ALTER DATABASE ${name} CONNECTION LIMIT 0`);
  const shown = (await preview()).join("\n");
  expect(shown).toContain("the database cannot be reached from here, so what would move is not shown");
  expect(shown).toContain("2 unchanged");
  expect(shown).not.toContain(new URL(standby).password);
  await expectNoDifference();
  await query(server.url("postgres"), `ALTER DATABASE ${name} CONNECTION LIMIT -1`);
});
