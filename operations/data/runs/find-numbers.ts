import {
  findColumn,
  type Generator,
  type GeneratorUse,
  type Key,
  type Schema,
  type Table,
  type TableName,
} from "../model";
import type { NumberRule, TableRules } from "../tables/file";
import { lookupColumn, type Lookup } from "../tables/lookup";
import {
  counterColumns,
  counterGenerator,
  countsUp,
  judgeCounter,
  largestOf,
  mostCounters,
  numberColumns,
  tiesOf,
  useOf,
  type CounterColumn,
  type Fed,
  type ShownNumber,
} from "../tables/numbers";
import type { Recorded } from "../tables/recorded";
import { isFitting } from "../tables/references";
import { columnId } from "../tables/resolve";
import { wordsOf } from "../tables/names";
import type { Evidence } from "./evidence";

export interface FoundNumbers {
  /** Columns that draw on sequences, by the sequence. */
  readonly ties: ReadonlyMap<string, readonly GeneratorUse[]>;
  readonly counters: readonly Generator[];
  /** Columns that hold counters, by table: they do not count in a comparison. */
  readonly uncounted: ReadonlyMap<TableName, readonly string[]>;
  /** Columns that are unique by intent. */
  readonly unique: ReadonlyMap<TableName, readonly string[]>;
  /** Generators that are left where they stand. */
  readonly left: ReadonlySet<string>;
  readonly numbers: readonly ShownNumber[];
  readonly notes: readonly string[];
  readonly faults: readonly string[];
}

/** Numbers that no column's own generator hands out: of the file, and by what names, triggers and values say. */
export class NumberSearch {
  private readonly ties: Map<string, readonly GeneratorUse[]>;
  private readonly counters = new Map<string, Generator>();
  private readonly uncounted = new Map<TableName, readonly string[]>();
  private readonly unique = new Map<TableName, readonly string[]>();
  private readonly left = new Set<string>();
  private readonly numbers: ShownNumber[] = [];
  private readonly notes: string[] = [];
  private readonly faults: string[] = [];
  /** Columns that the file speaks about, and those of recognised counters. */
  private readonly settled = new Set<string>();

  /** @param references columns that refer to somebody, as `table.column`: no numbers of their own */
  constructor(
    private readonly schema: Schema,
    private readonly evidence: Evidence,
    private readonly references: ReadonlySet<string>,
    private readonly recorded: Recorded | undefined,
  ) {
    this.ties = new Map(tiesOf(schema));
    for (const [sequence, uses] of this.ties)
      for (const use of uses)
        this.show(
          columnId(use.table, use.column),
          "sequence",
          "offset",
          `it draws on ${sequence}, by a trigger or by name`,
        );
  }

  /** @param all look at values too; else only the file and what was recorded with the base */
  async find(rules: TableRules, all: boolean): Promise<FoundNumbers> {
    for (const [at, rule] of rules.numbers.entries()) this.obey(`numbers[${at}]`, rule);
    if (this.faults.length === 0) {
      await this.recogniseCounters(all);
      if (all) await this.suspect();
    }
    const { ties, uncounted, unique, left, numbers, notes, faults } = this;
    return { ties, counters: [...this.counters.values()], uncounted, unique, left, numbers, notes, faults };
  }

  private show(
    column: string,
    generator: ShownNumber["generator"],
    status: ShownNumber["status"],
    evidence: string,
  ): void {
    this.settled.add(column);
    this.numbers.push({ column, generator, status, evidence });
  }

  private take<T>(lookup: Lookup<T>): T | undefined {
    if ("found" in lookup) return lookup.found;
    this.faults.push(lookup.fault);
    return undefined;
  }

  private obey(field: string, rule: NumberRule): void {
    const fed = this.take(lookupColumn(`${field}.column`, rule.column, this.schema));
    if (fed === undefined) return;
    const id = columnId(fed.table.name, fed.column.name);
    const word = "standby.tables.yaml";
    switch (rule.generator) {
      case "none":
        this.settled.add(id);
        return;
      case "max-plus-one":
        this.unique.set(fed.table.name, [...(this.unique.get(fed.table.name) ?? []), fed.column.name]);
        this.show(
          id,
          "max-plus-one",
          "declared",
          `${word}; it cannot be offset, two rows of one number are a conflict`,
        );
        return;
      case "sequence": {
        const sequence = this.schema.generators.find(
          ({ name }) => name === rule.sequence || name.endsWith(`.${rule.sequence}`),
        );
        if (sequence === undefined) {
          const names = this.schema.generators.map((one) => one.name).join(", ") || "none";
          this.faults.push(
            `${field}.sequence ${JSON.stringify(rule.sequence)}: there is no such sequence; there are ${names}`,
          );
          return;
        }
        const own = sequence.uses.filter((use) => use.kind !== "unattached");
        const others = (this.ties.get(sequence.name) ?? own).filter(
          (use) => columnId(use.table, use.column) !== id,
        );
        this.ties.set(sequence.name, [...others, useOf(fed.table, fed.column, "sequence")]);
        if (rule.treat === "leave") this.left.add(sequence.name);
        this.show(id, "sequence", rule.treat === "leave" ? "left" : "offset", word);
        return;
      }
      case "counter": {
        const at = this.take(lookupColumn(`${field}.counter.column`, rule.counter.column, this.schema));
        if (at === undefined) return;
        const { row } = rule.counter;
        const key: Key = typeof row === "string" ? [row] : row;
        if (key.length !== at.table.key.length) {
          this.faults.push(
            `${field}.counter.row ${JSON.stringify(row)}: the key of ${at.table.name} is (${at.table.key.join(", ")})`,
          );
          return;
        }
        const generator = counterGenerator(at.table, at.column, key, useOf(fed.table, fed.column, "counter"));
        if (rule.treat === "leave") this.left.add(generator.name);
        this.add(generator, rule.treat === "leave" ? "left" : "offset", word);
      }
    }
  }

  private add(generator: Generator, status: ShownNumber["status"], evidence: string): void {
    const { row, uses } = generator;
    if (row === undefined || this.counters.has(generator.name)) return;
    this.counters.set(generator.name, generator);
    const known = this.uncounted.get(row.table.name) ?? [];
    if (!known.includes(row.column)) this.uncounted.set(row.table.name, [...known, row.column]);
    this.settled.add(columnId(row.table.name, row.column));
    for (const use of uses)
      this.show(columnId(use.table, use.column), "counter", status, `${generator.name}: ${evidence}`);
  }

  private async recogniseCounters(all: boolean): Promise<void> {
    const suspects = counterColumns(this.schema).filter(
      ({ table, column }) => all || this.recorded?.uncounted.get(table.name)?.includes(column.name) === true,
    );
    if (suspects.length === 0) return;
    const columns = all ? await this.fedColumns() : [];
    for (const suspect of suspects)
      await this.recognise(
        suspect,
        columns.filter(({ table }) => table !== suspect.table),
      );
  }

  /** Columns that a counter may feed, with the highest number in each. */
  private async fedColumns(): Promise<readonly Fed[]> {
    const found: Fed[] = [];
    for (const { table, column } of numberColumns(this.schema, this.references)) {
      const values = (await this.evidence.latest(table, [column.name]))?.get(column.name);
      const highest = largestOf(values ?? []);
      if (highest !== undefined) found.push({ table, column, highest });
    }
    return found;
  }

  private async recognise({ table, column, named }: CounterColumn, columns: readonly Fed[]): Promise<void> {
    const id = columnId(table.name, column.name);
    const known = this.recorded?.uncounted.get(table.name)?.includes(column.name) === true;
    const latest = await this.evidence.latest(table, [...table.key, column.name]);
    const values = latest?.get(column.name) ?? [];
    if (values.length === 0 || values.length > mostCounters) return;
    const rows = values.flatMap((value, at) => {
      const key = table.key.map((name) => latest?.get(name)?.[at] ?? "");
      return value === null || !/^\d+$/.test(value) ? [] : [{ key, value: BigInt(value) }];
    });
    const judged = rows.map(({ key, value }) => {
      const words = [...key, column.name].flatMap(wordsOf);
      return { key, value, verdict: judgeCounter(value, words, named, columns) };
    });
    const counters = judged.filter(({ verdict }) => verdict?.recognised === true);
    // A table that keeps other numbers in that column too is left to its owner to say.
    const whole =
      counters.length > 0 &&
      (named || judged.every(({ value, verdict }) => value === 0n || verdict?.recognised === true));
    for (const { key, verdict } of judged) {
      const use =
        verdict?.recognised === true
          ? useOf(verdict.fed.table, verdict.fed.column, "counter")
          : { ...useOf(table, column, "counter"), typeMax: undefined };
      if (known || (whole && (named || verdict?.recognised === true)))
        this.add(
          counterGenerator(table, column, key, use),
          "offset",
          verdict?.evidence ?? "as at the last sync",
        );
      else if (verdict !== undefined && (verdict.called || rows.length <= 3) && !this.settled.has(id))
        this.notes.push(
          `${id} of row ${key.join(", ")} looks like the counter of ${verdict.fed.table.name}.${verdict.fed.column.name} ` +
            `(${verdict.evidence}): it is copied as it is, so both sites would hand out the same numbers; say so in ` +
            `standby.tables.yaml: numbers: [{ column: ${verdict.fed.table.name}.${verdict.fed.column.name}, ` +
            `generator: counter, counter: { column: ${id}, row: ${JSON.stringify(key.length === 1 ? key[0] : key)} } }]`,
        );
    }
  }

  /** Columns that count up with nobody behind them. */
  private async suspect(): Promise<void> {
    const counting: string[] = [];
    for (const { table, column, unique } of numberColumns(this.schema, this.references)) {
      const id = columnId(table.name, column.name);
      if (this.settled.has(id) || findColumn(table, column.name).uncounted === true) continue;
      const latest = await this.evidence.latest(table, [column.name]);
      if (latest === undefined) {
        this.notes.push(`${id}: its values were not looked at, so nobody knows what hands them out`);
        continue;
      }
      const seen = countsUp(latest.get(column.name) ?? []);
      if (seen === undefined) continue;
      const theirs = await this.keyOfWhom(table, column.name, latest.get(column.name) ?? []);
      if (theirs !== undefined) {
        this.show(id, "unknown", "suspected", `${seen}; ${theirs.evidence}`);
        this.notes.push(
          `${id} is a key that nothing hands out, and ${theirs.evidence}: where it is the same ids, say so in ` +
            `standby.tables.yaml: references: [{ from: ${id}, to: ${theirs.parent} }]`,
        );
        continue;
      }
      this.show(id, "unknown", "suspected", seen);
      const apart = unique ? "the second row is a conflict (unique)" : "nothing keeps the two apart";
      counting.push(`  - { column: ${id}, generator: max-plus-one } # ${seen}; ${apart}`);
    }
    if (counting.length > 0)
      this.notes.push(
        "nothing in the database hands out these numbers, which count up: where the application takes MAX()+1, both sites " +
          "hand out the same; say what makes each by these lines in standby.tables.yaml (or sequence, counter, none):\n" +
          `numbers:\n${counting.join("\n")}`,
      );
  }

  /** Whose ids a key without a generator may be: of tables that have them handed out, throughout. */
  private async keyOfWhom(
    table: Table,
    column: string,
    values: readonly (string | null)[],
  ): Promise<{ readonly parent: string; readonly evidence: string } | undefined> {
    if (table.key.length !== 1 || table.key[0] !== column) return undefined;
    const found: { parent: string; evidence: string }[] = [];
    for (const { uses } of this.schema.generators)
      for (const use of uses) {
        const parent = this.evidence.table(use.table);
        if (parent === undefined || parent === table || parent.key.join() !== use.column) continue;
        const looked = await this.evidence.look([values], parent, [use.column]);
        if (looked !== undefined && isFitting(looked))
          found.push({
            parent: parent.name,
            evidence: `${looked.found} of its last ${looked.set} values are ids of ${parent.name}`,
          });
      }
    if (found.length === 0) return undefined;
    const more = found.length > 3 ? ` and of ${found.length - 3} other tables` : "";
    const shown = found.slice(0, 3);
    return {
      parent: shown.map((one) => one.parent).join(" or "),
      evidence: `${shown.map((one) => one.evidence).join(", ")}${more}`,
    };
  }
}
