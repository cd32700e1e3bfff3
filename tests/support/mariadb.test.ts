import { createConnection } from "mysql2/promise";
import { mariadbOrSkip, withMariadb } from "./mariadb";

mariadbOrSkip()("MariaDB for tests", () => {
  const mariadb = withMariadb();

  test("hands out empty databases of their own, by URL", async () => {
    const [first, second] = [await mariadb.database(), await mariadb.database("named")];
    const make = await createConnection(first.replace(/\?.*/, ""));
    await make.query("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)");
    await make.end();

    const look = await createConnection(second.replace(/\?.*/, ""));
    const [rows] = await look.query(
      "SELECT DATABASE() AS name, (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()) AS found",
    );
    await look.end();
    expect(rows).toEqual([{ name: "named", found: 0 }]);
  });
});
