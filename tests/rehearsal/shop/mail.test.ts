import fc from "fast-check";
import { Pool } from "pg";
import { SMTPServer } from "smtp-server";
import { readHeaders } from "../../../rehearsal/cloud/mail/headers";
import { mailBackOff, secondsBeforeRetry } from "../../../rehearsal/shop/mail/backoff";
import { Outbox } from "../../../rehearsal/shop/mail/outbox";
import { outcomeOf } from "../../../rehearsal/shop/mail/smtp";
import { openTransport } from "../../../rehearsal/shop/mail/transport";
import { migrate } from "../../../rehearsal/shop/schema";
import type { Site } from "../../../rehearsal/shop/settings";
import { withPostgres } from "../../support/postgres";

const postgres = withPostgres();
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A mail server that answers each message as the test says: a reply code, or undefined to take it. */
async function mailServer(
  answer: (order: string, attempt: number) => number | undefined,
): Promise<{ port: number; delivered: { order: string; id: string; to: string[] }[] }> {
  const delivered: { order: string; id: string; to: string[] }[] = [];
  const attempts = new Map<string, number>();
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 300,
    onData(stream, session, callback) {
      void readHeaders(stream).then((headers) => {
        const order = headers["x-order"] ?? "";
        const attempt = (attempts.get(order) ?? 0) + 1;
        attempts.set(order, attempt);
        const responseCode = answer(order, attempt);
        if (responseCode !== undefined) {
          callback(Object.assign(new Error("as the test says"), { responseCode }));
          return;
        }
        const to = session.envelope.rcptTo.map(({ address }) => address);
        delivered.push({ order, id: headers["message-id"] ?? "", to });
        callback(null, "OK");
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  cleanUp.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, delivered };
}

async function outboxWith(rows: { readonly site: Site; readonly count: number }[]): Promise<Pool> {
  const pool = new Pool({ connectionString: await postgres.database() });
  cleanUp.push(() => pool.end());
  await migrate(pool);
  for (const { site, count } of rows)
    await pool.query(
      `insert into mail_outbox (site, order_number, recipient, subject, body)
       select $1, $1 || '-' || n, 'reader-' || n || '@example.com', 'Your order', 'Thank you.'
         from generate_series(1, $2::integer) n`,
      [site, count],
    );
  return pool;
}

function send(pool: Pool, port: number, sites: readonly Site[]): Outbox {
  const transport = openTransport(
    { kind: "smtp", host: "127.0.0.1", port, security: "none" },
    "Shop <orders@mail.example>",
  );
  const outbox = new Outbox(pool, transport, sites, { first: 0.02, longest: 0.1 });
  outbox.start();
  cleanUp.push(() => outbox.stop());
  return outbox;
}

interface Row {
  readonly site: Site;
  readonly status: string;
  readonly attempts: number;
  readonly failure: string | null;
}

/** The outbox, once no row of a site waits any more. */
async function settled(pool: Pool, site: Site): Promise<Row[]> {
  for (;;) {
    const { rows } = await pool.query<Row>(
      `select site, status, attempts, failure from mail_outbox order by id`,
    );
    if (rows.every((row) => row.site !== site || row.status !== "pending")) return rows;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("hundreds of mails are sent once each, with their order's number in a header and in the id", async () => {
  const server = await mailServer(() => undefined);
  const pool = await outboxWith([{ site: "standby", count: 400 }]);
  // Two instances share the work.
  send(pool, server.port, ["standby"]);
  send(pool, server.port, ["standby"]);
  const rows = await settled(pool, "standby");
  expect(rows.every(({ status, attempts }) => status === "sent" && attempts === 1)).toBe(true);
  expect(server.delivered).toHaveLength(400);
  expect(new Set(server.delivered.map(({ order }) => order)).size).toBe(400);
  const { order, id, to } = server.delivered[0] ?? { order: "", id: "", to: [] };
  expect(id).toBe(`<${order}@mail.example>`);
  expect(to).toEqual([`reader-${order.replace("standby-", "")}@example.com`]);
});

test("a server that asks for patience gets each mail again until it takes it", async () => {
  let budget = 5;
  const server = await mailServer(() => (budget-- > 0 ? undefined : 450));
  const refill = setInterval(() => (budget = 5), 50);
  cleanUp.push(() => {
    clearInterval(refill);
    return Promise.resolve();
  });
  const pool = await outboxWith([{ site: "standby", count: 40 }]);
  const outbox = send(pool, server.port, ["standby"]);
  const rows = await settled(pool, "standby");
  expect(rows.every(({ status }) => status === "sent")).toBe(true);
  expect(new Set(server.delivered.map(({ order }) => order)).size).toBe(40);
  expect(server.delivered).toHaveLength(40);
  expect(outbox.counts().deferred).toBeGreaterThan(0);
});

test("a mail that will never be taken is marked with the reason and not tried again", async () => {
  const server = await mailServer((order) => (order === "standby-2" ? 550 : undefined));
  const pool = await outboxWith([{ site: "standby", count: 3 }]);
  send(pool, server.port, ["standby"]);
  const rows = await settled(pool, "standby");
  expect(rows.map(({ status }) => status)).toEqual(["sent", "failed", "sent"]);
  expect(rows[1]?.failure).toContain("as the test says");
  expect(rows[1]?.attempts).toBe(1);
});

test("a mail that the other site wrote is that site's to send, until it is adopted", async () => {
  const server = await mailServer(() => undefined);
  const pool = await outboxWith([
    { site: "primary", count: 2 },
    { site: "standby", count: 1 },
  ]);
  const own = send(pool, server.port, ["standby"]);
  const rows = await settled(pool, "standby");
  await own.stop();
  expect(rows.map(({ site, status, attempts }) => [site, status, attempts])).toEqual([
    ["primary", "pending", 0],
    ["primary", "pending", 0],
    ["standby", "sent", 1],
  ]);
  send(pool, server.port, ["standby", "primary"]);
  await settled(pool, "primary");
  expect(server.delivered.map(({ order }) => order).sort()).toEqual(["primary-1", "primary-2", "standby-1"]);
});

test("a server out of reach costs nothing: mails wait", async () => {
  const pool = await outboxWith([{ site: "standby", count: 3 }]);
  const away = send(pool, 9, ["standby"]);
  while (away.counts().deferred === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await away.stop();
  const server = await mailServer(() => undefined);
  send(pool, server.port, ["standby"]);
  expect((await settled(pool, "standby")).every(({ status }) => status === "sent")).toBe(true);
});

test.each([
  [{ responseCode: 450, code: "EMESSAGE" }, "deferred"],
  [{ responseCode: 550, code: "EENVELOPE" }, "rejected"],
  [{ responseCode: 535, code: "EAUTH" }, "deferred"],
  [{ code: "ECONNECTION" }, "deferred"],
] as const)("%j is %s", (fields, kind) => {
  expect(outcomeOf(Object.assign(new Error("why"), fields))).toEqual({ kind, reason: "why" });
});

test("the wait grows with each attempt, never beyond the longest, never to nothing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const wait = secondsBeforeRetry(attempts, mailBackOff, random);
        expect(wait).toBeGreaterThanOrEqual(mailBackOff.first / 2);
        expect(wait).toBeLessThanOrEqual(mailBackOff.longest);
        expect(secondsBeforeRetry(attempts + 1, mailBackOff, random)).toBeGreaterThanOrEqual(wait);
      },
    ),
  );
});
