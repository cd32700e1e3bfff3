import { parseDatabaseUrl } from "../../../operations/connection";
import { operations, type ReconcileResult } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { basket, design, person, runShop, signUp, type RunningShop } from "./running";

const postgres = withPostgres();
const open: RunningShop[] = [];

afterEach(async () => {
  for (const running of open.splice(0)) await running.stop();
});

interface Sites {
  readonly primary: RunningShop;
  readonly standby: RunningShop;
  readonly sync: () => Promise<void>;
  readonly reconcile: () => Promise<ReconcileResult>;
}

async function bothSites(): Promise<Sites> {
  const urls = [await postgres.database(), await postgres.database()] as const;
  const primary = await runShop(urls[0]);
  const standby = await runShop(urls[1], { site: "standby" });
  open.push(primary, standby);
  const [from, to] = [parseDatabaseUrl("from", urls[0]), parseDatabaseUrl("to", urls[1])];
  const data = operations;
  const silent = (): void => undefined;
  return {
    primary,
    standby,
    async sync() {
      const rule = { kind: "fixed", ids: 1_000n } as const;
      await data.sync(from, to, { rule, dryRun: false, maxDeletes: undefined }, silent);
    },
    reconcile: () => data.reconcile(from, to, { dryRun: false, insertsOnly: false }, silent),
  };
}

async function customers(shop: RunningShop): Promise<unknown[]> {
  const { rows } = await shop.shop.pool.query<{ email: string; street: string | null; orders: number }>(
    `select regexp_replace(email, '^closed-.*', 'closed') as email, street,
            (select count(*)::integer from orders where customer_id = customers.id) as orders
       from customers left join addresses on addresses.id = default_address_id order by customers.id`,
  );
  return rows;
}

test("a standby that waits has written nothing, takes the first sync, and starts again on it", async () => {
  const { primary, standby, sync } = await bothSites();
  const cookie = await signUp(primary);
  await primary.post("/checkout", basket(await design(primary, cookie)), cookie);
  await sync();
  expect(await customers(standby)).toEqual(await customers(primary));
  // The session that was synced holds here as well.
  expect((await standby.get("/account", cookie)).json["email"]).toBe(person.email);
});

test("a customer who moves, leaves and comes back with the same e-mail on the old site", async () => {
  const { primary, standby, sync, reconcile } = await bothSites();
  const cookie = await signUp(primary);
  await primary.post("/checkout", basket(await design(primary, cookie)), cookie);
  await sync();
  const address = { street: "2 Oak Avenue", postcode: "2", city: "Boston", country: "US" };
  await primary.post("/account/address", address, cookie);
  await primary.post("/account/close", { password: person.password }, cookie);
  const again = await signUp(primary, { name: "Visitor, once more", street: "3 Pine Road" });
  await primary.post("/checkout", basket(await design(primary, again)), again);
  expect((await reconcile()).conflicts).toEqual([]);
  expect(await customers(standby)).toEqual([
    { email: "closed", street: "2 Oak Avenue", orders: 1 },
    { email: person.email, street: "3 Pine Road", orders: 1 },
  ]);
});

test("a customer without orders who leaves for good on the old site and comes back", async () => {
  const { primary, standby, sync, reconcile } = await bothSites();
  const cookie = await signUp(primary);
  await design(primary, cookie);
  await sync();
  await primary.post("/account/close", { password: person.password }, cookie);
  await signUp(primary, { name: "Visitor, once more", street: "3 Pine Road" });
  const result = await reconcile();
  expect(result.conflicts).toEqual([]);
  expect(result.deleted).toBe(3);
  expect(await customers(standby)).toEqual([{ email: person.email, street: "3 Pine Road", orders: 0 }]);
});

test("an order whose payment was under way during the sync, with later ones around it", async () => {
  const { primary, standby, sync, reconcile } = await bothSites();
  const cookie = await signUp(primary);
  const other = await signUp(primary, { email: "other@example.com" });
  const shirt = await design(primary, cookie);
  const slow = primary.post("/checkout", basket(shirt, { card: "slow-card" }), cookie);
  const inTransaction = `select from pg_locks join pg_class on pg_class.oid = relation
                          where relname = 'order_lines' and mode = 'RowExclusiveLock'`;
  while ((await primary.shop.pool.query(inTransaction)).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await primary.post("/checkout", basket(shirt), other);
  await sync();
  const late = await slow;
  expect(late.json["orderId"]).toBe("1");
  expect((await reconcile()).conflicts).toEqual([]);
  expect((await standby.get(`/orders/${String(late.json["number"])}`, cookie)).json["status"]).toBe("placed");
});

test("orders placed on both sites after the sync keep their numbers, ids and customers", async () => {
  const { primary, standby, sync, reconcile } = await bothSites();
  const cookie = await signUp(primary);
  const shirt = await design(primary, cookie);
  await sync();
  const here = await primary.post("/checkout", basket(shirt), cookie);
  const there = await standby.post("/checkout", basket(shirt), cookie);
  expect(Number(there.json["orderId"])).toBeGreaterThan(1_000);
  expect((await reconcile()).conflicts).toEqual([]);
  for (const { json } of [here, there])
    expect((await standby.get(`/orders/${String(json["number"])}`, cookie)).status).toBe(200);
});
