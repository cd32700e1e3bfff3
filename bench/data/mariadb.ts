/** The same shop on MariaDB, beside Debian's pt-table-sync (package percona-toolkit). */
import { createConnection, type Connection } from "mysql2/promise";
import { z } from "zod";
import { password, startMariadb, user } from "../../tests/support/mariadb-server";
import { measure, timed, type Measured } from "./measure";
import { late, nothing, size, tables, type Size } from "./shop";

const schema = `
  CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, name VARCHAR(40) NOT NULL, joined DATETIME NOT NULL);
  CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, total DECIMAL(10,2) NOT NULL, placed DATETIME NOT NULL,
    note TEXT, FOREIGN KEY (user_id) REFERENCES users (id));
  CREATE TABLE items (id INT AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, sku VARCHAR(20) NOT NULL, quantity INT NOT NULL,
    price DECIMAL(10,2) NOT NULL, FOREIGN KEY (order_id) REFERENCES orders (id))`;

const rows = (before: Size, more: Size): string => `
  INSERT INTO users SELECT seq, CONCAT('user', seq, '@blanklabel.example'), CONCAT('User ', seq), '2010-05-01' + INTERVAL seq SECOND
    FROM seq_${before.users + 1}_to_${before.users + more.users};
  INSERT INTO orders SELECT seq, 1 + seq MOD ${before.users + more.users}, seq MOD 300, '2010-05-01' + INTERVAL seq SECOND,
    CONCAT('shirt ', MD5(seq)) FROM seq_${before.orders + 1}_to_${before.orders + more.orders};
  INSERT INTO items SELECT ${before.items} + seq, ${before.orders} + 1 + seq MOD ${more.orders}, CONCAT('SKU-', seq MOD 500), 1 + seq MOD 3,
    seq MOD 90 FROM seq_1_to_${more.items}`;

const forget = (at: Size): string => `
  DELETE FROM items WHERE id > ${at.items}; DELETE FROM orders WHERE id > ${at.orders}; DELETE FROM users WHERE id > ${at.users}`;

const more: Size = { users: 10_000, orders: 30_000, items: 60_000 };

const versions = z.array(z.object({ version: z.string() }));

/** As pt-table-sync sums up chunks, over whole tables. */
const hashScan = `
  SELECT SUM(CRC32(CONCAT_WS('#', id, email, name, joined))) FROM users;
  SELECT SUM(CRC32(CONCAT_WS('#', id, user_id, total, placed, note))) FROM orders;
  SELECT SUM(CRC32(CONCAT_WS('#', id, order_id, sku, quantity, price))) FROM items`;

/**
 * @param peaks a folder for memory peaks
 * @returns measurements by name, with the server's version
 */
export async function measureMariadb(
  rounds: number,
  peaks: string,
  say: (line: string) => void,
): Promise<{
  readonly found: Record<string, Measured[]>;
  /** With many late rows. */
  readonly many: Record<string, Measured[]>;
  readonly version: string;
}> {
  const server = await startMariadb(false);
  const clients: Connection[] = [];
  try {
    const at = size(1);
    const open = async (name: string): Promise<Connection> => {
      await server.asHost(`CREATE DATABASE ${name}; GRANT ALL ON *.* TO '${user}'@'%'`);
      const client = await createConnection({
        host: "127.0.0.1",
        port: server.port,
        user,
        password,
        database: name,
        multipleStatements: true,
      });
      clients.push(client);
      await client.query(schema);
      return client;
    };
    const [source, target] = [await open("source"), await open("target")];
    const url = (name: string): string =>
      `mysql://${user}:${password}@127.0.0.1:${server.port}/${name}?ssl-mode=DISABLED`;
    const urls = { SOURCE: url("source"), TARGET: url("target") };
    const standby = (command: string, ...options: readonly string[]): Promise<Measured> =>
      measure(
        process.execPath,
        ["bin/standby.js", command, "--from", "env:SOURCE", "--to", "env:TARGET", "--json", ...options],
        urls,
        peaks,
      );
    await source.query(rows(nothing, at));
    await standby("sync", "--offset", "2000000");
    await source.query(rows(at, late));
    const peer = async (): Promise<Measured> => {
      let seconds = 0;
      for (const table of tables) {
        // Reads user and password from the server's own file for clients.
        const dsn = (database: string): string =>
          `F=${server.clientFile},h=127.0.0.1,P=${server.port},D=${database},t=${table}`;
        const how = ["--execute", "--charset=utf8mb4", dsn("source"), dsn("target")];
        // 2: there were differences, which it has mended.
        const one = await measure("pt-table-sync", how, {}, undefined, 2);
        seconds += one.seconds;
      }
      return { seconds, megabytes: 0, output: "" };
    };
    const found: Record<string, Measured[]> = {};
    const many: Record<string, Measured[]> = {};
    const take = async (what: string, one: () => Promise<Measured>, into = found): Promise<void> => {
      const measured = await one();
      say(`MariaDB, ${what}: ${measured.seconds.toFixed(2)} s`);
      (into[what] ??= []).push(measured);
    };
    const clean = async (): Promise<void> => {
      await target.query(forget(at));
      await target.query(
        `DELETE r FROM warm_standby_base_rows r JOIN warm_standby_base_tables t ON t.id = r.table_id
           WHERE r.number > CASE t.table_name WHEN 'items' THEN ${at.items} WHEN 'orders' THEN ${at.orders} ELSE ${at.users} END;
         DELETE FROM warm_standby_ledger; DELETE FROM warm_standby_runs; DELETE FROM warm_standby_followed`,
      );
    };
    for (let round = 1; round <= rounds; round++) {
      await take("hash scan of one side", () => timed(() => source.query(hashScan)));
      await take("reconcile", () => standby("reconcile"));
      await clean();
      await take("reconcile --inserts-only", () => standby("reconcile", "--inserts-only"));
      await clean();
      await take("pt-table-sync", peer);
      await clean();
    }
    const before = {
      users: at.users + late.users,
      orders: at.orders + late.orders,
      items: at.items + late.items,
    };
    await source.query(rows(before, more));
    const copy = tables.map(
      (table) => `INSERT INTO target.${table} SELECT * FROM source.${table} WHERE id > ${at[table]}`,
    );
    await take("INSERT … SELECT of the late rows", () => timed(() => target.query(copy.join("; "))), many);
    await clean();
    await take("reconcile", () => standby("reconcile"), many);
    const [one] = versions.parse(await server.asHost("SELECT VERSION() AS version"));
    return { found, many, version: one?.version ?? "?" };
  } finally {
    for (const client of clients) await client.end();
    await server.stop();
  }
}
