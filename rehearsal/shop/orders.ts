import { randomInt } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { sizes, unitCents, type Cuff, type Fabric } from "./catalogue";
import { firstRow, withTransaction, type Queryable } from "./database";
import { confirmation } from "./mail/messages";
import { cards, takePayment } from "./payment";
import { Refusal } from "./refusal";
import type { Visitor } from "./sessions";
import type { Site } from "./settings";

export const checkoutSchema = z.object({
  /** Chosen by the browser once for each basket: a retry after a lost answer is the same order. */
  idempotencyKey: z.uuid(),
  card: z.enum(cards),
  lines: z
    .array(
      z.object({
        designId: z.coerce.number().int().positive(),
        size: z.enum(sizes),
        quantity: z.coerce.number().int().min(1).max(20),
      }),
    )
    .min(1)
    .max(20),
});
export type Checkout = z.infer<typeof checkoutSchema>;

export interface PlacedOrder {
  /** `orders.id` as the database prints it. */
  readonly orderId: string;
  readonly number: string;
  readonly totalCents: number;
  /** The street that it goes to: the customer's default address at that moment. */
  readonly street: string;
}

interface PricedLine {
  readonly designId: number;
  readonly design: string;
  readonly size: string;
  readonly quantity: number;
  readonly unitCents: number;
}

/**
 * Places an order: the order, its lines, its payment and its confirmation mail in one transaction, or nothing at
 * all. The same idempotency key a second time, even while the first is still under way, gives the first's order.
 *
 * @throws Refusal for an unknown design, a missing address, a declined card, or a key that is another customer's
 */
export async function placeOrder(
  pool: Pool,
  shop: { readonly site: Site; readonly publicUrl: string },
  visitor: Visitor,
  checkout: Checkout,
): Promise<PlacedOrder> {
  return withTransaction(pool, async (client) => {
    const lines = await price(client, checkout.lines);
    const totalCents = lines.reduce((sum, line) => sum + line.unitCents * line.quantity, 0);
    const number = newOrderNumber();
    const address = await firstRow<{ id: number; street: string }>(
      client,
      // Locked, so that the account cannot be closed between here and the order.
      `select addresses.id, street from customers join addresses on addresses.id = default_address_id
        where customers.id = $1 for share of customers`,
      [visitor.customerId],
    );
    if (address === undefined) throw new Refusal(409, "no-address", "Tell us first where to send it.");
    const order = await firstRow<{ id: string }>(
      client,
      `insert into orders (number, idempotency_key, customer_id, address_id, total_cents, site)
       values ($1, $2, $3, $4, $5, $6) on conflict (idempotency_key) do nothing returning id`,
      [number, checkout.idempotencyKey, visitor.customerId, address.id, totalCents, shop.site],
    );
    if (order === undefined) return earlierOrder(client, checkout.idempotencyKey, visitor.customerId);
    await client.query(
      `insert into order_lines (order_id, line, design_id, size, quantity, unit_cents)
       select $1, line.*
         from unnest($2::smallint[], $3::integer[], $4::text[], $5::smallint[], $6::integer[]) as line`,
      [
        order.id,
        lines.map((_, index) => index + 1),
        lines.map((line) => line.designId),
        lines.map((line) => line.size),
        lines.map((line) => line.quantity),
        lines.map((line) => line.unitCents),
      ],
    );
    const reference = await takePayment(checkout.card);
    await client.query(
      `insert into payments (order_id, amount_cents, card, reference) values ($1, $2, $3, $4)`,
      [order.id, totalCents, checkout.card, reference],
    );
    const mail = confirmation({ number, name: visitor.name, lines, totalCents, publicUrl: shop.publicUrl });
    await client.query(
      `insert into mail_outbox (site, order_id, order_number, recipient, subject, body)
       values ($1, $2, $3, $4, $5, $6)`,
      [shop.site, order.id, number, visitor.email, mail.subject, mail.body],
    );
    return { orderId: order.id, number, totalCents, street: address.street };
  });
}

/**
 * Cancels an order and gives the money back. Doing so twice is no error.
 *
 * @throws Refusal 404 `unknown-order` where the customer has no such order
 */
export async function cancelOrder(pool: Pool, customerId: string, number: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    const order = await firstRow<{ id: string; status: string }>(
      client,
      `select id, status from orders where number = $1 and customer_id = $2 for update`,
      [number, customerId],
    );
    if (order === undefined) throw unknownOrder();
    if (order.status === "cancelled") return;
    await client.query(`update orders set status = 'cancelled', cancelled_at = now() where id = $1`, [
      order.id,
    ]);
    await client.query(`update payments set status = 'refunded' where order_id = $1`, [order.id]);
  });
}

export interface OrderView {
  readonly number: string;
  readonly status: string;
  readonly totalCents: number;
  readonly placedAt: Date;
  readonly lines: readonly PricedLine[];
}

const views = `
  select number, status, total_cents as "totalCents", placed_at as "placedAt",
         (select coalesce(json_agg(json_build_object('designId', design_id, 'design', designs.name, 'size', size,
                   'quantity', quantity, 'unitCents', unit_cents) order by line), '[]')
            from order_lines join designs on designs.id = design_id where order_id = orders.id) as lines
    from orders`;

/** @throws Refusal 404 `unknown-order` where the customer has no such order */
export async function findOrder(on: Queryable, customerId: string, number: string): Promise<OrderView> {
  const row = await firstRow<OrderView & Record<string, unknown>>(
    on,
    `${views} where number = $1 and customer_id = $2`,
    [number, customerId],
  );
  if (row === undefined) throw unknownOrder();
  return row;
}

/** The customer's newest orders, newest first. */
export async function ordersOf(on: Queryable, customerId: string): Promise<OrderView[]> {
  const { rows } = await on.query<OrderView & Record<string, unknown>>(
    `${views} where customer_id = $1 order by id desc limit 20`,
    [customerId],
  );
  return rows;
}

async function price(client: PoolClient, wanted: Checkout["lines"]): Promise<PricedLine[]> {
  const { rows } = await client.query<{ id: number; name: string; fabric: Fabric; cuff: Cuff }>(
    `select id, name, fabric, cuff from designs where id = any ($1)`,
    [wanted.map((line) => line.designId)],
  );
  const designs = new Map(rows.map((row) => [row.id, row]));
  return wanted.map(({ designId, size, quantity }) => {
    const design = designs.get(designId);
    if (design === undefined)
      throw new Refusal(404, "unknown-design", "We do not have one of these designs.");
    return {
      designId,
      design: design.name,
      size,
      quantity,
      unitCents: unitCents(design.fabric, design.cuff),
    };
  });
}

async function earlierOrder(client: PoolClient, key: string, customerId: string): Promise<PlacedOrder> {
  const earlier = await firstRow<{
    id: string;
    number: string;
    total: number;
    street: string;
    owner: string;
  }>(
    client,
    `select orders.id, number, total_cents as total, street, orders.customer_id as owner
       from orders join addresses on addresses.id = address_id where idempotency_key = $1`,
    [key],
  );
  if (earlier?.owner !== customerId)
    throw new Refusal(409, "key-taken", "This basket was used already. Start a new one.");
  const { id, number, total, street } = earlier;
  return { orderId: id, number, totalCents: total, street };
}

// No letter or digit that is read for another over the telephone.
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** Random, so that it tells nothing of the shop's sales and cannot clash between two sites. */
function newOrderNumber(): string {
  return `S-${Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join("")}`;
}

function unknownOrder(): Refusal {
  return new Refusal(404, "unknown-order", "We do not find this order.");
}
