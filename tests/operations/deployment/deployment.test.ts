import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  databaseUrl,
  deploymentSettings,
  readDeployment,
  readProd,
  readStandby,
} from "../../../operations/deployment";
import { Fault } from "../../../operations/fault";
import { prodStack, standbyStack } from "../support/stacks";
import { World } from "../support/world";

let world: World;
const before = { ...process.env };
beforeAll(async () => {
  world = await World.start();
  // Only what the fake CLI needs: this process itself stays off the rehearsal's network.
  process.env["PATH"] = `${world.folder}:${before["PATH"] ?? ""}`;
  process.env["FAKE_PULUMI"] = path.join(world.folder, "stacks.json");
});
afterAll(async () => {
  process.env["PATH"] = before["PATH"];
  delete process.env["FAKE_PULUMI"];
  await world.stop();
});
beforeEach(() => {
  world.forget();
  world.stacks({ prod: prodStack(), standby: standbyStack() });
});

const settings = (env: NodeJS.ProcessEnv = {}): ReturnType<typeof deploymentSettings> =>
  deploymentSettings(env, world.folder);

async function faultOf(action: Promise<unknown>): Promise<{ exitCode: number; message: string }> {
  const error: unknown = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`);
  return { exitCode: error.exitCode, message: error.message };
}

test("reads config and outputs of both stacks, numbers as numbers", async () => {
  const deployment = await readDeployment(settings());
  expect(deployment.prod.config).toMatchObject({ activeSite: "primary", ttl: 60, proxied: false });
  expect(deployment.prod.outputs.targets.standby).toBe("blanklabel-abc123.z01.azurefd.net");
  expect(deployment.standby.config.smtpApplication?.secret).toBe("smtp-secret");
  expect(deployment.standby.outputs.offsets).toEqual({
    rowsPerHour: 1500,
    tailHours: 24,
    syncAgeHours: 26,
    safety: 2,
  });
});

test("asks for the stacks and files that the environment names", async () => {
  world.stacks({ live: prodStack() });
  const chosen = settings({ PROD_STACK: "live", PROD_CONFIG_FILE: "elsewhere/Pulumi.live.yaml" });
  await readProd(chosen);
  expect([...world.calls()].sort()).toEqual([
    `config --json --show-secrets --config-file ${world.folder}/elsewhere/Pulumi.live.yaml --stack live --non-interactive --color never`,
    "stack output --json --show-secrets --stack live --non-interactive --color never",
  ]);
});

test("no secret is in the arguments of a call", async () => {
  await readDeployment(settings());
  expect(world.calls().join("\n")).not.toMatch(/smtp-secret|db-secret/);
});

describe("faults name what is wrong and what mends it", () => {
  test("no such stack", async () => {
    world.stacks({ standby: standbyStack() });
    expect(await faultOf(readProd(settings()))).toEqual({
      exitCode: 2,
      message:
        "could not read the config of the stack prod: there is no such stack here; `pulumi stack ls` lists them, " +
        "and PROD_STACK or STANDBY_STACK names another",
    });
  });

  test("a stack that is not up yet", async () => {
    world.stacks({ standby: standbyStack({ outputs: {} }) });
    expect(await faultOf(readStandby(settings()))).toEqual({
      exitCode: 3,
      message: "the stack standby is not up yet; run `pulumi up --stack standby` first",
    });
  });

  test("outputs of another version, all at once, values left out", async () => {
    const { outputs } = standbyStack();
    world.stacks({
      standby: standbyStack({ outputs: { ...outputs, databaseUrl: "secret-text", webApp: 7 } }),
    });
    const { exitCode, message } = await faultOf(readStandby(settings()));
    expect(exitCode).toBe(3);
    expect(message).toBe(
      "the outputs of the stack standby cannot be used:\n  databaseUrl: a postgres://, sqlserver:// or mysql:// URL\n" +
        "  webApp: Invalid input: expected object, received number\n" +
        "it was last brought up by another version of the program; run `pulumi up --stack standby`",
    );
  });

  test("a config value that is wrong", async () => {
    const { config } = prodStack();
    world.stacks({ prod: prodStack({ config: { ...config, activeSite: "both" } }) });
    expect((await faultOf(readProd(settings()))).message).toContain("  activeSite: ");
  });

  test.each([
    ["incorrect passphrase", 2, "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"],
    ["PULUMI_ACCESS_TOKEN must be set", 2, "run `pulumi login` or set PULUMI_BACKEND_URL"],
    ["the stack is currently locked by 1 lock(s)", 3, "another update holds it"],
    ["something else", 3, "pulumi ended with 255: something else"],
  ])("Pulumi saying %j ends with %i", async (said, exitCode, words) => {
    world.stacks({ prod: prodStack({ fails: { config: said, stack: said } }) });
    const fault = await faultOf(readProd(settings()));
    expect(fault.exitCode).toBe(exitCode);
    expect(fault.message).toContain(words);
  });

  test("a folder without a project", async () => {
    expect(await faultOf(readProd(deploymentSettings({}, "/")))).toEqual({
      exitCode: 2,
      message: "no Pulumi.yaml in /; run this in the project's folder",
    });
  });

  test("no Pulumi CLI on PATH", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    const fault = await faultOf(readProd(settings()));
    process.env["PATH"] = path;
    expect(fault).toEqual({
      exitCode: 2,
      message:
        "the Pulumi CLI is not on PATH; install it (https://www.pulumi.com/docs/install/) or add its folder to PATH",
    });
  });

  test("a stack name that could be taken for an option", () => {
    expect(() => settings({ PROD_STACK: "--force" })).toThrow(
      'PROD_STACK is "--force"; a stack\'s name is made of',
    );
  });
});

describe("the databases that primary and standby stand for", () => {
  test("the standby's comes from its stack", async () => {
    expect(await databaseUrl("standby", settings(), {})).toContain(
      "blanklabel-db.postgres.database.azure.com",
    );
  });

  test("the primary's comes from the environment first, then from the stack's secret", async () => {
    const { config } = prodStack();
    world.stacks({
      prod: prodStack({ config: { ...config, primaryDatabaseUrl: "postgres://from/config" } }),
    });
    const env = { STANDBY_PRIMARY_DATABASE_URL: "postgres://from/environment" };
    expect(await databaseUrl("primary", settings(), env)).toBe("postgres://from/environment");
    expect(await databaseUrl("primary", settings(), {})).toBe("postgres://from/config");
  });

  test("the primary's comes from its own stack, where it is one of this project", async () => {
    const primaryStack = "organization/warm-standby/primary";
    world.stacks({
      prod: prodStack({ config: { ...prodStack().config, primaryHost: undefined, primaryStack } }),
      [primaryStack]: { config: {}, outputs: { databaseUrl: "postgres://from/stack" } },
    });
    expect(await databaseUrl("primary", settings(), {})).toBe("postgres://from/stack");
  });

  test("the primary's is asked for where nobody says it", async () => {
    expect(await faultOf(databaseUrl("primary", settings(), {}))).toEqual({
      exitCode: 2,
      message:
        "the primary's database is not known; set STANDBY_PRIMARY_DATABASE_URL, or store it with " +
        "`pulumi config set --stack prod --secret primaryDatabaseUrl`",
    });
  });
});

test("a CLI that prints something else is not believed", async () => {
  writeFileSync(
    path.join(world.folder, "stacks.json"),
    JSON.stringify({ prod: prodStack({ outputs: [] as never }) }),
  );
  expect((await faultOf(readProd(settings()))).exitCode).toBe(3);
});
