import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { allVerified, azureSignIn, serveAzure } from "../support/azure";
import { Databases } from "../support/databases";
import { openShop, type Shop } from "../support/shop";
import { primaryHost, prodStack, recordId, standbyHost, standbyStack, zone } from "../support/stacks";
import { World } from "../support/world";

const reason = "the state backend is down";
const name = `www.${zone}`;

let world: World;
let shop: Shop;
let databases: Databases;
let signedIn: NodeJS.ProcessEnv;
beforeAll(async () => {
  world = await World.start();
  databases = await Databases.start(world);
  await serveAzure(world, () => allVerified);
  signedIn = { ...azureSignIn, STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl };
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.forget();
  world.stacks({ prod: prodStack(), standby: standbyStack() });
  shop = await openShop(world);
});
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<World["run"]> =>
  world.run(args, { ...signedIn, ...env });

const activeSite = (): unknown => world.readStacks()["prod"]?.config["activeSite"];
const served = (): string | undefined => world.cloudflare.get(recordId)?.content;
/** A prod stack that was already cut over. */
const afterCutover = (): ReturnType<typeof prodStack> => {
  const { config, outputs } = prodStack();
  const record = { ...(outputs["record"] as object), content: standbyHost };
  return {
    config: { ...config, activeSite: "standby" },
    outputs: { ...outputs, activeSite: "standby", record },
  };
};
const showStandby = (): void =>
  world.cloudflare.put({ id: recordId, name, type: "CNAME", content: standbyHost, ttl: 60 });

describe("cutover primary", () => {
  beforeEach(() => {
    world.stacks({ prod: afterCutover(), standby: standbyStack() });
    showStandby();
  });

  test("changes one record in place, waits for the name servers, and logs it", async () => {
    const ran = await run(["cutover", "primary", "--yes", "--json"]);
    expect(ran.stderr).toContain(`${name} leads to ${primaryHost}; waiting for the zone's name servers`);
    expect(JSON.parse(ran.stdout)).toEqual({
      site: "primary",
      recordsChanged: 1,
      secondsToAuthoritative: expect.any(Number) as number,
      forced: false,
      breakGlass: false,
    });
    expect(ran.code).toBe(0);
    expect([activeSite(), served()]).toEqual(["primary", primaryHost]);
    expect(world.log().map(({ event }) => event)).toEqual(["cutover-started", "cutover-done"]);
    const verbs = world.calls().filter((call) => /^(preview|up|config set)/.test(call));
    expect(verbs.map((call) => call.split(" --stack")[0])).toEqual([
      "config set activeSite primary",
      "preview --json",
      "up --yes --skip-preview --json",
    ]);
  });

  test("is done again without a change", async () => {
    await run(["cutover", "primary", "--yes", "--json"]);
    const again = await run(["cutover", "primary", "--yes", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ recordsChanged: 0 });
    expect(again.code).toBe(0);
  });

  test("refuses a plan with more than the one record, lists it, and puts activeSite back", async () => {
    world.stacks({ prod: { ...afterCutover(), more: ["www-origin"] }, standby: standbyStack() });
    const ran = await run(["cutover", "primary", "--yes"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(
      "a cutover changes one DNS record in place and nothing else, but `pulumi preview --stack prod` plans:\n" +
        "  update cloudflare:index/dnsRecord:DnsRecord www\n  create cloudflare:index/dnsRecord:DnsRecord www-origin\n",
    );
    expect(ran.stderr).toContain("activeSite is back at standby; nothing was changed");
    expect([activeSite(), served()]).toEqual(["standby", standbyHost]);
    expect(world.calls().some((call) => call.startsWith("up"))).toBe(false);
  });

  test("refuses a plan that would replace the record", async () => {
    world.stacks({ prod: { ...afterCutover(), op: "replace" }, standby: standbyStack() });
    const ran = await run(["cutover", "primary", "--yes"]);
    expect([ran.code, served()]).toEqual([1, standbyHost]);
  });

  test("puts activeSite back where the update fails before the record has changed", async () => {
    world.stacks({ prod: { ...afterCutover(), upFails: "before" }, standby: standbyStack() });
    const ran = await run(["cutover", "primary", "--yes"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(
      "could not flip the record of the stack prod: pulumi ended with 255: the API said no",
    );
    expect(activeSite()).toBe("standby");
    expect(world.log().at(-1)).toMatchObject({ event: "cutover-failed", site: "primary" });
  });

  test("keeps activeSite where the update fails after the record has changed: config follows what is served", async () => {
    world.stacks({ prod: { ...afterCutover(), upFails: "after" }, standby: standbyStack() });
    const ran = await run(["cutover", "primary", "--yes"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(`${name} leads to ${primaryHost} all the same; activeSite stays primary`);
    expect([activeSite(), served()]).toEqual(["primary", primaryHost]);
  });

  test("refuses while the primary is down, and goes on for a reason, which is kept", async () => {
    shop.primary.handler = (_request, response) => response.writeHead(503).end();
    const refused = await run(["cutover", "primary", "--yes"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "standby: the primary is not ready (primary-site); nothing was changed. Mend what is listed, or go on with --force",
    );
    expect([activeSite(), served()]).toEqual(["standby", standbyHost]);

    const forced = await run(["cutover", "primary", "--yes", "--json", "--force", "it is starting up"]);
    expect(JSON.parse(forced.stdout)).toMatchObject({ site: "primary", forced: true });
    expect(world.log()).toContainEqual(
      expect.objectContaining({
        event: "cutover-forced",
        reason: "it is starting up",
        failing: ["primary-site"],
      }),
    );
  });
});

describe("cutover standby", () => {
  test("refuses while nothing was ever synced, and changes nothing", async () => {
    const ran = await run(["cutover", "standby", "--yes"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("standby: the standby is not ready (last-sync); nothing was changed.");
    expect([activeSite(), served()]).toEqual(["primary", primaryHost]);
  });

  test("moves the ids again, checks, and leads visitors over", async () => {
    const offsets = [
      "--rows-per-hour",
      "1500",
      "--tail-hours",
      "24",
      "--sync-age-hours",
      "26",
      "--safety",
      "2",
    ];
    const synced = await run(["sync", "--from", "primary", "--to", "standby", ...offsets]);
    expect(synced.code).toBe(0);
    // The primary goes on meanwhile: what the sync left free is used up by half.
    await databases.sql("primary", "SELECT setval('orders_id_seq', 100000)");
    const ran = await run(["cutover", "standby", "--yes", "--json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ site: "standby", recordsChanged: 1, forced: false });
    expect([activeSite(), served()]).toEqual(["standby", standbyHost]);
    const [row] = await databases.sql("shop", "SELECT last_value::int AS last FROM orders_id_seq");
    expect(row?.["last"]).toBeGreaterThanOrEqual(250_000);
  });

  test("with the primary's database away, the ids move from what the last sync recorded", async () => {
    const ran = await run(["cutover", "standby", "--yes", "--json"], {
      STANDBY_PRIMARY_DATABASE_URL: "postgres://shop@127.0.0.1:9/primary",
    });
    expect(ran.stderr).toContain("the new ids were raised from what the last sync recorded of the primary");
    expect([ran.code, served()]).toEqual([0, standbyHost]);
  });

  test("with the standby's database away it refuses, and goes on for a reason", async () => {
    const url = "postgres://shop@127.0.0.1:9/shop";
    const { config, outputs } = standbyStack();
    world.stacks({ prod: prodStack(), standby: { config, outputs: { ...outputs, databaseUrl: url } } });
    const refused = await run(["cutover", "standby", "--yes"]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      "standby: the new ids of the standby could not be moved above the other site's; nothing was changed. " +
        "shop@127.0.0.1:9/shop: nothing listens there",
    );
    const forced = await run(["cutover", "standby", "--yes", "--json", "--force", reason]);
    expect(JSON.parse(forced.stdout)).toMatchObject({ site: "standby", forced: true });
    expect(world.log().filter(({ event }) => event === "cutover-forced")).toHaveLength(2);
  });

  test("asks nobody where there is no terminal", async () => {
    const ran = await run(["cutover", "standby"]);
    expect(ran).toMatchObject({
      code: 2,
      stderr:
        "standby: nobody can be asked here (stdin is not a terminal); add --yes to cut over without a question\n",
    });
    expect(world.calls()).toEqual([]);
  });

  test.each([
    [["cutover", "elsewhere", "--yes"], 'standby: SITE is "elsewhere"; it is primary or standby\n'],
    [
      ["cutover", "standby", "--yes", "--force", " no "],
      'standby: --force " no ": give the reason in a few words (at least 10 letters)\n',
    ],
  ])("%j is a usage fault", async (args, message) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 2, stderr: message });
  });
});

const hasSaid = async (child: ChildProcess, said: () => string, words: string): Promise<void> => {
  while (child.exitCode === null && !said().includes(words)) await sleep(20);
};

describe("Ctrl-C", () => {
  const hold = (): string => path.join(world.folder, "stacks.json.hold");
  const hadCalled = async (child: ChildProcess, verb: string): Promise<void> => {
    while (child.exitCode === null && !world.calls().some((call) => call.startsWith(verb))) await sleep(20);
  };
  const interrupt = (slow: string, then: (child: ChildProcess, said: () => string) => Promise<void>) => {
    world.stacks({ prod: { ...afterCutover(), slow }, standby: standbyStack() });
    showStandby();
    writeFileSync(hold(), "");
    return world.run(["cutover", "primary", "--yes", "--json"], signedIn, async (child, said) => {
      await hadCalled(child, slow);
      child.kill("SIGINT");
      await hasSaid(child, said, "interrupted: ");
      await then(child, said);
      rmSync(hold());
    });
  };

  test("while it plans: activeSite is put back", async () => {
    const ran = await interrupt("preview", async () => Promise.resolve());
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain("activeSite is back at standby; nothing was changed");
    expect([activeSite(), served()]).toEqual(["standby", standbyHost]);
  });

  test("once while it flips: the flip is finished, and the result says so", async () => {
    const ran = await interrupt("up", async () => Promise.resolve());
    expect(ran.stderr).toContain("waiting for Pulumi to finish the flip; once more cuts it short");
    expect(JSON.parse(ran.stdout)).toMatchObject({ site: "primary", recordsChanged: 1 });
    expect([ran.code, activeSite(), served()]).toEqual([0, "primary", primaryHost]);
  });

  test("twice while it flips: Pulumi is stopped, and activeSite follows what is served", async () => {
    const ran = await interrupt("up", async (child, said) => {
      child.kill("SIGINT");
      await hasSaid(child, said, "activeSite is back");
    });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain(
      `activeSite is back at standby; ${name}: 127.0.0.1:${world.dns.port} answers ${standbyHost}`,
    );
    expect(ran.stderr).toContain(
      "standby: interrupted; could not flip the record of the stack prod: pulumi ended with 255: canceled",
    );
    expect([activeSite(), served()]).toEqual(["standby", standbyHost]);
  });

  test("while it waits for the name servers: the flip stands", async () => {
    world.stacks({ prod: afterCutover(), standby: standbyStack() });
    showStandby();
    world.cloudflare.stuck = true;
    const ran = await world.run(["cutover", "primary", "--yes"], signedIn, async (child, said) => {
      await hasSaid(child, said, "waiting for the zone's name servers");
      child.kill("SIGINT");
    });
    world.cloudflare.stuck = false;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain("standby: interrupted; the record is changed and the flip stands");
    expect([activeSite(), served()]).toEqual(["primary", primaryHost]);
  });
});

describe("break-glass", () => {
  const stackFile = (): string => path.join(world.folder, "Pulumi.prod.yaml");
  beforeEach(() => {
    writeFileSync(
      stackFile(),
      "# The record that moves.\nconfig:\n" +
        `  warm-standby:domain: ${zone}\n  warm-standby:zoneId: "0123456789abcdef0123456789abcdef"\n` +
        `  warm-standby:primaryHost: ${primaryHost}\n  warm-standby:activeSite: primary # for now\n`,
    );
  });
  afterEach(() => rmSync(stackFile()));

  test("is told to stop while it waits for the name servers: the flip stands", async () => {
    world.cloudflare.stuck = true;
    const given = ["cutover", "standby", "--yes", "--break-glass"];
    const ran = await world.run(given, signedIn, async (child, said) => {
      await hasSaid(child, said, "activeSite is standby in");
      child.kill("SIGINT");
    });
    world.cloudflare.stuck = false;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/standby: interrupted; the flip stands\n$/);
    expect(readFileSync(stackFile(), "utf8")).toContain("activeSite: standby # for now");
  });

  test("flips without a call of Pulumi and writes activeSite into the stack's file", async () => {
    const ran = await run(["cutover", "standby", "--yes", "--break-glass", "--json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      site: "standby",
      recordsChanged: 1,
      breakGlass: true,
      forced: false,
    });
    expect(world.calls()).toEqual([]);
    expect(served()).toBe(standbyHost);
    expect(readFileSync(stackFile(), "utf8")).toContain("  warm-standby:activeSite: standby # for now\n");
    expect(readFileSync(stackFile(), "utf8")).toContain("# The record that moves.\n");
  });

  test("flips back the same way", async () => {
    await run(["cutover", "standby", "--yes", "--break-glass"]);
    const ran = await run(["cutover", "primary", "--yes", "--break-glass", "--json"]);
    expect([ran.code, served()]).toEqual([0, primaryHost]);
  });

  test("refuses where the target does not serve the name, unless a reason is given", async () => {
    shop.edge.handler = (_request, response) => response.writeHead(503).end();
    const refused = await run(["cutover", "standby", "--yes", "--break-glass"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${standbyHost} answered 503 for https://${name}/healthz`);
    expect(served()).toBe(primaryHost);
    const forced = await run(["cutover", "standby", "--yes", "--break-glass", "--force", reason]);
    expect([forced.code, served()]).toEqual([0, standbyHost]);
  });

  test("refuses a record that is not one CNAME", async () => {
    world.cloudflare.put({ id: recordId, name, type: "A", content: "203.0.113.10", ttl: 60 });
    const ran = await run(["cutover", "standby", "--yes", "--break-glass"]);
    expect(ran).toMatchObject({
      code: 1,
      stderr: `standby: ${name} is A 203.0.113.10; only a single CNAME can be led elsewhere in one step\n`,
    });
  });

  test.each([
    [{ CLOUDFLARE_API_TOKEN: "" }, 2, "CLOUDFLARE_API_TOKEN is not set"],
    [{ CLOUDFLARE_API_TOKEN: "bad-token" }, 2, "Cloudflare refuses the token in CLOUDFLARE_API_TOKEN"],
    [{ PROD_CONFIG_FILE: "nowhere.yaml" }, 2, "neither the prod stack's file nor the notes"],
  ])("with %j it ends with %i and says why", async (env, code, words) => {
    const ran = await run(["cutover", "standby", "--yes", "--break-glass"], env);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(words);
    expect(served()).toBe(primaryHost);
  });

  test("without a stack file it lives on the notes of the last check, and warns", async () => {
    await run(["check", "--json"]);
    const ran = await run(["cutover", "standby", "--yes", "--break-glass"], {
      PROD_CONFIG_FILE: "nowhere.yaml",
    });
    expect([ran.code, served()]).toEqual([0, standbyHost]);
    expect(ran.stderr).toContain("set activeSite to standby before the next `pulumi up`");
    expect(existsSync(path.join(world.folder, "nowhere.yaml"))).toBe(false);
  });
});
