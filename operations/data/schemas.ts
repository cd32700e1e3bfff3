import type { Schema, Table } from "./model";

/** What differs between two schemas, one sentence each; empty when rows can move between them. */
export function schemaDifferences(source: Schema, target: Schema): readonly string[] {
  const differences: string[] = [];
  const targets = new Map(target.tables.map((table) => [table.name, table]));
  for (const table of source.tables) {
    const other = targets.get(table.name);
    if (other === undefined) differences.push(`table ${table.name} is missing on the target`);
    else differences.push(...tableDifferences(table, other));
    targets.delete(table.name);
  }
  for (const name of targets.keys()) differences.push(`table ${name} is missing on the source`);
  const drawn = (schema: Schema): Set<string> =>
    new Set(
      schema.generators.flatMap((generator) => generator.uses.map((use) => `${use.table}.${use.column}`)),
    );
  const [here, there] = [drawn(source), drawn(target)];
  for (const use of here)
    if (!there.has(use)) differences.push(`${use} has a generator on the source and none on the target`);
  for (const use of there)
    if (!here.has(use)) differences.push(`${use} has a generator on the target and none on the source`);
  return differences;
}

function tableDifferences(source: Table, target: Table): readonly string[] {
  const differences: string[] = [];
  const others = new Map(target.columns.map((column) => [column.name, column]));
  for (const column of source.columns) {
    const name = `${source.name}.${column.name}`;
    const other = others.get(column.name);
    others.delete(column.name);
    if (other === undefined) {
      differences.push(`column ${name} is missing on the target`);
      continue;
    }
    if (column.type !== other.type)
      differences.push(`column ${name} is ${column.type} on the source and ${other.type} on the target`);
    if (column.notNull !== other.notNull)
      differences.push(
        `column ${name} is ${nullability(column.notNull)} on the source and ${nullability(other.notNull)} on the target`,
      );
    if (column.generated !== other.generated)
      differences.push(`column ${name} is generated on one side only`);
  }
  for (const name of others.keys())
    differences.push(`column ${source.name}.${name} is missing on the source`);
  if (source.key.join() !== target.key.join())
    differences.push(
      `the key of ${source.name} is (${source.key.join(", ")}) on the source and (${target.key.join(", ")}) on the target`,
    );
  compareSets(source.name, "foreign key", references(source), references(target), differences);
  compareSets(source.name, "unique key", uniques(source), uniques(target), differences);
  return differences;
}

const nullability = (notNull: boolean): string => (notNull ? "NOT NULL" : "nullable");

const references = (table: Table): string[] =>
  table.foreignKeys.map(
    (key) => `(${key.columns.join(", ")}) to ${key.parent} (${key.parentColumns.join(", ")})`,
  );

const uniques = (table: Table): string[] =>
  table.uniqueKeys.map(
    (key) => `(${key.expressions.join(", ")})${key.predicate === undefined ? "" : ` where ${key.predicate}`}`,
  );

function compareSets(
  table: string,
  what: string,
  source: readonly string[],
  target: readonly string[],
  differences: string[],
): void {
  for (const one of source)
    if (!target.includes(one)) differences.push(`${what} ${one} of ${table} is missing on the target`);
  for (const one of target)
    if (!source.includes(one)) differences.push(`${what} ${one} of ${table} is missing on the source`);
}
