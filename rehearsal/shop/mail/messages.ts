/** What a confirmation tells. */
export interface ConfirmedOrder {
  readonly number: string;
  readonly name: string;
  readonly lines: readonly {
    readonly design: string;
    readonly size: string;
    readonly quantity: number;
    readonly unitCents: number;
  }[];
  readonly totalCents: number;
  readonly publicUrl: string;
}

/** Cents as dollars: `12.50`. */
export function dollars(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** The mail that confirms an order, in plain text. */
export function confirmation(order: ConfirmedOrder): { subject: string; body: string } {
  const lines = order.lines.map(
    ({ design, size, quantity, unitCents }) =>
      `  ${String(quantity)} x ${design}, size ${size}: $${dollars(unitCents * quantity)}`,
  );
  return {
    subject: `Your order ${order.number}`,
    body: [
      `Dear ${order.name},`,
      "",
      "thank you for your order. We cut and sew these for you:",
      "",
      ...lines,
      "",
      `Total: $${dollars(order.totalCents)}`,
      "",
      `See how it is coming along: ${order.publicUrl}/orders/${order.number}`,
      "",
    ].join("\n"),
  };
}
