import { randomBytes } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { firstRow, isUniqueViolation, withTransaction, type Queryable } from "./database";
import { hashPassword, verifyPassword } from "./passwords";
import { Refusal } from "./refusal";

const text = z.string().trim().min(1).max(200);

export const addressSchema = z.object({
  street: text,
  postcode: text,
  city: text,
  country: z.string().regex(/^[A-Z]{2}$/, "two capital letters, as in ISO 3166"),
});
export const signUpSchema = addressSchema.extend({
  email: z.email().max(200),
  name: text,
  password: z.string().min(8).max(200),
});
export const loginSchema = z.object({ email: z.email(), password: z.string().max(200) });
export const closeSchema = z.object({ password: z.string().max(200) });

export type Address = z.infer<typeof addressSchema>;

/** Ids are strings: the database's type exceeds a double. */
export interface NewAccount {
  readonly customerId: string;
  readonly addressId: number;
}

/**
 * Creates a customer with a first address.
 *
 * @throws Refusal 409 `email-taken`
 */
export async function signUp(pool: Pool, given: z.infer<typeof signUpSchema>): Promise<NewAccount> {
  const hash = await hashPassword(given.password);
  try {
    return await withTransaction(pool, async (client) => {
      const customer = await firstRow<{ id: string }>(
        client,
        `insert into customers (email, name, password_hash) values ($1, $2, $3) returning id`,
        [given.email, given.name, hash],
      );
      if (customer === undefined) throw new Error("insert into customers returned no row");
      return {
        customerId: customer.id,
        addressId: await addAddress(client, customer.id, given),
      };
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new Refusal(409, "email-taken", "There is an account with this e-mail already. Log in instead.");
    throw error;
  }
}

/**
 * Finds the customer of an e-mail and a password.
 *
 * @throws Refusal 401 `unknown-login` for a wrong password as for an unknown e-mail, which is nobody's business
 */
export async function logIn(
  on: Queryable,
  given: z.infer<typeof loginSchema>,
): Promise<{ customerId: string; email: string }> {
  const row = await firstRow<{ id: string; email: string; hash: string }>(
    on,
    `select id, email, password_hash as hash from customers where lower(email) = lower($1)`,
    [given.email],
  );
  if (row === undefined || !(await verifyPassword(given.password, row.hash)))
    throw new Refusal(401, "unknown-login", "We do not know this e-mail and password.");
  return { customerId: row.id, email: row.email };
}

/** Gives a customer a new default address. Earlier orders keep the address that they were placed with. */
export async function changeAddress(pool: Pool, customerId: string, address: Address): Promise<number> {
  return withTransaction(pool, (client) => addAddress(client, customerId, address));
}

async function addAddress(client: PoolClient, customerId: string, address: Address): Promise<number> {
  const row = await firstRow<{ id: number }>(
    client,
    `with added as (
       insert into addresses (customer_id, street, postcode, city, country)
       values ($1, $2, $3, $4, $5) returning id)
     update customers set default_address_id = added.id from added
      where customers.id = $1 returning added.id`,
    [customerId, address.street, address.postcode, address.city, address.country],
  );
  if (row === undefined) throw new Refusal(404, "unknown-account", "This account is closed.");
  return row.id;
}

/** What became of a closed account. */
export interface ClosedAccount {
  /** The e-mail that now stands for the customer of earlier orders; null where the customer is gone altogether. */
  readonly becomes: string | null;
}

/**
 * Closes an account and frees its e-mail. A customer who never ordered is deleted; one who did stays, nameless,
 * because the books need the orders. Designs stay in the gallery without an owner.
 *
 * @throws Refusal 403 `wrong-password`
 */
export async function closeAccount(pool: Pool, customerId: string, password: string): Promise<ClosedAccount> {
  return withTransaction(pool, async (client) => {
    const customer = await firstRow<{ hash: string; orders: boolean }>(
      client,
      `select password_hash as hash, exists (select from orders where customer_id = customers.id) as orders
         from customers where id = $1 for update`,
      [customerId],
    );
    if (customer === undefined) throw new Refusal(404, "unknown-account", "This account is closed.");
    if (!(await verifyPassword(password, customer.hash)))
      throw new Refusal(403, "wrong-password", "The password is wrong.");
    await client.query(`delete from sessions where customer_id = $1`, [customerId]);
    await client.query(`update designs set customer_id = null where customer_id = $1`, [customerId]);
    if (!customer.orders) {
      await client.query(`delete from addresses where customer_id = $1`, [customerId]);
      await client.query(`delete from customers where id = $1`, [customerId]);
      return { becomes: null };
    }
    const becomes = `closed-${randomBytes(6).toString("hex")}@closed.invalid`;
    await client.query(
      `update customers set email = $2, name = 'Closed account', password_hash = '' where id = $1`,
      [customerId, becomes],
    );
    return { becomes };
  });
}
