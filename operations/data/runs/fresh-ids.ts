import { outside } from "../../fault";
import { groupBy } from "../collections";
import { rowId, type Generator, type Key, type RowRef } from "../model";
import { counterpartOf, liftOver } from "./generators";
import type { Sides } from "./sides";
import { keyGenerator } from "./takes";

/** How often ids that turn out to be taken are drawn again. */
const draws = 100;

/** Gives rows ids of their own: keys that no row has on either side. */
export abstract class FreshIds {
  constructor(protected readonly sides: Sides) {}

  /** @param rows the keys they would have on the target but for that; @returns new ones, in the same order */
  async for(rows: readonly RowRef[]): Promise<readonly Key[]> {
    const found = new Map<RowRef, Key>();
    for (const [table, group] of groupBy(rows, (row) => row.table))
      for (const [row, key] of await this.forTable(table, group)) found.set(row, key);
    return rows.flatMap((row) => {
      const key = found.get(row);
      return key === undefined ? [] : [key];
    });
  }

  /** The next values of the target's generator, all above `least`. */
  protected abstract next(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]>;

  private async forTable(name: string, rows: readonly RowRef[]): Promise<ReadonlyMap<RowRef, Key>> {
    const { source, target, schema, targetSchema } = this.sides;
    const table = schema.tables.find((one) => one.name === name);
    const own = table && keyGenerator(table, targetSchema.generators);
    if (table === undefined || own === undefined) throw new Error(`${name} has no generator`);
    // Above whatever the source has handed out: those ids may still come over as they are.
    const there = schema.generators.find(
      (one) => counterpartOf(one, targetSchema.generators) === own.generator,
    );
    const least = there === undefined ? 0n : await source.generators.last(there);
    const found = new Map<RowRef, Key>();
    let open = rows;
    for (let attempt = 0; attempt < draws; attempt++) {
      const ids = await this.next(own.generator, open.length, least);
      const keys = open.map((row, each) =>
        row.key.map((part, at) => (at === own.at ? String(ids[each]) : part)),
      );
      const taken = new Set([
        ...(await target.read.digests(table, keys, "none")).keys(),
        ...(await source.read.digests(table, keys, "none")).keys(),
      ]);
      open.forEach((row, each) => {
        const key = keys[each] ?? [];
        if (!taken.has(rowId(name, key))) found.set(row, key);
      });
      open = open.filter((row) => !found.has(row));
      if (open.length === 0) return found;
    }
    throw outside(
      `${own.generator.name} handed out ids of ${name} that are taken, ${draws} times; it lags behind its table: ` +
        "run `standby identities --apply` first",
    );
  }
}

/** Drawn as an insert would, so that nothing is lowered and nobody else gets the same. */
export class DrawnIds extends FreshIds {
  protected async next(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]> {
    const { target } = this.sides;
    if (!target.generators.liftedByInserts(generator)) await liftOver(target, generator, least);
    return target.generators.draw(generator, count, least);
  }
}

/** For a dry run: stand-ins for the ids that a run will draw. */
export class ForeseenIds extends FreshIds {
  private readonly given = new Map<string, bigint>();

  protected async next(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]> {
    const { name, increment } = generator;
    const last = this.given.get(name) ?? (await this.sides.target.generators.last(generator));
    const steps = last >= least ? 0n : (least - last + increment - 1n) / increment;
    const from = last + steps * increment;
    this.given.set(name, from + BigInt(count) * increment);
    return Array.from({ length: count }, (_, at) => from + BigInt(at + 1) * increment);
  }
}
