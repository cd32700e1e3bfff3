import { Client, Pool } from "pg";
import { migrate } from "../../../rehearsal/shop/schema";
import { placeOrder, cancelOrder } from "../../../rehearsal/shop/orders";
import { changeAddress, closeAccount, signUp } from "../../../rehearsal/shop/accounts";
import { createDesign } from "../../../rehearsal/shop/designs";
import { heldBy, judgeEvents, unsentMails, type Verdict } from "../../../rehearsal/visitors/judge";
import { readSurvivors } from "../../../rehearsal/visitors/judge/database";
import type { LedgerEvent } from "../../../rehearsal/visitors/ledger";
import { withPostgres } from "../../support/postgres";

const postgres = withPostgres();
const flippedAt = 1_000;

/** A small day on a real database: three people, four orders, a move, a cancellation, a closure and a second account. */
async function play(): Promise<{
  pool: Pool;
  events: LedgerEvent[];
  mails: { order: string; to: string[] }[];
}> {
  const pool = new Pool({ connectionString: await postgres.database(), max: 2 });
  await migrate(pool);
  const events: LedgerEvent[] = [];
  const mails: { order: string; to: string[] }[] = [];
  let at = 500;
  const open = async (account: string, email: string, name: string): Promise<string> => {
    const street = `${account} Elm Street`;
    const password = "long enough";
    const address = { street, postcode: "1", city: "New York", country: "US" };
    const { customerId } = await signUp(pool, { email, name, password, ...address });
    const seen = { known: true, site: "standby", customerId } as const;
    events.push({ at: at++, type: "sign-up", account, email, name, street, ...seen });
    return customerId;
  };
  const order = async (
    account: string,
    customerId: string,
    email: string,
    site: "primary" | "standby",
    when: number,
  ) => {
    const design = `Shirt ${String(events.length)}`;
    const designId = await createDesign(pool, customerId, {
      name: design,
      fabric: "linen-sand",
      collar: "band",
      cuff: "barrel",
    });
    const key = crypto.randomUUID();
    const line = { size: "L" as const, quantity: 2 };
    const placed = await placeOrder(
      pool,
      { site, publicUrl: "https://www.shop.example" },
      { customerId, email, name: account, defaultAddressId: null },
      { idempotencyKey: key, card: "test-card", lines: [{ designId, ...line }] },
    );
    const lines = [{ design, ...line }];
    events.push({ at: when, type: "order", account, key, lines, known: true, site, ...placed });
    mails.push({ order: placed.number, to: [email] });
    return placed.number;
  };
  const ann = await open("1/1", "one@example.com", "One");
  const ben = await open("2/1", "two@example.com", "Two");
  await order("1/1", ann, "one@example.com", "standby", 1_100);
  await order("2/1", ben, "two@example.com", "primary", 900);
  const late = await order("2/1", ben, "two@example.com", "primary", 1_500);
  const address = { street: "9 Oak Avenue", postcode: "2", city: "Boston", country: "US" };
  await changeAddress(pool, ann, address);
  events.push({
    at: 1_600,
    type: "move",
    account: "1/1",
    street: "9 Oak Avenue",
    known: true,
    site: "standby",
  });
  await cancelOrder(pool, ben, late);
  events.push({ at: 1_700, type: "cancel", account: "2/1", number: late, known: true, site: "primary" });
  const cid = await open("3/1", "three@example.com", "Three");
  await order("3/1", cid, "three@example.com", "primary", 1_800);
  const { becomes } = await closeAccount(pool, cid, "long enough");
  events.push({ at: 1_900, type: "close", account: "3/1", becomes, known: true, site: "primary" });
  await open("3/2", "three@example.com", "Three, once more");
  return { pool, events, mails };
}

let day: Awaited<ReturnType<typeof play>>;
beforeEach(async () => {
  day = await play();
});
afterEach(() => day.pool.end());

async function verdict(
  changes: Partial<Parameters<typeof judgeEvents>[2]> & { readonly events?: readonly LedgerEvent[] } = {},
): Promise<Verdict> {
  const database = { connectionString: day.pool.options.connectionString ?? "" };
  const { events = day.events, ...given } = changes;
  return judgeEvents(events, await readSurvivors(database), { delivered: day.mails, flippedAt, ...given });
}

/** Changes the database behind everybody's back, with its rules out of the way. */
async function tamper(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: day.pool.options.connectionString ?? "" });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

function order(index: number): Extract<LedgerEvent, { type: "order" }> {
  const found = day.events.filter((event) => event.type === "order")[index];
  if (found === undefined) throw new Error(`no order ${String(index)}`);
  return found;
}

test("a day on which nothing went wrong", async () => {
  const judged = await verdict();
  expect(judged.findings).toEqual([]);
  expect(judged.ok).toBe(true);
  expect(judged.orders).toEqual({
    placed: 4,
    unknown: 0,
    onPrimary: 3,
    onStandby: 1,
    stragglers: 2,
    brought: 2,
    held: 0,
    lost: 0,
    duplicated: 0,
    misattributed: 0,
  });
  expect(judged.users).toMatchObject({ placed: 4, lost: 0, duplicated: 0, misattributed: 0 });
  expect(judged.changes).toEqual({ acknowledged: 3, held: 0, lost: 0 });
  expect(judged.mail).toEqual({ expected: 4, delivered: 4, lost: 0, duplicated: 0, misdirected: 0 });
});

const deleteOrder = (id: string | null): string[] => [
  `delete from mail_outbox where order_id = ${String(id)}`,
  `delete from payments where order_id = ${String(id)}`,
  `delete from order_lines where order_id = ${String(id)}`,
  `delete from orders where id = ${String(id)}`,
];

test("a lost order, and one that a reported conflict holds back", async () => {
  await tamper(...deleteOrder(order(2).orderId));
  const judged = await verdict();
  expect(judged.ok).toBe(false);
  expect(judged.orders).toMatchObject({ lost: 1, stragglers: 2, brought: 1 });
  expect(judged.findings).toEqual([
    { kind: "lost", what: "order", key: order(2).number, detail: "of two@example.com" },
  ]);
  const held = heldBy([
    { table: "public.customers", key: 77, held: [{ table: "public.orders", key: order(2).orderId }] },
  ]);
  expect((await verdict({ held })).orders).toMatchObject({ lost: 0, held: 1 });
});

test("an order of the surviving side is lost even where a conflict names its id", async () => {
  await tamper(...deleteOrder(order(0).orderId));
  const held = heldBy([{ table: "public.orders", key: [order(0).orderId] }]);
  expect((await verdict({ held })).orders).toMatchObject({ lost: 1, held: 0 });
});

test("an order that is there twice under its key", async () => {
  const { key } = order(0);
  await tamper(
    `alter table orders drop constraint orders_idempotency_key_key`,
    `insert into orders (number, idempotency_key, customer_id, address_id, total_cents, site)
       select 'S-TWICE', idempotency_key, customer_id, address_id, total_cents, site from orders
        where idempotency_key = '${key}'`,
  );
  const judged = await verdict();
  expect(judged.orders.duplicated).toBe(1);
  expect(judged.findings).toContainEqual({
    kind: "duplicated",
    what: "order",
    key: order(0).number,
    detail: "is there 2 times",
  });
});

test("an order that nobody placed, on one of the visitors", async () => {
  await tamper(
    `insert into orders (number, idempotency_key, customer_id, address_id, total_cents, site)
       select 'S-COPY', gen_random_uuid(), customer_id, address_id, total_cents, site from orders
        where number = '${order(1).number ?? ""}'`,
  );
  const judged = await verdict();
  expect(judged.orders).toMatchObject({ duplicated: 1, lost: 0, misattributed: 0 });
  expect(judged.findings[0]?.detail).toBe("hangs on two@example.com, who never placed it");
});

test("an order on the wrong customer", async () => {
  await tamper(
    `update orders set customer_id = (select id from customers where email = 'one@example.com')
      where number = '${order(1).number ?? ""}'`,
  );
  const judged = await verdict();
  expect(judged.orders).toMatchObject({ misattributed: 1, lost: 0, duplicated: 0 });
  expect(judged.findings[0]?.detail).toContain(
    "belongs to one@example.com (One), not to two@example.com (Two)",
  );
  expect(judged.findings[0]?.detail).toContain("goes to another customer's address");
});

test("an order that fell to the second account of the same e-mail", async () => {
  await tamper(
    `update orders set customer_id = (select id from customers where email = 'three@example.com'),
       address_id = (select default_address_id from customers where email = 'three@example.com')
      where number = '${order(3).number ?? ""}'`,
  );
  expect((await verdict()).orders.misattributed).toBe(1);
});

test.each([
  [
    "another shirt",
    (id: string) => `update order_lines set design_id = design_id + 1 where order_id = ${id}`,
  ],
  ["another size", (id: string) => `update order_lines set size = 'S' where order_id = ${id}`],
  ["no lines", (id: string) => `delete from order_lines where order_id = ${id}`],
  ["no payment", (id: string) => `delete from payments where order_id = ${id}`],
  ["another payment", (id: string) => `update payments set amount_cents = 1 where order_id = ${id}`],
])("an order with %s", async (_what, statement) => {
  await tamper(statement(order(0).orderId ?? ""));
  expect((await verdict()).orders).toMatchObject({ misattributed: 1, lost: 0 });
});

test("a lost account, one that is there twice, and one with another's address", async () => {
  await tamper(`update customers set email = 'elsewhere@example.com' where email = 'two@example.com'`);
  expect((await verdict()).users.lost).toBe(1);
  await tamper(
    `update customers set email = 'two@example.com' where email = 'elsewhere@example.com'`,
    `drop index customers_email`,
    `insert into customers (email, name, password_hash, default_address_id)
       select email, name, '', default_address_id from customers where email = 'two@example.com'`,
  );
  expect((await verdict()).users.duplicated).toBe(1);
  await tamper(
    `delete from customers where password_hash = '' and email = 'two@example.com'`,
    `update customers set default_address_id = (select min(id) from addresses) where email = 'two@example.com'`,
  );
  expect((await verdict()).users.misattributed).toBe(1);
});

test.each([
  [
    "move",
    "address",
    `update customers set default_address_id = (select min(id) from addresses) where name = 'One'`,
  ],
  ["cancellation", "cancellation", `update orders set status = 'placed'`],
  [
    "closure",
    "closure",
    `update customers set email = 'three@example.com', name = 'Three' where email like 'closed-%'`,
  ],
])("a lost %s", async (_name, what, statement) => {
  await tamper(`drop index customers_email`, statement);
  const judged = await verdict();
  expect(judged.changes).toEqual({ acknowledged: 3, held: 0, lost: 1 });
  expect(judged.findings.filter(({ kind }) => kind === "change-lost")).toMatchObject([{ what }]);
});

test("mail that never came, came twice, or went to somebody else", async () => {
  const [first, second, third, ...rest] = day.mails;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few mails");
  const delivered = [second, second, { ...third, to: ["stranger@example.com"] }, ...rest];
  const judged = await verdict({ delivered });
  expect(judged.mail).toEqual({ expected: 4, delivered: 3, lost: 1, duplicated: 1, misdirected: 1 });
  expect(judged.findings.map(({ kind }) => kind)).toEqual([
    "mail-lost",
    "mail-duplicated",
    "mail-misdirected",
  ]);
});

test("an order without an answer may be there or not, but not on somebody else", async () => {
  const unknown = {
    known: false,
    site: null,
    orderId: null,
    number: null,
    totalCents: null,
    street: null,
  } as const;
  const events = day.events.map((event) => (event === order(0) ? { ...order(0), ...unknown } : event));
  const there = await verdict({ events });
  expect(there.orders).toMatchObject({ placed: 3, unknown: 1, lost: 0, duplicated: 0 });
  expect(there.mail.expected).toBe(4);
  expect(there.ok).toBe(true);
  await tamper(...deleteOrder(order(0).orderId));
  expect(await verdict({ events })).toMatchObject({ ok: true, mail: { expected: 3 } });
});

test("the cutover's times and the series come from what the visitors saw", async () => {
  const second = (at: number, primary: number | null, standby: number | null): LedgerEvent => ({
    at,
    type: "second",
    requests: 2,
    failed: 1,
    images: 3,
    imagesFromEdge: 2,
    imagesFailed: 1,
    ordersOnPrimary: 0,
    ordersOnStandby: 0,
    primary: primary === null ? null : { first: primary, last: primary, answers: 1 },
    standby: standby === null ? null : { first: standby, last: standby, answers: 1 },
  });
  const events = [
    ...day.events,
    second(900, 800, null),
    second(1_900, 1_850, 1_040),
    second(2_900, null, 2_000),
  ];
  const judged = await verdict({ events });
  expect(judged.cutover).toEqual({ firstStandbyVisit: 40, lastPrimaryVisit: 850 });
  expect(judged.images).toEqual({ requests: 9, fromEdge: 6, failed: 3 });
  expect(judged.series.map(({ at }) => at)).toEqual([900, 1_900, 2_900]);
  expect(judgeEvents(events, { orders: [], customers: [] }, { delivered: [] }).cutover).toEqual({
    firstStandbyVisit: null,
    lastPrimaryVisit: null,
  });
});

test("mail that still waits is counted by site", async () => {
  const database = { connectionString: day.pool.options.connectionString ?? "" };
  expect(await unsentMails(database, "primary")).toBe(3);
  expect(await unsentMails(database, "standby")).toBe(1);
});
