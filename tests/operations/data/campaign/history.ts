/** What visitors write, in statements that PostgreSQL and MariaDB both understand; constraints turn down some of them. */
import fc from "fast-check";
import type { Shape } from "./shape";

export interface Act {
  readonly what: (typeof whats)[number];
  readonly table: number;
  readonly row: number;
  readonly other: number;
  readonly values: readonly number[];
}
const whats = [
  "insert",
  "insert",
  "update",
  "update",
  "delete",
  "swap",
  "reborn",
  "rename",
  "family",
  "family",
] as const;

export const act = fc.record<Act>({
  what: fc.constantFrom(...whats),
  table: fc.nat(3),
  row: fc.nat(5),
  other: fc.nat(5),
  values: fc.array(fc.nat(6), { minLength: 6, maxLength: 6 }),
});

const keyValues = ({ kind }: Shape, row: number): readonly string[] => {
  if (kind === "pair") return [String((row % 3) + 1), String(Math.floor(row / 3) + 1)];
  return [kind === "word" ? `'w${row + 1}'` : String(row + 1)];
};
const where = (shape: Shape, row: number): string =>
  keyValues(shape, row)
    .map((value, at) => `${shape.key[at] ?? ""} = ${value}`)
    .join(" AND ");

/** Values of every column but the key, by name. */
function valuesOf(
  all: readonly Shape[],
  { unique, links }: Shape,
  values: readonly number[],
): Map<string, string> {
  const found = new Map<string, string>();
  const number = (at: number): number => values[at] ?? 0;
  found.set("v", number(0) === 0 ? "NULL" : `'v${number(0) % 3}'`);
  for (const column of unique)
    if (column === "u") found.set("u", number(1) === 0 ? "NULL" : String(number(1) + 2));
    else found.set("n", `'n${number(2) + 2}'`);
  links.forEach((link, at) => {
    if (link.identifying) return;
    const parent = all.find((one) => one.name === link.parent);
    const row = number(3 + at);
    const key = parent === undefined ? [] : keyValues(parent, row % 6);
    link.columns.forEach((column, part) =>
      found.set(column, !link.required && row === 6 ? "NULL" : (key[part] ?? "NULL")),
    );
  });
  return found;
}

function insert(all: readonly Shape[], shape: Shape, row: number, values: readonly number[]): string {
  const found = valuesOf(all, shape, values);
  // Of an identity's values some are handed out, the others are somebody's choice.
  const key = shape.kind === "identity" && (values[5] ?? 0) > 2 ? undefined : keyValues(shape, row);
  const columns = [...(key === undefined ? [] : shape.key), ...found.keys()];
  return `INSERT INTO ${shape.name} (${columns.join()}) VALUES (${[...(key ?? []), ...found.values()].join()})`;
}

/** A few rows in every table, so that what follows meets some. */
export const beginning = (all: readonly Shape[]): readonly string[] =>
  all.flatMap((shape, own) =>
    [0, 1, 2, 3].map((row) => {
      const parents = shape.links.map((one) => (Number(one.parent.slice(1)) < own ? row : 6));
      const [one = 6, other = 6] = parents;
      return insert(all, shape, row, [1, row - 1 || 7, row - 2, one, other, 6]);
    }),
  );

export function statementsOf(
  all: readonly Shape[],
  { what, table, row, other, values }: Act,
): readonly string[] {
  const shape = all[table % all.length];
  if (shape === undefined) return [];
  const { name } = shape;
  const found = valuesOf(all, shape, values);
  switch (what) {
    case "insert":
      return [insert(all, shape, row, values)];
    case "delete":
      return [`DELETE FROM ${name} WHERE ${where(shape, row)}`];
    case "update": {
      const columns = [...found.keys()];
      const link = shape.links.find((one) => one.columns.includes(columns[other % columns.length] ?? ""));
      const set = link?.columns ?? [columns[other % columns.length] ?? "v"];
      return [
        `UPDATE ${name} SET ${set.map((column) => `${column} = ${found.get(column) ?? "NULL"}`).join()} WHERE ${where(shape, row)}`,
      ];
    }
    case "swap": {
      const column = shape.unique[other % Math.max(1, shape.unique.length)];
      if (column === undefined || row === other) return [];
      const [one, two] = column === "u" ? ["3", "4"] : ["'n1'", "'n2'"];
      const spare = column === "u" ? "99" : "'spare'";
      return [
        `UPDATE ${name} SET ${column} = ${spare} WHERE ${column} = ${one}`,
        `UPDATE ${name} SET ${column} = ${one} WHERE ${column} = ${two}`,
        `UPDATE ${name} SET ${column} = ${two} WHERE ${column} = ${spare}`,
      ];
    }
    case "reborn":
      return [`DELETE FROM ${name} WHERE ${where(shape, row)}`, insert(all, shape, other, values)];
    case "family": {
      // A parent and its child: where the one is refused, the other is held with it.
      const late = 4 + (other % 2);
      const own = values.map((value, at) => (at === 3 || at === 4 ? late : at === 5 ? 0 : value));
      const parents = all.filter((one) =>
        shape.links.some((each) => each.parent === one.name && one !== shape),
      );
      return [...parents.map((one) => insert(all, one, late, own)), insert(all, shape, 4 + (row % 2), own)];
    }
    case "rename":
      return [
        `UPDATE ${name} SET ${shape.key.map((column, at) => `${column} = ${keyValues(shape, other)[at] ?? ""}`).join()} WHERE ${where(shape, row)}`,
      ];
  }
}
