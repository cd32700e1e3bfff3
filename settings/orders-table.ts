/** Each engine's usual schema; MySQL's is the database itself. */
const schemas: Readonly<Record<string, string>> = { postgres: "public", sqlserver: "dbo", mysql: "shop" };

/** The table of orders: as set, or `orders` in the engine's usual schema. */
export const ordersTable = (engine: string, given?: string): string =>
  given ?? `${schemas[engine] ?? "public"}.orders`;
