/** What SHOW GRANTS prints, on MariaDB and on MySQL, read as rights. */
import { grantsOf, holds } from "../../../../operations/data/engines/mysql/grants";

const read = (...lines: string[]) => {
  const { server, database, tables } = grantsOf(lines, "shop_1");
  return {
    server: [...server],
    database: [...database],
    tables: [...tables].map(([name, rights]) => [name, [...rights]]),
  };
};

test.each([
  ["GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*0123ABCD'", []],
  ["GRANT SELECT, CREATE TEMPORARY TABLES ON `shop\\_1`.* TO `a`@`%`", ["SELECT", "CREATE TEMPORARY TABLES"]],
  ["GRANT SELECT ON `shop_1`.* TO `a`@`%`", ["SELECT"]],
  ["GRANT SELECT ON `shop%`.* TO `a`@`%` WITH GRANT OPTION", ["SELECT"]],
  ["GRANT SELECT ON `shop\\%`.* TO `a`@`%`", []],
  ["GRANT SELECT ON `shop.1`.* TO `a`@`%`", []],
  ["GRANT SELECT ON `other`.* TO `a`@`%`", []],
  ["GRANT ALL PRIVILEGES ON `SHOP\\_1`.* TO `a`@`%`", ["ALL PRIVILEGES"]],
  ["GRANT `writers`@`%` TO `a`@`%`", []],
  ["GRANT PROXY ON ''@'%' TO 'a'@'%' WITH GRANT OPTION", []],
])("rights to the database by %s", (line, database) => {
  expect(read(line)).toEqual({ server: [], database, tables: [] });
});

test("rights to the server are rights to the database, but for what is taken out of them", () => {
  expect(
    read(
      "GRANT SELECT, INSERT, SHOW VIEW ON *.* TO `a`@`%`",
      "GRANT CONNECTION_ADMIN,ROLE_ADMIN ON *.* TO `a`@`%`",
      "REVOKE INSERT ON `shop\\_1`.* FROM `a`@`%`",
      "REVOKE SELECT ON `other`.* FROM `a`@`%`",
    ),
  ).toEqual({
    server: ["SELECT", "INSERT", "SHOW VIEW", "CONNECTION_ADMIN", "ROLE_ADMIN"],
    database: ["SELECT", "SHOW VIEW", "CONNECTION_ADMIN", "ROLE_ADMIN"],
    tables: [],
  });
});

test("rights to a table; those to some of its columns are none", () => {
  expect(
    read(
      "GRANT SELECT, UPDATE (`total`, `state`), DELETE ON `shop_1`.`odd ``name` TO `a`@`%`",
      "GRANT INSERT ON TABLE `shop_1`.`odd ``name` TO `a`@`%`",
      "GRANT SELECT ON `shopX1`.`orders` TO `a`@`%`",
    ).tables,
  ).toEqual([["odd `name", ["SELECT", "DELETE", "INSERT"]]]);
  expect(holds(new Set(["ALL PRIVILEGES"]), "ALTER")).toBe(true);
  expect(holds(undefined, "ALTER")).toBe(false);
});
