/** What the commands show of tables that their definitions do not say. */
import type { TableName } from "../model";

/** A reference that no foreign key declares, as it is shown. */
export interface ShownReference {
  /** `table.column`, or `table.(column, column)` for a key of several */
  readonly from: string;
  /** Of a key of several: each as `table.column`. */
  readonly columns?: readonly string[];
  /** Likewise, several for a pointer by type and id; none where it was denied. */
  readonly to: readonly string[];
  readonly parents: readonly TableName[];
  /** `possible`: its name says so, its values do not; it is not treated as a reference. */
  readonly status: "confirmed" | "likely" | "possible" | "denied";
  readonly evidence: string;
  /** For a pointer: the column with the type, and the table by each value. */
  readonly pointer?: { readonly type: string; readonly tables: readonly (readonly [string, TableName])[] };
}

/** The lines of the file that confirm references, each with what speaks for it. One of several has to be chosen. */
export function linesFor(references: readonly ShownReference[]): string {
  const quoted = (text: string): string => (/^[\w.]+$/.test(text) ? text : JSON.stringify(text));
  const lines = references.flatMap(({ from, columns, to, parents, pointer, evidence }) =>
    columns !== undefined
      ? [
          `  - from: [${columns.map(quoted).join(", ")}] # ${evidence}`,
          `    to: ${quoted(parents[0] ?? "none")}`,
        ]
      : pointer === undefined
        ? [`  - from: ${quoted(from)} # ${evidence}`, `    to: ${quoted(to.join(" or ") || "none")}`]
        : [
            `  - from: ${quoted(from)} # ${evidence}`,
            `    type: ${quoted(pointer.type)}`,
            `    to: { ${pointer.tables.map(([value, table]) => `${quoted(value)}: ${quoted(table)}`).join(", ")} }`,
          ],
  );
  return ["references:", ...lines].join("\n");
}
