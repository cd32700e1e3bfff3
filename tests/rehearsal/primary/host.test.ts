import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { Pool as HttpPool } from "undici";
import { startPrimary } from "../../../rehearsal/primary/host";
import { Primary } from "../../../rehearsal/primary/remote";
import type { PrimaryReady, PrimarySettings } from "../../../rehearsal/primary/settings";
import type { Running } from "../../../rehearsal/processes/main";
import { selfSigned } from "../../support/certificate";
import { basket, person } from "../shop/running";

let folder: string;
let certificate: { chain: string; key: string };
let running: Running<PrimaryReady> | undefined;
let web: HttpPool | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "primary-"));
  chmodSync(folder, 0o755);
  const { chain, key } = await selfSigned("www.shop.example", "database.shop.example");
  certificate = { chain, key };
});

afterEach(async () => {
  await web?.close();
  await running?.stop();
  web = running = undefined;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(changes: Partial<PrimarySettings> = {}): Promise<PrimaryReady> {
  running = await startPrimary({
    folder,
    certificate,
    databaseHost: "database.shop.example",
    publicUrl: "https://www.shop.example",
    imageBaseUrl: "https://www.shop.example/images",
    sessionSecret: "a secret for tests only",
    mailFrom: "orders@shop.example",
    history: 60,
    ...changes,
  } satisfies PrimarySettings);
  web = new HttpPool(`https://127.0.0.1:${String(running.ready.port)}`, {
    connect: { ca: certificate.chain, servername: "www.shop.example" },
  });
  return running.ready;
}

async function ask(
  method: "GET" | "POST",
  at: string,
  body?: unknown,
  cookie = "",
): Promise<{ status: number; text: string; cookie: string }> {
  const response = await web?.request({
    method,
    path: at,
    headers: { accept: "application/json", "content-type": "application/json", cookie },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const given = response?.headers["set-cookie"];
  return {
    status: response?.statusCode ?? 0,
    text: (await response?.body.text()) ?? "",
    cookie: typeof given === "string" ? (given.split(";", 1)[0] ?? "") : "",
  };
}

test("serves pages and pictures over TLS, takes an order, and delivers its mail", async () => {
  const primary = new Primary((await start()).control);
  const home = await ask("GET", "/");
  expect(home.status).toBe(200);
  const picture = /src="https:\/\/www\.shop\.example(\/images\/[^"]+)"/.exec(home.text)?.[1] ?? "";
  expect((await ask("GET", picture)).status).toBe(200);
  expect((await ask("GET", "/images/none.svg")).status).toBe(404);

  const { cookie } = await ask("POST", "/sign-up", person);
  const order = await ask("POST", "/checkout", basket(1), cookie);
  const { number } = JSON.parse(order.text) as { number: string };
  let delivered = await primary.delivered();
  while (delivered.length === 0) delivered = await primary.delivered();
  expect(delivered).toEqual([{ order: number, to: [person.email], at: expect.any(Number) as number }]);

  await primary.setImageBaseUrl("https://images.shop.example");
  expect((await ask("GET", "/")).text).toContain('src="https://images.shop.example/hero.');
  expect(await primary.load()).toMatchObject({ imagesServed: 1, mail: { sent: 1 } });
});

test("hands out its database with a past in which every order has its lines and its payment", async () => {
  const { databasePort, databaseUrl } = await start();
  const url = new URL(databaseUrl);
  expect([url.host, url.searchParams.get("sslmode")]).toEqual(["database.shop.example:5432", "verify-full"]);
  const client = new Client({
    host: "127.0.0.1",
    port: databasePort,
    user: url.username,
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    ssl: { ca: certificate.chain, servername: "database.shop.example" },
  });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select (select count(*) from customers)::integer as customers,
             (select count(*) from customers where default_address_id is null)::integer as homeless,
             (select count(*) from designs where based_on is not null) > 5 as based,
             (select count(*) from orders)::integer - (select count(*) from orders
                join order_lines on order_lines.order_id = orders.id
                join payments on payments.order_id = orders.id)::integer as incomplete,
             (select min(id) from orders)::integer as "firstOrder"`);
    expect(rows[0]).toEqual({ customers: 60, homeless: 0, based: true, incomplete: 0, firstOrder: 8 });
  } finally {
    await client.end();
  }
});

test("images fail before pages do when too much is asked at once", async () => {
  const limits = {
    inFlight: 1,
    queued: 4,
    patienceMilliseconds: 20_000,
    overheadMilliseconds: 20,
    imageMilliseconds: 40,
  };
  const primary = new Primary((await start({ limits, history: 0 })).control);
  const home = await ask("GET", "/");
  const picture = /src="https:\/\/www\.shop\.example(\/images\/[^"]+)"/.exec(home.text)?.[1] ?? "";
  const pictures = Array.from({ length: 8 }, () => ask("GET", picture));
  while ((await primary.load()).waiting < 2) await new Promise((resolve) => setImmediate(resolve));
  const pages = [ask("GET", "/design"), ask("GET", "/design")];
  const statuses = (await Promise.all(pictures)).map(({ status }) => status);
  expect(statuses).toContain(503);
  expect((await Promise.all(pages)).map(({ status }) => status)).toEqual([200, 200]);
});

test("commands need the token", async () => {
  const { control } = await start({ history: 0 });
  await expect(new Primary({ ...control, token: "guessed" }).load()).rejects.toThrow(/wrong token/);
});

test("says which setting is wrong, and starts nothing", async () => {
  await expect(startPrimary({ folder, certificate })).rejects.toThrow(/databaseHost/);
});
