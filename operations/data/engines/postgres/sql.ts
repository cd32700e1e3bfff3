/** Quoting for statements that cannot take parameters (names, COPY). */

export const name = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

export const qualified = (schema: string, relation: string): string => `${name(schema)}.${name(relation)}`;

export const list = (names: readonly string[], prefix = ""): string =>
  names.map((one) => prefix + name(one)).join(", ");

export const literal = (text: string): string =>
  text.includes("\\")
    ? ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;

/** A text[] in its output form, for a literal. */
export const arrayText = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;

/** One array for each column out of rows of values: what `unnest` takes. */
export const columnsOf = <T>(rows: readonly (readonly T[])[], width: number): T[][] =>
  Array.from({ length: width }, (_, at) =>
    rows.map((row) => {
      const value = row[at];
      if (value === undefined) throw new Error(`a row has ${row.length} values, not ${width}`);
      return value;
    }),
  );
