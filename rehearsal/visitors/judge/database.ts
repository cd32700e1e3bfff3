import { Client, type ClientConfig } from "pg";

/** An order as the surviving database has it, with everything that hangs on it. */
export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly key: string;
  readonly status: string;
  readonly totalCents: number;
  readonly email: string;
  readonly name: string;
  readonly street: string;
  /** Whether the address is the customer's own. */
  readonly ownAddress: boolean;
  readonly lines: readonly { readonly design: string; readonly size: string; readonly quantity: number }[];
  /** What was paid, one entry a payment. */
  readonly paid: readonly number[];
}

export interface CustomerRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly street: string | null;
  readonly ownAddress: boolean;
}

export interface Survivors {
  readonly orders: readonly OrderRow[];
  readonly customers: readonly CustomerRow[];
}

const ordersQuery = `
  select orders.id, number, idempotency_key as key, status, total_cents as "totalCents",
         customers.email, customers.name, addresses.street,
         addresses.customer_id = orders.customer_id as "ownAddress",
         (select coalesce(json_agg(json_build_object('design', designs.name, 'size', size, 'quantity', quantity)
                   order by line), '[]')
            from order_lines join designs on designs.id = design_id where order_id = orders.id) as lines,
         (select coalesce(json_agg(amount_cents), '[]') from payments where order_id = orders.id) as paid
    from orders join customers on customers.id = orders.customer_id join addresses on addresses.id = address_id`;

const customersQuery = `
  select customers.id, email, name, street, coalesce(addresses.customer_id = customers.id, false) as "ownAddress"
    from customers left join addresses on addresses.id = default_address_id`;

/** Reads what is left at the end of the day, in one consistent look. */
export async function readSurvivors(config: ClientConfig): Promise<Survivors> {
  const client = new Client(config);
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    const orders = await client.query<OrderRow>(ordersQuery);
    const customers = await client.query<CustomerRow>(customersQuery);
    await client.query("commit");
    return { orders: orders.rows, customers: customers.rows };
  } finally {
    await client.end();
  }
}

/** How many mails of a site still wait to be sent in a shop's database. */
export async function unsentMails(config: ClientConfig, site: "primary" | "standby"): Promise<number> {
  const client = new Client(config);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::integer as count from mail_outbox where status = 'pending' and site = $1`,
      [site],
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
