import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { perHour, type Sample } from "../../../operations/watch/sample";
import { showSample } from "../../../operations/watch/show";
import { Databases } from "../support/databases";
import { openShop, type Shop } from "../support/shop";
import { primaryHost, standbyHost, zone } from "../support/stacks";
import { World } from "../support/world";

let world: World;
let shop: Shop;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  world = await World.start();
  shop = await openShop(world);
  env = { STANDBY_PRIMARY_DATABASE_URL: (await Databases.start(world)).primaryUrl };
});
afterAll(() => world.stop());

test("one look shows what is served", async () => {
  const ran = await world.run(["watch", "--once", "--json"], env);
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toEqual({
    at: expect.stringMatching(/^\d{4}-/) as string,
    dns: [{ server: `127.0.0.1:${world.dns.port}`, target: primaryHost, site: "primary" }],
    sites: [
      {
        site: "primary",
        host: primaryHost,
        status: 200,
        milliseconds: expect.any(Number) as number,
        orders: 20,
        ordersPerHour: null,
        trouble: [],
      },
      {
        site: "standby",
        host: standbyHost,
        status: 200,
        milliseconds: expect.any(Number) as number,
        orders: 0,
        ordersPerHour: null,
        trouble: [],
      },
    ],
    headroom: [
      { table: "public.customers", column: "id", left: "0" },
      { table: "public.orders", column: "id", left: "0" },
    ],
    mail: { reached: true, signedIn: true, trouble: null },
    certificate: { name: `www.${zone}`, expires: expect.stringMatching(/Z$/) as string, trouble: null },
    trouble: [],
  });
});

test("what is away is named, and the rest still shows", async () => {
  shop.primary.handler = (_request, response) => response.writeHead(503).end();
  const ran = await world.run(["watch", "--once", "--json", "--orders", "public.purchases"], {
    STANDBY_PRIMARY_DATABASE_URL: "postgres://shop@127.0.0.1:9/primary",
  });
  const seen = JSON.parse(ran.stdout) as Sample;
  expect(seen.sites[0]).toMatchObject({ status: 503, orders: null });
  expect(seen.sites[0]?.trouble[0]).toContain("shop@127.0.0.1:9/primary: nothing listens there");
  expect(seen.sites[1]?.trouble[0]).toContain('relation "public.purchases" does not exist');
  expect(seen.trouble[0]).toContain("headroom of the new ids: shop@127.0.0.1:9/primary");
  expect(seen.mail.signedIn).toBe(true);
});

test.each([
  [["watch", "--json"], "standby: --json prints one document, and a watch never ends: add --once\n"],
  [["watch", "--every", "0"], 'standby: --every "0": it is a whole number of seconds from 1 to 3600\n'],
  [
    ["watch", "--orders", "orders"],
    'standby: --orders "orders": it is a table with its schema, such as public.orders\n',
  ],
])("%j is a usage fault", async (args, stderr) => {
  expect(await world.run(args, env)).toMatchObject({ code: 2, stderr });
});

test("Ctrl-C ends it with 130", async () => {
  const child = spawn(
    process.execPath,
    [path.resolve(__dirname, "../../../bin/standby.js"), "watch", "--every", "3600"],
    { cwd: world.folder, env: world.environment(env), stdio: ["ignore", "pipe", "ignore"] },
  );
  await once(child.stdout, "data");
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(130);
});

const seen = (orders: number, at: string): Sample => ({
  at,
  dns: [{ server: "192.0.2.1", target: "shared.host.example", site: "primary" }],
  sites: [
    {
      site: "primary",
      host: "shared.host.example",
      status: 200,
      milliseconds: 12,
      orders,
      ordersPerHour: 240,
      trouble: [],
    },
  ],
  headroom: [
    { table: "public.orders", column: "id", left: "99" },
    { table: "public.customers", column: "id", left: "1000" },
  ],
  mail: { reached: true, signedIn: false, trouble: "535 no" },
  certificate: { name: "www.blanklabel.example", expires: null, trouble: "no answer" },
  trouble: ["DNS: no answer"],
});

test("orders an hour are counted from the sample before", () => {
  const before = seen(100, "2026-11-20T10:00:00.000Z");
  const at = new Date("2026-11-20T10:00:30.000Z");
  expect(perHour("primary", 102, at, before)).toBe(240);
  expect(perHour("primary", 102, at, undefined)).toBeNull();
  expect(perHour("primary", null, at, before)).toBeNull();
  expect(perHour("standby", 5, at, before)).toBeNull();
});

test("the lines for a person", () => {
  expect(showSample(seen(102, "2026-11-20T10:00:30.000Z"))).toBe(
    [
      "at          2026-11-20T10:00:30.000Z",
      "DNS         192.0.2.1 → shared.host.example (primary)",
      "primary     200 in 12 ms, 102 orders, 240 an hour",
      "new ids     public.orders.id has room for 99",
      "mail        reached: 535 no",
      "certificate www.blanklabel.example until unknown: no answer",
      "trouble     DNS: no answer",
    ].join("\n"),
  );
});
