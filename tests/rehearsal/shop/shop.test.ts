import type { Shop } from "../../../rehearsal/shop/shop";
import { migrate } from "../../../rehearsal/shop/schema";
import { withPostgres } from "../../support/postgres";
import { basket, cookieOf, design, person, runShop, signUp, type RunningShop } from "./running";

const postgres = withPostgres();
const open: RunningShop[] = [];

async function shopOn(url: string, changes: Parameters<typeof runShop>[1] = {}): Promise<RunningShop> {
  const running = await runShop(url, changes);
  open.push(running);
  return running;
}

async function newShop(): Promise<RunningShop> {
  return shopOn(await postgres.database());
}

afterEach(async () => {
  for (const running of open.splice(0)) await running.stop();
});

async function count(shop: Shop, table: string): Promise<number> {
  const { rows } = await shop.pool.query<{ n: number }>(`select count(*)::integer as n from ${table}`);
  return rows[0]?.n ?? -1;
}

describe("the schema", () => {
  test("is made by several instances at once, holds no rows, and a second start changes nothing", async () => {
    const url = await postgres.database();
    const [first] = await Promise.all([shopOn(url), shopOn(url), shopOn(url)]);
    const tables = await first.shop.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    expect(tables.rows.map(({ name }) => name)).toEqual([
      "addresses",
      "customers",
      "designs",
      "mail_outbox",
      "order_lines",
      "orders",
      "payments",
      "sessions",
    ]);
    for (const { name } of tables.rows) expect(await count(first.shop, name)).toBe(0);
    await migrate(first.shop.pool);
  });
});

describe("a customer", () => {
  test("signs up, designs, orders, looks the order up, cancels it", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const first = await design(shop, cookie);
    const second = await design(shop, cookie, first);
    const placed = await shop.post("/checkout", basket(second), cookie);
    expect(placed.status).toBe(201);
    expect(placed.headers.get("x-site")).toBe("primary");
    expect(placed.json).toMatchObject({ totalCents: 22_800, street: "1 Elm Street" });
    const number = String(placed.json["number"]);
    const wanted = { number, status: "placed", totalCents: 22_800 };
    expect((await shop.get(`/orders/${number}`, cookie)).json).toMatchObject(wanted);
    expect((await shop.post(`/orders/${number}/cancel`, {}, cookie)).status).toBe(200);
    expect((await shop.post(`/orders/${number}/cancel`, {}, cookie)).status).toBe(200);
    expect((await shop.get(`/orders/${number}`, cookie)).json).toMatchObject({ status: "cancelled" });
    const payments = await shop.shop.pool.query(`select amount_cents, status from payments`);
    expect(payments.rows).toEqual([{ amount_cents: 22_800, status: "refunded" }]);
    const based = await shop.shop.pool.query(`select based_on from designs order by id`);
    expect(based.rows).toEqual([{ based_on: null }, { based_on: first }]);
  });

  test("sees no order of somebody else, and cancels none", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const number = String(
      (await shop.post("/checkout", basket(await design(shop, cookie)), cookie)).json["number"],
    );
    const stranger = await signUp(shop, { email: "stranger@example.com" });
    expect((await shop.get(`/orders/${number}`, stranger)).status).toBe(404);
    expect((await shop.post(`/orders/${number}/cancel`, {}, stranger)).status).toBe(404);
  });

  test("has an e-mail to herself, however it is spelled", async () => {
    const shop = await newShop();
    await signUp(shop);
    const again = await shop.post("/sign-up", { ...person, email: "VISITOR@example.com" });
    expect(again).toMatchObject({ status: 409, json: { error: "email-taken" } });
  });

  test("keeps the address of an order when moving", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    await shop.post("/checkout", basket(await design(shop, cookie)), cookie);
    const address = { street: "2 Oak Avenue", postcode: "2", city: "Boston", country: "US" };
    expect((await shop.post("/account/address", address, cookie)).status).toBe(200);
    const later = await shop.post("/checkout", basket(await design(shop, cookie)), cookie);
    expect(later.json["street"]).toBe("2 Oak Avenue");
    const streets = await shop.shop.pool.query(
      `select street from orders join addresses on addresses.id = address_id order by orders.id`,
    );
    expect(streets.rows).toEqual([{ street: "1 Elm Street" }, { street: "2 Oak Avenue" }]);
  });

  test("closes an account without orders for good, one with orders by name only, and can open another", async () => {
    const shop = await newShop();
    const empty = await signUp(shop);
    await design(shop, empty);
    expect((await shop.post("/account/close", { password: "wrong" }, empty)).status).toBe(403);
    expect((await shop.post("/account/close", { password: person.password }, empty)).json).toEqual({
      becomes: null,
    });
    expect([await count(shop.shop, "customers"), await count(shop.shop, "addresses")]).toEqual([0, 0]);
    const buyer = await signUp(shop);
    await shop.post("/checkout", basket(await design(shop, buyer)), buyer);
    const closed = await shop.post("/account/close", { password: person.password }, buyer);
    expect(closed.json["becomes"]).toMatch(/^closed-[0-9a-f]+@closed\.invalid$/);
    expect((await shop.get("/account", buyer)).status).toBe(409);
    await signUp(shop, { name: "Visitor, once more" });
    const owners = await shop.shop.pool.query(
      `select email from orders join customers on customers.id = customer_id`,
    );
    expect(owners.rows).toEqual([{ email: closed.json["becomes"] }]);
  });

  test("is told each field that is wrong", async () => {
    const shop = await newShop();
    const reply = await shop.post("/sign-up", { ...person, email: "none", country: "usa" });
    expect(reply.status).toBe(400);
    expect(reply.json["error"]).toBe("bad-input");
    expect(reply.json["message"]).toMatch(/^country: two capital letters.*; email: /);
    expect((await shop.post("/checkout", {})).status).toBe(401);
    expect((await shop.get("/no-such-page")).status).toBe(404);
  });
});

describe("checkout", () => {
  test("gives the same order for the same key, even at the same time", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const content = basket(await design(shop, cookie), { card: "slow-card" });
    const replies = await Promise.all([1, 2, 3].map(() => shop.post("/checkout", content, cookie)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const stranger = await signUp(shop, { email: "stranger@example.com" });
    expect((await shop.post("/checkout", content, stranger)).json["error"]).toBe("key-taken");
    for (const table of ["orders", "order_lines", "payments", "mail_outbox"])
      expect(await count(shop.shop, table)).toBe(1);
  });

  test("leaves nothing behind when the bank declines", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const content = basket(await design(shop, cookie), { card: "declined-card" });
    expect((await shop.post("/checkout", content, cookie)).json["error"]).toBe("card-declined");
    for (const table of ["orders", "order_lines", "payments", "mail_outbox"])
      expect(await count(shop.shop, table)).toBe(0);
  });
});

describe("a session", () => {
  test("ends with logging out on its own site", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    await shop.post("/logout", {}, cookie);
    expect((await shop.get("/account", cookie)).status).toBe(401);
    const back = await shop.post("/login", { email: person.email, password: person.password });
    expect((await shop.get("/account", cookieOf(back))).status).toBe(200);
  });

  test("holds on the other site for a customer who is there, and only for that one", async () => {
    const primary = await newShop();
    const standby = await shopOn(await postgres.database(), { site: "standby" });
    const cookie = await signUp(primary);
    expect((await standby.get("/account", cookie)).json["error"]).toBe("unknown-account");
    // The same id, another person: the offset was forgotten.
    await signUp(standby, { email: "namesake@example.com" });
    expect((await standby.get("/account", cookie)).json["error"]).toBe("unknown-account");
    await standby.shop.pool.query(
      `insert into customers (id, email, name, password_hash) overriding system value values (1000, $1, 'Visitor', '')`,
      [person.email],
    );
    expect((await standby.get("/account", cookie)).status).toBe(409);
    await standby.shop.pool.query(`delete from customers where id = 1000`);
    await standby.shop.pool.query(`update customers set email = $1`, [person.email]);
    expect((await standby.get("/account", cookie)).json["email"]).toBe(person.email);
  });

  test("counts for nothing when its signature does not fit", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const other = await shopOn(await postgres.database(), { sessionSecret: "another secret altogether" });
    expect((await other.get("/account", cookie)).status).toBe(401);
    expect((await shop.get("/account", `${cookie}x`)).status).toBe(401);
  });
});

describe("pages", () => {
  test("reference pictures where they are told to, and escape what customers wrote", async () => {
    const shop = await newShop();
    const cookie = await signUp(shop);
    const content = { name: `<script>"&`, fabric: "linen-sand", collar: "band", cuff: "barrel" };
    const id = String((await shop.post("/designs", content, cookie)).json["designId"]);
    const page = (await shop.get(`/designs/${id}`)).text;
    expect(page).toContain('src="https://images.shop.example/shirt-linen-sand.');
    expect(page).toContain("&#60;script&#62;&#34;&#38;");
    expect(page).not.toContain("<script>");
    shop.shop.setImageBaseUrl("https://elsewhere.example");
    expect((await shop.get("/")).text).toContain('src="https://elsewhere.example/hero.');
  });

  test("answer 503 and when to come back while the shop is full, and health as well", async () => {
    const limits = { inFlight: 1, queued: 0, patienceMilliseconds: 1_000, overheadMilliseconds: 0 };
    const shop = await shopOn(await postgres.database(), { limits });
    let leave: () => void = () => undefined;
    const inside = shop.shop.admission.run(1, () => new Promise<void>((resolve) => (leave = resolve)));
    const refused = await shop.get("/healthz");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    leave();
    await inside;
    expect((await shop.get("/healthz")).json).toEqual({ site: "primary", database: "ok" });
  });
});
