/** What the data commands tell a person. */
import Table from "cli-table3";
import type {
  IdentitiesResult,
  ReconcileResult,
  ShownConflict,
  ShownLeft,
  ShownTreatment,
  SyncResult,
} from "./engine";
import type { IdentityPlan } from "./identities";

const plain = { head: [], border: [], compact: true };

function table(head: readonly string[], rows: readonly (readonly (string | number | bigint)[])[]): string {
  const drawn = new Table({ head: [...head], style: plain });
  for (const row of rows) drawn.push(row.map(String));
  return drawn.toString();
}

const identityTable = (identities: readonly IdentityPlan[]): string =>
  table(
    ["identity", "kind", "highest", "seed", "offset", "used", "headroom", "status"],
    identities.map((one) => [
      one.column === "" ? one.table : `${one.table}.${one.column}`,
      one.kind,
      one.seed - one.offset,
      one.seed,
      one.offset,
      one.used,
      one.headroom,
      one.status,
    ]),
  );

/** What is left out, and what no definition shows: always said. */
const treatmentLines = ({ leftOut, references, numbers }: ShownTreatment): readonly string[] => [
  ...leftOut.map(({ table: name, why }) => `left out: ${name} (${why})`),
  ...numbers.map(({ column, generator, status }) => `number, ${status}: ${column} (${generator})`),
  ...references.map(
    ({ from, to, status }) => `reference, ${status}: ${from}${to.length > 0 ? ` to ${to.join(" or ")}` : ""}`,
  ),
];

export const identitiesText = (result: IdentitiesResult): string =>
  [
    identityTable(result.identities),
    ...treatmentLines(result),
    result.applied ? "Raised and read back." : "Planned; --apply raises them.",
  ].join("\n");

/** Tables and identities in which nothing happened are counted, not listed: a shop may have hundreds. */
export function syncText(result: SyncResult, dryRun: boolean): string {
  const touched = result.tables.filter((one) => one.inserted + one.updated + one.deleted > 0);
  const others = result.tables.filter((one) => !touched.includes(one));
  const moved = result.identities.filter(({ status }) => status !== "enough");
  const lines: string[] = [];
  if (touched.length > 0)
    lines.push(
      table(
        ["table", "inserted", "updated", "deleted", "unchanged", "seconds"],
        touched.map((one) => [one.table, one.inserted, one.updated, one.deleted, one.unchanged, one.seconds]),
      ),
    );
  if (others.length > 0) {
    const rows = others.reduce((sum, one) => sum + one.unchanged, 0);
    lines.push(
      `${counted(others.length, touched.length > 0 ? "other table" : "table")}: nothing to do (${rows} rows)`,
    );
  }
  if (moved.length > 0) lines.push(identityTable(moved));
  const high = result.identities.length - moved.length;
  if (high > 0) lines.push(`${counted(high, moved.length > 0 ? "other identity" : "identity")}: high enough`);
  lines.push(
    ...treatmentLines(result),
    dryRun
      ? "Dry run: nothing was written."
      : `Both sides share ${result.base.rows} rows as of ${result.base.at ?? "now"}.`,
  );
  return lines.join("\n");
}

const counted = (count: number, what: string): string =>
  `${count} ${count === 1 ? what : what.endsWith("y") ? what.replace(/y$/, "ies") : `${what}s`}`;

function conflictText(conflict: ShownConflict): string {
  const by = conflict.constraint === undefined ? "" : ` (${conflict.constraint})`;
  const lines = [`${conflict.kind}: ${conflict.table} ${conflict.key.join(", ")}${by}`];
  if (conflict.reason !== undefined) lines.push(`    the target refuses it: ${conflict.reason}`);
  for (const column of conflict.columns)
    lines.push(
      `    ${column}: source ${show(conflict.source?.[column])}, target ${show(conflict.target?.[column])}`,
    );
  for (const [name, rows] of countByTable(conflict)) lines.push(`    held: ${rows} of ${name}`);
  return lines.join("\n");
}

/** So much of a value is shown; all of it is in JSON. */
const mostShown = 200;

function show(value: string | null | undefined): string {
  if (value === null || value === undefined) return "NULL";
  if (value.length <= mostShown) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, mostShown))} and ${value.length - mostShown} characters more`;
}

function countByTable(conflict: ShownConflict): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of conflict.held) counts.set(row.table, (counts.get(row.table) ?? 0) + 1);
  return counts;
}

const leftOn: Readonly<Record<ShownLeft["on"], string>> = {
  source: "where it is, on the source alone",
  target: "where it is, on the target alone",
  both: "as it is on each side",
};

export function reconcileText(result: ReconcileResult): string {
  const would = result.dryRun ? "would be " : "";
  const lines = [
    `${result.inserted} ${would}inserted, ${result.updated} ${would}updated, ${result.deleted} ${would}deleted, ` +
      `${result.unchanged} unchanged (${result.compared === "all" ? "everything compared" : "new rows only"}; ${result.seconds} s)`,
  ];
  const used = result.headroom.filter((one) => one.used > 0n);
  if (used.length > 0)
    lines.push(
      table(
        ["identity", "used", "left"],
        used.map((one) => [one.column === "" ? one.table : `${one.table}.${one.column}`, one.used, one.left]),
      ),
    );
  const unused = result.headroom.length - used.length;
  if (unused > 0)
    lines.push(
      `${counted(unused, used.length > 0 ? "other identity" : "identity")}: nothing used of the headroom`,
    );
  for (const one of result.remapped)
    lines.push(
      `${one.table} ${one.from.join(", ")}: ${would}brought over ` +
        (one.to === undefined ? "with a fresh id, which the run draws" : `as ${one.to.join(", ")}`),
    );
  for (const one of result.merged)
    lines.push(
      `${one.table} ${one.from.join(", ")}: ${result.dryRun ? "would be taken" : "taken"} for ` +
        `${one.to?.join(", ") ?? ""}, which is there with the same ${one.by}`,
    );
  for (const one of result.left)
    lines.push(
      `${one.table} ${one.key.join(", ")}: ${result.dryRun ? "would be left" : "left"} ${leftOn[one.on]}`,
    );
  lines.push(...treatmentLines(result), ...result.conflicts.map(conflictText));
  lines.push(
    result.conflicts.length === 0
      ? "No conflicts."
      : `${counted(result.conflicts.length, "conflict")}; the target's rows stand, and what hangs on the source's is held back.`,
  );
  return lines.join("\n");
}
