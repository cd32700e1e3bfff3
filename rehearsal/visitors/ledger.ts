import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { z } from "zod";

const site = z.enum(["primary", "standby"]);
const base = { at: z.number() };
/** The visitors' own number for one account; an e-mail used again after closing is another account. */
const account = z.string();

const line = z.object({ design: z.string(), size: z.string(), quantity: z.number() });

const second = z.object({
  ...base,
  type: z.literal("second"),
  requests: z.number(),
  /** Requests without an answer, or with one from 500 up; every try counts. */
  failed: z.number(),
  images: z.number(),
  imagesFromEdge: z.number(),
  imagesFailed: z.number(),
  ordersOnPrimary: z.number(),
  ordersOnStandby: z.number(),
  /** Milliseconds since the epoch of the first and last answer of each site in this second. */
  primary: z.object({ first: z.number(), last: z.number(), answers: z.number() }).nullable(),
  standby: z.object({ first: z.number(), last: z.number(), answers: z.number() }).nullable(),
});

/**
 * What the visitors know. An action is written once the shop has acknowledged it; one whose answer never came is
 * `known: false`: it may or may not have happened, but not twice and not to someone else. `at` is in milliseconds
 * since the epoch.
 */
const eventSchema = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("phase"), phase: z.string() }),
  z.object({
    ...base,
    type: z.literal("sign-up"),
    account,
    email: z.string(),
    name: z.string(),
    street: z.string(),
    known: z.boolean(),
    site: site.nullable(),
    customerId: z.string().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("order"),
    account,
    key: z.string(),
    lines: z.array(line),
    known: z.boolean(),
    site: site.nullable(),
    orderId: z.string().nullable(),
    number: z.string().nullable(),
    totalCents: z.number().nullable(),
    street: z.string().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("move"),
    account,
    street: z.string(),
    known: z.boolean(),
    site: site.nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("cancel"),
    account,
    number: z.string(),
    known: z.boolean(),
    site: site.nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("close"),
    account,
    /** The e-mail that stands for the customer afterwards; null where nothing does. */
    becomes: z.string().nullable(),
    known: z.boolean(),
    site: site.nullable(),
  }),
  /** Someone whom the shop did not know (yet). */
  z.object({ ...base, type: z.literal("turned-away"), account, reason: z.string(), site: site.nullable() }),
  second,
]);

export type LedgerEvent = z.infer<typeof eventSchema>;
export type EventOf<Type extends LedgerEvent["type"]> = Extract<LedgerEvent, { type: Type }>;
export type LedgerLine = z.infer<typeof line>;

/** Omits from each member of a union by itself. */
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/**
 * The visitors' own record of the day, apart from the shop's databases: one JSON document a line, only ever
 * appended to. Each line is with the operating system once `write` returns, so a killed process loses none.
 */
export class Ledger {
  private readonly descriptor: number;

  constructor(readonly file: string) {
    this.descriptor = openSync(file, "a", 0o600);
  }

  write(event: Without<LedgerEvent, "at">, at: number = Date.now()): void {
    writeSync(this.descriptor, `${JSON.stringify({ at, ...event })}\n`);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/**
 * Reads a ledger. A last line without its end, from a process killed in the middle of it, is left out.
 *
 * @throws Error naming the first line that is no event
 */
export function readLedger(file: string): LedgerEvent[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.slice(0, -1).map((text, index) => {
    const parsed = eventSchema.safeParse(JSON.parse(text));
    if (!parsed.success)
      throw new Error(`${file}, line ${String(index + 1)}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
}
