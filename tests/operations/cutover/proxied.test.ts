import { allVerified, azureSignIn, serveAzure } from "../support/azure";
import { openShop } from "../support/shop";
import { primaryHost, prodStack, recordId, standbyHost, standbyStack, zone } from "../support/stacks";
import { World } from "../support/world";

const name = `www.${zone}`;
const why = "the databases are not part of this";
let world: World;

const proxiedStack = (): ReturnType<typeof prodStack> => {
  const { config, outputs } = prodStack();
  return { config: { ...config, proxied: true }, outputs };
};
const lead = (content: string): void =>
  world.cloudflare.put({ id: recordId, name, type: "CNAME", content, ttl: 1, proxied: true });

beforeAll(async () => {
  world = await World.start();
  await serveAzure(world, () => allVerified);
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.forget();
  await openShop(world);
  world.stacks({ prod: proxiedStack(), standby: standbyStack() });
  lead(primaryHost);
});
const run = (args: readonly string[]): ReturnType<World["run"]> => world.run(args, azureSignIn);

interface Finding {
  readonly id: string;
  readonly status: string;
  readonly found: string;
}
async function findings(): Promise<readonly Finding[]> {
  const { checks } = JSON.parse((await run(["check", "--json"])).stdout) as { checks: readonly Finding[] };
  return checks.filter(({ id }) => id === "dns" || id === "cloudflare");
}

test("a cutover of a proxied name waits until the proxy serves the standby", async () => {
  const ran = await run(["cutover", "standby", "--yes", "--json", "--force", why]);
  expect(ran.stderr).toContain(`${name} leads to ${standbyHost}; waiting for Cloudflare's proxy`);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    site: "standby",
    recordsChanged: 1,
    secondsToAuthoritative: expect.any(Number) as number,
  });
  expect(world.cloudflare.get(recordId)?.content).toBe(standbyHost);
});

test("break-glass waits for it, too", async () => {
  // Its notes say what the zone is called.
  await run(["check", "--json"]);
  const ran = await run(["cutover", "standby", "--yes", "--json", "--break-glass"]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ site: "standby", recordsChanged: 1, breakGlass: true });
  expect([ran.code, world.cloudflare.get(recordId)?.content]).toEqual([0, standbyHost]);
});

test("an update that fails after the record has changed keeps activeSite: what is served decides", async () => {
  world.stacks({ prod: { ...proxiedStack(), upFails: "after" }, standby: standbyStack() });
  const ran = await run(["cutover", "standby", "--yes", "--force", why]);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain(`${name} leads to ${standbyHost} all the same; activeSite stays standby`);
});

test("check looks at what the proxy serves, and at the record behind it", async () => {
  expect(await findings()).toMatchObject([
    { id: "dns", status: "pass", found: `${name} is served by the primary, through Cloudflare's proxy` },
    { id: "cloudflare", status: "pass" },
  ]);
  lead(standbyHost);
  expect(await findings()).toMatchObject([
    { id: "dns", status: "fail", found: `${name} is served by the standby, not by the primary` },
    {
      id: "cloudflare",
      status: "fail",
      found: `the record leads to ${standbyHost}; the last \`pulumi up\` wrote ${primaryHost}`,
    },
  ]);
});

test("check fails where the name is answered past the proxy", async () => {
  world.cloudflare.put({ id: recordId, name, type: "CNAME", content: primaryHost, ttl: 60 });
  expect(await findings()).toMatchObject([
    {
      id: "dns",
      status: "fail",
      found: expect.stringContaining(`sends ${name} to ${primaryHost}, past Cloudflare's proxy`) as string,
    },
    { id: "cloudflare", status: "fail", found: "the record is DNS-only; config says proxied: true" },
  ]);
});

test("watch shows the site that the proxy leads to", async () => {
  const { stdout } = await run(["watch", "--once", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    dns: [{ server: "Cloudflare's proxy", target: primaryHost, site: "primary" }],
  });
});
