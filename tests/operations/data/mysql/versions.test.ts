import { refuseOld } from "../../../../operations/data/engines/mysql/session";

test.each([
  ["mysql", "8.0.13"],
  ["mysql", "8.4.0"],
  ["mysql", "9.1.0"],
  ["mariadb", "10.6.4"],
  ["mariadb", "11.4.2"],
] as const)("%s %s will do", (flavour, version) => {
  expect(() => refuseOld("shop@h:3306/shop", flavour, version)).not.toThrow();
});

test.each([
  ["mysql", "5.7.44", "MySQL 5.7.44"],
  ["mysql", "8.0.12", "MySQL 8.0.12"],
  ["mariadb", "10.5.23", "MariaDB 10.5.23"],
  ["mariadb", "5.5.68", "MariaDB 5.5.68"],
] as const)("%s %s is too old", (flavour, version, named) => {
  expect(() => refuseOld("shop@h:3306/shop", flavour, version)).toThrow(
    `shop@h:3306/shop: ${named} is too old; this needs MySQL 8.0.13 or MariaDB 10.6: ask the host for a newer server`,
  );
});
