/** A shop of both sides after a sync, for what `--take target` leaves. */
import type { ReconcileRequest, ReconcileResult } from "../../../../operations/data/engine";
import type { TestEngine } from "../../../support/servers";
import { stages, type Visitor } from "../days";
import { kinds, reconcile, sync } from "../sides";

const schema = (id: string): string => `
  CREATE TABLE customers (id ${id}, email varchar(40) NOT NULL UNIQUE, name varchar(40) NOT NULL);
  CREATE TABLE orders (id ${id}, customer_id int NOT NULL, note varchar(40),
    CONSTRAINT owner FOREIGN KEY (customer_id) REFERENCES customers (id));
  CREATE TABLE order_lines (order_id int, line int, PRIMARY KEY (order_id, line),
    CONSTRAINT part FOREIGN KEY (order_id) REFERENCES orders (id));`;
const rows = `
  INSERT INTO customers (email, name) VALUES ('c1', 'C1'), ('c2', 'C2'), ('c3', 'C3');
  INSERT INTO orders (customer_id, note) VALUES (1, 'of C1'), (2, 'of C2'), (3, 'of C3');
  INSERT INTO order_lines VALUES (1, 1), (2, 1), (3, 1)`;
const contents = [
  "SELECT id, email, name FROM customers ORDER BY id",
  "SELECT o.id, c.name, o.note FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id",
  "SELECT order_id, line FROM order_lines ORDER BY 1, 2",
];
const tables = ["customers", "orders", "order_lines"];
export const target = { take: tables.map((row) => ({ side: "target" as const, row })) };
export const brief = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  kinds(result).map(String).sort(),
];
export const left = (result: ReconcileResult): readonly string[] =>
  result.left.map(({ table, key, on }) => `${table.replace("public.", "")} ${key.join()} ${on}`).sort();
export const nothing = [0, 0, 0, []];

export const settling = (side: "source" | "target", row: string) => ({ take: [{ side, row }] });

/** A late customer of the primary with an order, and the standby's own one who has his e-mail. */
export const lateOrder = `INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'late');
  INSERT INTO orders (id, customer_id, note) VALUES (4, 4, 'of late'); INSERT INTO order_lines VALUES (4, 1)`;
export const own = "INSERT INTO customers (id, email, name) VALUES (5000, 'twice', 'own')";
/** A change of the primary that the standby cannot take because of him. */
export const update = "UPDATE customers SET email = 'twice', name = 'here' WHERE id = 2";

/** Call it at the top of the tests. */
export function withShop({ engine, start }: TestEngine) {
  const server = start();
  const stage = stages[engine];
  const visitors: Visitor[] = [];
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.end();
  });

  /** Two sides after a sync, and what can be done to them. */
  async function shop(primary = "", standby = "") {
    const urls = { primary: await server.database(), standby: await server.database() };
    const at = { primary: await stage.connect(urls.primary), standby: await stage.connect(urls.standby) };
    visitors.push(at.primary, at.standby);
    for (const visitor of Object.values(at))
      await visitor.run(schema(engine === "mysql" ? "int AUTO_INCREMENT PRIMARY KEY" : "serial PRIMARY KEY"));
    await at.primary.run(rows);
    await sync(urls.primary, urls.standby);
    if (primary !== "") await at.primary.run(primary);
    if (standby !== "") await at.standby.run(standby);
    const seen = async (visitor: Visitor): Promise<readonly unknown[]> => {
      const all: unknown[] = [];
      for (const sql of contents) all.push(await visitor.rows(sql));
      return all;
    };
    return {
      at,
      urls,
      both: async () => ({ primary: await seen(at.primary), standby: await seen(at.standby) }),
      over: (more: Partial<ReconcileRequest> = {}) => reconcile(urls.primary, urls.standby, more),
      back: (more: Partial<ReconcileRequest> = {}) => reconcile(urls.standby, urls.primary, more),
      sync: () => sync(urls.primary, urls.standby),
    };
  }
  return { name: (table: string): string => `${stage.prefix}${table}`, shop };
}
