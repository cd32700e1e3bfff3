/**
 * Numbers that a shop hands out in other ways than by a column's own generator: what ties a sequence to a column, which
 * rows are counters, and which columns count up with nobody behind them. Pure: values come from `runs/evidence.ts`.
 */
import { createHash } from "node:crypto";
import type { Column, Generator, GeneratorUse, Key, Schema, Table } from "../model";
import { commonPrefix, sameWords, singular, thingOf, wordsOf } from "./names";
import { isText, isWhole, wholeMaximum } from "./types";

/** A number as the commands show it. */
export interface ShownNumber {
  /** `table.column` */
  readonly column: string;
  readonly generator: "sequence" | "counter" | "max-plus-one" | "unknown";
  /** `offset`: it is moved with the identities; `left`: by the file's word not; `suspected`: somebody has to say. */
  readonly status: "offset" | "left" | "declared" | "suspected";
  readonly evidence: string;
}

const bare = (name: string): string => name.replaceAll(/["'`[\]\s]/g, "").toLowerCase();

/** What a trigger assigns, and whom it asks for the value. */
const assignment = /\bnew\s*\.\s*(["`[]?[\p{L}_][\p{L}\p{N}_$]*["`\]]?)\s*:?=\s*([^;]*)/giu;
const drawing = /\bnextval\s*\(\s*([^):]+)|\bnext\s+value\s+for\s+([\p{L}\p{N}_$."`[\]]+)/iu;

/** Columns that draw on sequences by a trigger or by what they are called; by the sequence's name. */
export function tiesOf(schema: Schema): ReadonlyMap<string, readonly GeneratorUse[]> {
  const ties = new Map<string, readonly GeneratorUse[]>();
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  for (const generator of schema.generators) {
    if (generator.uses.some((use) => use.kind !== "unattached")) continue;
    const uses = schema.tables.flatMap((table) =>
      table.columns
        .filter(
          (column) =>
            assigns(table, column.name, generator.name) ||
            isNamedAfter(generator.name, table, column, prefix),
        )
        .map((column) => useOf(table, column, "sequence")),
    );
    if (uses.length > 0) ties.set(generator.name, uses);
  }
  return ties;
}

export const useOf = (table: Table, column: Column, kind: GeneratorUse["kind"]): GeneratorUse => ({
  table: table.name,
  column: column.name,
  kind,
  typeMax: wholeMaximum(column.type),
});

function assigns(table: Table, column: string, sequence: string): boolean {
  const short = sequence.slice(sequence.lastIndexOf(".") + 1).toLowerCase();
  return table.triggers.some(({ body }) =>
    [...(body ?? "").matchAll(assignment)].some(([, name, value]) => {
      const [, called, spelled] = drawing.exec(value ?? "") ?? [];
      const drawn = bare(called ?? spelled ?? "");
      return (
        bare(name ?? "") === column.toLowerCase() && (drawn === sequence.toLowerCase() || drawn === short)
      );
    }),
  );
}

/** `invoice_numbers` for `invoices.number`, `invoices_number_seq` too. */
function isNamedAfter(sequence: string, table: Table, column: Column, prefix: string | undefined): boolean {
  if (!isWhole(column.type)) return false;
  const words = wordsOf(sequence.slice(sequence.lastIndexOf(".") + 1))
    .filter((word) => word !== "seq" && word !== "sequence")
    .map(singular);
  return sameWords(words, [
    ...thingOf(table.relation, prefix).map(singular),
    ...wordsOf(column.name).map(singular),
  ]);
}

/** A schema in which sequences have the uses that were found for them. */
export const withTies = (schema: Schema, ties: ReadonlyMap<string, readonly GeneratorUse[]>): Schema => ({
  ...schema,
  generators: schema.generators.map((generator) => {
    const uses = ties.get(generator.name);
    return uses === undefined ? generator : { ...generator, uses };
  }),
});

/** A column in which a table of few rows may keep counters. */
export interface CounterColumn {
  readonly table: Table;
  readonly column: Column;
  /** The table's own name says so. */
  readonly named: boolean;
}

const counterWords =
  /^(?:value|val|next|last|current|curr|counter|count|number|num|nr|no|seq|sequence|max|nextid|nextval)$/;
const counterTable = /^(?:counter|sequence|seq|numbering|autonumber|generator|nextid|idgenerator|number)$/;
/** More rows than that are no counters. */
export const mostCounters = 200;

export function counterColumns(schema: Schema): readonly CounterColumn[] {
  return schema.tables.flatMap((table) => {
    if (table.columns.length > 8 || table.key.length === 0) return [];
    const named = wordsOf(table.relation).some((word) => counterTable.test(singular(word)));
    return table.columns
      .filter(
        ({ name, type, generated }) =>
          isWhole(type) &&
          !generated &&
          !isUnique(table, name) &&
          !table.key.includes(name) &&
          !table.foreignKeys.some((key) => key.columns.includes(name)) &&
          wordsOf(name).some((word) => counterWords.test(word)),
      )
      .map((column) => ({ table, column, named }));
  });
}

/** A column that may be fed by a counter or by MAX()+1: unique or named a number, and with no generator. */
export interface NumberColumn {
  readonly table: Table;
  readonly column: Column;
  /** Whether the database keeps it unique by itself. */
  readonly unique: boolean;
}

export function numberColumns(schema: Schema, except: ReadonlySet<string>): readonly NumberColumn[] {
  const drawn = new Set(
    schema.generators.flatMap(({ uses }) => uses.map((use) => JSON.stringify([use.table, use.column]))),
  );
  return schema.tables.flatMap((table) =>
    table.columns
      .filter(
        ({ name, type, generated, uncounted }) =>
          (isWhole(type) || isText(type)) &&
          !generated &&
          uncounted !== true &&
          !drawn.has(JSON.stringify([table.name, name])) &&
          !except.has(`${table.name}.${name}`) &&
          !table.foreignKeys.some((key) => key.columns.includes(name)),
      )
      .map((column) => ({ table, column, unique: isUnique(table, column.name) }))
      .filter(
        ({ column, unique }) =>
          unique || /^(?:number|nummer|num|nr|no)$/.test(wordsOf(column.name).at(-1) ?? ""),
      ),
  );
}

export const isUnique = (table: Table, column: string): boolean =>
  (table.key.length === 1 && table.key[0] === column) ||
  table.uniqueKeys.some(
    ({ expressions, predicate, undeclared }) =>
      undeclared !== true &&
      predicate === undefined &&
      expressions.length === 1 &&
      bare(expressions[0] ?? "") === column.toLowerCase(),
  );

/** The number at the end of a value such as `INV-000123`, with what comes before it. */
function numberIn(value: string): { readonly prefix: string; readonly number: bigint } | undefined {
  const [, prefix, digits] = /^(\D{0,12})(\d{1,18})$/.exec(value) ?? [];
  return digits === undefined ? undefined : { prefix: prefix ?? "", number: BigInt(digits) };
}

/** What many applications write where there is no number yet. */
const noNumbers: ReadonlySet<string> = new Set(["", "0"]);
export const isNoNumber = (value: string): boolean => noNumbers.has(value);

/** The largest number among a column's latest values; undefined where they are none. */
export function largestOf(values: readonly (string | null)[]): bigint | undefined {
  let largest: bigint | undefined;
  for (const value of values) {
    const number = value === null ? undefined : numberIn(value)?.number;
    if (number !== undefined && (largest === undefined || number > largest)) largest = number;
  }
  return largest;
}

/**
 * Whether a column counts up: whole numbers behind one prefix, no two the same, rising with the key, without many gaps.
 *
 * @param values the latest first
 * @returns for a person, what was seen; undefined where it does not
 */
export function countsUp(values: readonly (string | null)[]): string | undefined {
  const found = values.flatMap((value) => (value === null || isNoNumber(value) ? [] : [value]));
  if (found.length < 20) return undefined;
  const numbers = found.map(numberIn);
  const [first] = numbers;
  if (first === undefined || numbers.some((one) => one?.prefix !== first.prefix)) return undefined;
  const series = numbers.flatMap((one) => one?.number ?? []);
  if (new Set(series).size !== series.length) return undefined;
  const rising = series.filter((number, at) => at > 0 && number < (series[at - 1] ?? 0n)).length;
  if (rising < (series.length - 1) * 0.95) return undefined;
  const [highest, lowest] = series.reduce(
    ([most, least], one) => [one > most ? one : most, one < least ? one : least],
    [first.number, first.number],
  );
  if (highest - lowest + 1n > BigInt(series.length) * 2n) return undefined;
  return `its last ${series.length} values are all different, rise with the key and fill ${lowest} to ${highest} without many gaps`;
}

/** What a counter's row feeds, by its value and by what it is called. */
export interface Fed {
  readonly table: Table;
  readonly column: Column;
  /** The highest number there. */
  readonly highest: bigint;
}

export interface CounterVerdict {
  readonly fed: Fed;
  readonly recognised: boolean;
  /** Whether its row or its column is named after what it feeds. */
  readonly called: boolean;
  readonly evidence: string;
}

/** @param named the counters' table says that it holds some */
export function judgeCounter(
  value: bigint,
  words: readonly string[],
  named: boolean,
  columns: readonly Fed[],
): CounterVerdict | undefined {
  let best: (CounterVerdict & { readonly rank: number }) | undefined;
  for (const fed of columns) {
    const meets = fed.highest >= 1n && (value === fed.highest || value === fed.highest + 1n);
    const called = words.some((word) =>
      [...thingOf(fed.table.relation, undefined), singular(wordsOf(fed.table.relation).join(""))].includes(
        singular(word),
      ),
    );
    const recognised = (meets && (called || named)) || (called && named && value >= fed.highest);
    if (!recognised && !(meets && fed.highest >= 100n)) continue;
    const rank = (meets ? 2 : 0) + (called ? 4 : 0);
    if (best !== undefined && best.rank >= rank) continue;
    const stands = `it stands at ${value}, and the highest ${fed.table.name}.${fed.column.name} is ${fed.highest}`;
    best = {
      fed,
      recognised,
      called,
      rank,
      evidence: `${stands}${called ? "; its row or column is named after it" : ""}`,
    };
  }
  return best;
}

/** The largest whole number that a column has room for: in a text, as many nines as it has characters. */
function mostIn(type: string): bigint {
  const whole = wholeMaximum(type);
  if (whole !== undefined) return whole;
  const [, digits] = /\((\d+)/.exec(type) ?? [];
  return isText(type) ? 10n ** BigInt(Math.min(Number(digits ?? 18), 18)) - 1n : 0n;
}

/** A counter as a generator: its name fits into 64 characters, which is what the store has room for. */
export function counterGenerator(table: Table, column: Column, key: Key, fed: GeneratorUse): Generator {
  const full = `${table.name}.${column.name}[${key.join(",")}]`;
  const name =
    full.length <= 64
      ? full
      : `${full.slice(0, 47)}#${createHash("sha256").update(full).digest("hex").slice(0, 16)}`;
  return {
    name,
    increment: 1n,
    max: mostIn(column.type),
    cache: 1n,
    cycles: false,
    uses: [fed],
    row: { table, column: column.name, key },
  };
}
