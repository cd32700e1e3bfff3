import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { parseDatabaseUrl } from "../../../operations/connection";
import { operations, type ReconcileResult } from "../../../operations/data/engine";
import type { IssuedCertificate, NameServer } from "../../../rehearsal/cloud/contracts";
import { startNameServer } from "../../../rehearsal/cloud/dns";
import { startRelay, type Relay } from "../../../rehearsal/primary/relay";
import { close, listen } from "../../../rehearsal/shop/http/listen";
import { databaseFromUrl, type Site } from "../../../rehearsal/shop/settings";
import { openShop } from "../../../rehearsal/shop/shop";
import { startVisitors } from "../../../rehearsal/visitors/host";
import { judge, unsentMails } from "../../../rehearsal/visitors/judge";
import { Visitors } from "../../../rehearsal/visitors/remote";
import type { VisitorSettings } from "../../../rehearsal/visitors/settings";
import { selfSigned } from "../../support/certificate";
import { withPostgres } from "../../support/postgres";
import { shopSettings } from "../shop/running";

const postgres = withPostgres();
const publicHost = "www.shop.example";
/** Story seconds in a real one: a TTL of a minute lasts 17 ms. */
const speed = 3_600;
/** Longer than the test: half of the visitors stay on the old site to the end, however slow the machine is. */
const holdHours = 10_000;

let folder: string;
let certificate: IssuedCertificate;
let names: NameServer;
let relay: Relay;
const cleanUp: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "visitors-"));
  certificate = await selfSigned(publicHost, "images.shop.example");
  names = await startNameServer();
  relay = await startRelay();
  cleanUp.push(
    () => names.stop(),
    () => relay.stop(),
  );
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  rmSync(folder, { recursive: true });
});

/** One site on a database of its own, behind TLS; the database's URL and the port. */
async function site(name: Site): Promise<{ readonly url: string; readonly port: number }> {
  const url = await postgres.database(`${name}_${path.basename(folder).toLowerCase().replace(/\W/g, "_")}`);
  const shop = await openShop(
    shopSettings(url, {
      site: name,
      mail: { kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none" },
    }),
  );
  const images: RequestListener = (request, response) => {
    if (request.headers.host === publicHost) shop.handler(request, response);
    else response.writeHead(200, { "x-cache": "TCP_HIT" }).end("a picture");
  };
  const server = https.createServer({ cert: certificate.chain, key: certificate.key }, images);
  const port = await listen(server, 0);
  cleanUp.push(async () => {
    server.closeAllConnections();
    await close(server);
    await shop.stop();
  });
  return { url, port };
}

function point(to: Site): void {
  const target = `${to}.shop.example`;
  names.put({ id: "www", name: publicHost, type: "CNAME", content: target, ttl: 60 });
}

function announce(ports: Readonly<Record<Site, number>>): string {
  for (const name of ["primary", "standby"] as const)
    names.put({ id: name, name: `${name}.shop.example`, type: "A", content: "127.0.0.1", ttl: 60 });
  names.put({ id: "images", name: "images.shop.example", type: "A", content: "127.0.0.1", ttl: 60 });
  const file = path.join(folder, "routes.json");
  writeFileSync(
    file,
    JSON.stringify({
      "primary.shop.example:443": ports.primary,
      "standby.shop.example:443": ports.standby,
      "images.shop.example:443": ports.standby,
    }),
  );
  return file;
}

async function come(routesFile: string): Promise<{ visitors: Visitors; ledger: string }> {
  const running = await startVisitors({
    seed: 20_100_512,
    clock: { startedAt: Date.now(), speed },
    nameServerPort: names.port,
    routesFile,
    rootCertificate: certificate.chain,
    publicHost,
    folder,
    rates: { calm: 25, surge: 25, tail: 25, quiet: 10 },
    resolvers: { count: 8, sloppyShare: 0.5, holdHours },
  } satisfies VisitorSettings);
  const { ready } = running;
  cleanUp.push(() => running.stop());
  return { visitors: new Visitors(ready.control), ledger: ready.ledger };
}

/** Waits until the visitors have placed so many more orders on a site. */
async function orders(visitors: Visitors, on: Site, more: number): Promise<void> {
  const placed = async (): Promise<number> => {
    const status = await visitors.status();
    return on === "primary" ? status.ordersOnPrimary : status.ordersOnStandby;
  };
  const before = await placed();
  while ((await placed()) < before + more) await new Promise((resolve) => setTimeout(resolve, 50));
}

test("a day of visitors on two sites, brought together without a conflict, loses nothing", async () => {
  const [primary, standby] = [await site("primary"), await site("standby")];
  point("primary");
  const routes = announce({ primary: primary.port, standby: standby.port });
  const [from, to] = [parseDatabaseUrl("from", primary.url), parseDatabaseUrl("to", standby.url)];
  const data = operations;
  const reconcile = (): Promise<ReconcileResult> =>
    data.reconcile(from, to, { dryRun: false, insertsOnly: false }, () => undefined);

  const { visitors, ledger } = await come(routes);
  await visitors.enter("calm");
  await orders(visitors, "primary", 30);
  const rule = { kind: "fixed", ids: 5_000n } as const;
  await data.sync(from, to, { rule, dryRun: false, maxDeletes: undefined }, () => undefined);
  await visitors.enter("surge");
  await orders(visitors, "primary", 20);

  await visitors.renewSloppyResolvers();
  point("standby");
  const flippedAt = Date.now();
  await visitors.enter("tail");
  await orders(visitors, "primary", 20);
  await orders(visitors, "standby", 20);
  const during = await reconcile();
  expect(during.conflicts).toEqual([]);
  await orders(visitors, "standby", 20);
  await visitors.enter("quiet");
  await visitors.drain();
  const [oldSite, newSite] = [databaseFromUrl(primary.url), databaseFromUrl(standby.url)];
  while ((await unsentMails(oldSite, "primary")) + (await unsentMails(newSite, "standby")) > 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const last = await reconcile();
  expect(last.conflicts).toEqual([]);
  expect(during.inserted + last.inserted).toBeGreaterThan(0);

  const verdict = await judge({ ledger, database: newSite, delivered: relay.delivered(), flippedAt });
  expect(verdict.findings).toEqual([]);
  expect(verdict.orders.stragglers).toBeGreaterThanOrEqual(20);
  expect(verdict.orders.brought).toBe(verdict.orders.stragglers);
  expect(verdict.orders.placed).toBeGreaterThanOrEqual(110);
  expect(verdict.cutover.firstStandbyVisit).not.toBeNull();
  expect(verdict.images.fromEdge).toBeGreaterThan(0);
  expect(verdict.images.failed).toBe(0);
}, 180_000);

test("visitors trust nothing but the rehearsal's own authority", async () => {
  const stranger = await selfSigned(publicHost);
  const server = https.createServer({ cert: stranger.chain, key: stranger.key }, (_request, response) => {
    response.writeHead(200, { "x-site": "primary" }).end("caught");
  });
  const port = await listen(server, 0);
  cleanUp.push(() => close(server));
  point("primary");
  const { visitors } = await come(announce({ primary: port, standby: port }));
  await visitors.enter("calm");
  while ((await visitors.status()).failed < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  const { failed, requests } = await visitors.status();
  expect(failed).toBe(requests);
});
