import type { Pool } from "pg";
import { withTransaction } from "../shop/database";

/**
 * The shop's life before the story: customers, some with several addresses, designs based on one another, orders,
 * some cancelled, with gaps in their ids. Nobody can log in as one of them.
 */
const statements: readonly string[] = [
  `insert into customers (email, name, password_hash, created_at)
     select 'regular-' || n || '@example.net', 'Regular ' || n, '', now() - make_interval(days => 400 - n % 300)
       from generate_series(1, $1::integer) n`,
  `insert into addresses (customer_id, street, postcode, city, country, created_at)
     select id, (10 + id % 190) || ' Mill Lane', lpad((id * 37 % 99999)::text, 5, '0'), 'Springfield', 'US', created_at
       from customers, generate_series(1, 2) copies where copies = 1 or id % 5 = 0
       order by id, copies`,
  `update customers set default_address_id =
     (select max(addresses.id) from addresses where addresses.customer_id = customers.id)`,
  `insert into designs (customer_id, name, fabric, collar, cuff, created_at)
     select id, 'Design of ' || name,
            (array['oxford-blue', 'poplin-white', 'twill-grey', 'linen-sand'])[1 + id % 4],
            (array['spread', 'band'])[1 + id % 2], (array['barrel', 'french'])[1 + id % 2], created_at
       from customers where id % 3 <> 0 order by id`,
  `update designs set based_on = id - 1
     where id % 4 = 0 and exists (select from designs earlier where earlier.id = designs.id - 1)`,
  // A basket that was abandoned has used up its number.
  `select nextval('orders_id_seq') from generate_series(1, 7)`,
  `insert into orders (number, idempotency_key, customer_id, address_id, status, total_cents, site, placed_at)
     select 'H-' || lpad(designs.id::text, 8, '0'), gen_random_uuid(), customers.id, customers.default_address_id,
            case when designs.id % 17 = 0 then 'cancelled' else 'placed' end, 9400, 'primary', designs.created_at
       from designs join customers on customers.id = designs.customer_id order by designs.id`,
  `insert into order_lines (order_id, line, design_id, size, quantity, unit_cents)
     select orders.id, 1, designs.id, 'L', 1, 9400
       from orders join designs on 'H-' || lpad(designs.id::text, 8, '0') = orders.number`,
  `insert into payments (order_id, amount_cents, card, reference, status, taken_at)
     select id, total_cents, 'test-card', 'pay_' || number,
            case when status = 'cancelled' then 'refunded' else 'taken' end, placed_at
       from orders order by id`,
  `insert into mail_outbox (site, order_id, order_number, recipient, subject, body, status, attempts, sent_at)
     select 'primary', orders.id, number, email, 'Your order ' || number, 'Thank you.', 'sent', 1, placed_at
       from orders join customers on customers.id = customer_id order by orders.id`,
];

/** Fills an empty shop with `count` customers and what belongs to them. */
export async function writeHistory(pool: Pool, count: number): Promise<void> {
  await withTransaction(pool, async (client) => {
    for (const [index, statement] of statements.entries())
      await client.query(statement, index === 0 ? [count] : []);
  });
}
