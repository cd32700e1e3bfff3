/** What a user may not do, by rows of the shape that the server gives. */
import type { Use } from "../../../../operations/data/port";
import { serverError, recorded } from "./recorder";
import { catalogueOf, sequences, shop } from "./catalogue";

const missing = [
  ["object", "[dbo].[customers]", "INSERT", "dbo.customers", "[guest]"],
  ["object", "[dbo].[customers]", "UPDATE", "dbo.customers", "[guest]"],
  ["object", "[dbo].[customers]", "ALTER", "dbo.customers", "[guest]"],
  ["object", "[dbo].[customers]", "ALTER", "dbo.customers", "[guest]"],
  ["object", "[dbo].[elsewhere]", "SELECT", "dbo.elsewhere", "[guest]"],
  ["owner", "[dbo]", "", "dbo.customers", "[guest]"],
  ["owner", "[dbo]", "", "dbo.elsewhere", "[guest]"],
  ["schema", "[warm_standby]", "SELECT", null, "[guest]"],
  ["database", "[shop]", "CREATE SCHEMA", null, "[guest]"],
  ["database", "[shop]", "CREATE TABLE", null, "[guest]"],
  ["read-only", "[shop]", "", null, "[guest]"],
];

async function asked(use: Use, rows = missing) {
  const { database, statements } = await recorded([
    [/HAS_PERMS_BY_NAME.*p\.permission/s, rows],
    ...catalogueOf(shop, sequences),
  ]);
  const { tables, generators } = await database.introspect();
  const found = await database.missingRights({ tables, generators }, use);
  return { found, sql: (statements.at(-1) ?? "").replaceAll(/\s+/g, " ") };
}

test("every missing right is named once, with the statement that gives it; of other tables, none", async () => {
  const { found } = await asked("mirror");
  expect(found).toEqual([
    {
      tables: ["dbo.customers"],
      what: "INSERT, UPDATE, ALTER on [dbo].[customers]",
      fix: "GRANT INSERT, UPDATE, ALTER ON [dbo].[customers] TO [guest]",
    },
    {
      tables: ["dbo.customers"],
      what: "to set the ids of tables of [dbo] takes its owner, or a member of db_ddladmin",
      fix: "ALTER ROLE db_ddladmin ADD MEMBER [guest]",
    },
    {
      tables: [],
      what: "SELECT on schema [warm_standby]",
      fix: "GRANT SELECT ON SCHEMA::[warm_standby] TO [guest]",
    },
    {
      tables: [],
      what: "CREATE SCHEMA, CREATE TABLE in [shop]",
      fix: "GRANT CREATE SCHEMA, CREATE TABLE TO [guest]",
    },
    {
      tables: [],
      what: "it is read-only",
      fix: "is it a secondary? Name the primary, or ALTER DATABASE [shop] SET READ_WRITE",
    },
  ]);
  expect((await asked("read", [])).found).toEqual([]);
});

test("a use asks for what it takes and no more", async () => {
  const rights = async (use: Use): Promise<readonly string[]> => {
    const { sql } = await asked(use);
    const names = [...sql.matchAll(/N'((?:SELECT|INSERT|UPDATE|DELETE|ALTER|CREATE|VIEW)[A-Z ]*)'/g)];
    return [...new Set(names.map(([, right]) => right ?? ""))].sort();
  };
  const rows = ["DELETE", "INSERT", "SELECT", "UPDATE"];
  expect(await rights("read")).toEqual(["SELECT", "VIEW DEFINITION"]);
  expect(await rights("raise")).toEqual(["ALTER", ...rows, "VIEW DEFINITION"]);
  const all = ["ALTER", "CREATE SCHEMA", "CREATE TABLE", ...rows, "VIEW DEFINITION"];
  expect(await rights("write")).toEqual(all);
  expect(await rights("mirror")).toEqual(all);
  const [reading, raising, writing, mirroring] = await Promise.all(
    (["read", "raise", "write", "mirror"] as const).map(async (use) => (await asked(use)).sql),
  );
  expect(reading).not.toMatch(/sys\.sequences|identity_columns|READ_ONLY/);
  expect(raising).toMatch(/sys\.sequences.*READ_ONLY/);
  expect(writing).not.toContain("sys.triggers");
  expect(mirroring).toContain("sys.triggers");
});

test("whoever may not read what names the database is told so with all else", async () => {
  const answers = (number: number) =>
    recorded([
      [/OBJECT_ID\(N'\[warm_standby\]\.\[self\]', N'U'\) IS NULL THEN/, [["1"]]],
      [/SELECT id FROM/, serverError(number)],
      [/service_broker_guid/, [["server", "shop", "guid"]]],
    ]);
  expect(await (await answers(229)).database.id()).toBe("server/shop/guid");
  await expect((await answers(1222)).database.id()).rejects.toThrow("error 1222");
});
