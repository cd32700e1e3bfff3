import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { Databases } from "../support/databases";
import { openShop } from "../support/shop";
import { World } from "../support/world";

const document = z.object({
  checks: z.array(z.object({ id: z.string(), status: z.string(), found: z.string(), fix: z.string() })),
});

let world: World;
let databases: Databases;
beforeAll(async () => {
  world = await World.start();
  await openShop(world);
  databases = await Databases.start(world);
});
afterAll(() => world.stop());

async function look(id: string, primaryUrl = databases.primaryUrl): Promise<string> {
  const ran = await world.run(["check", "--json"], { STANDBY_PRIMARY_DATABASE_URL: primaryUrl });
  const found = document.parse(JSON.parse(ran.stdout)).checks.find((finding) => finding.id === id);
  return `${found?.status ?? "missing"}: ${found?.found ?? ""}`;
}

const sync = async (): Promise<void> => {
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
  const ran = await world.run(["sync", "--from", "primary", "--to", "standby", "--json", ...offsets], {
    STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl,
  });
  expect(ran).toMatchObject({ code: 0 });
};

test("before the first sync: the database answers, but nothing stands in it and its ids are too close", async () => {
  const ran = await world.run(["check", "--json"], { STANDBY_PRIMARY_DATABASE_URL: databases.primaryUrl });
  const found = new Map(
    document.parse(JSON.parse(ran.stdout)).checks.map(({ id, ...finding }) => [id, finding]),
  );
  expect(found.get("database")).toEqual({
    status: "pass",
    found: expect.stringMatching(/^PostgreSQL \S+.* answers over TLS and holds 2 tables$/) as string,
    fix: "",
  });
  expect(found.get("last-sync")).toEqual({
    status: "fail",
    found: "nothing was ever synced to it",
    fix: "run `standby sync --from primary --to standby`",
  });
  expect(found.get("new-ids")).toEqual({
    status: "fail",
    found: "too close: public.customers.id has room for 0, public.orders.id has room for 0",
    fix: "run `standby identities --from primary --to standby --apply`",
  });
});

describe("after a sync", () => {
  beforeAll(sync);

  test("the last sync is dated, and every id has its room", async () => {
    expect(await look("last-sync")).toMatch(/^pass: last synced \d{4}-\d\d-\d\dT\d\d:\d\dZ, 0\.0 hours ago$/);
    expect(await look("new-ids")).toMatch(
      /^pass: 2 ids, the closest public\.(orders|customers)\.id with room for \d+$/,
    );
  });

  test("a reference that no foreign key declares is named until the file says what it is", async () => {
    for (const name of ["primary", "shop"])
      await databases.sql(name, "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey");
    expect(await look("tables")).toBe("warn: public.orders.customer_id may refer to public.customers.id");
    writeFileSync(
      path.join(world.folder, "standby.tables.yaml"),
      "references: [{ from: orders.customer_id, to: customers }]",
    );
    expect(await look("tables")).toBe("pass: no reference and no number is open");
    rmSync(path.join(world.folder, "standby.tables.yaml"));
    for (const name of ["primary", "shop"])
      await databases.sql(name, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers");
  });

  test("orders that the primary takes meanwhile use the room up", async () => {
    await databases.sql("primary", "SELECT setval('orders_id_seq', 150000)");
    expect(await look("new-ids")).toBe("fail: too close: public.orders.id has room for 50000");
    await databases.sql("primary", "SELECT setval('orders_id_seq', 20)");
  });

  test("with the primary's database away, what the last sync wrote down counts as a warning", async () => {
    expect(await look("new-ids", "postgres://shop:db-secret@127.0.0.1:9/primary")).toMatch(
      /^warn: the primary's database cannot be asked \(shop@127\.0\.0\.1:9\/primary: nothing listens there.*\); when last moved, the closest ids had room for \d+$/,
    );
  });

  test("a sync of the day before yesterday is too old", async () => {
    await databases.sql("shop", "UPDATE warm_standby.base SET at = at - interval '27 hours'");
    expect(await look("last-sync")).toMatch(/^fail: last synced .*, 27\.0 hours ago$/);
    await databases.sql("shop", "UPDATE warm_standby.base SET at = at + interval '27 hours'");
  });
});
