/** What cannot be handled, said before anything is written. */
import { isHandled } from "./columns";
import type { FoundColumn, FoundIndex, FoundTable } from "./found";
import { name, qualified } from "./sql";

/** The index whose columns tell rows apart. */
export function keyOf(table: FoundTable): FoundIndex | undefined {
  const columns = new Map(table.columns.map((column) => [column.info.name, column]));
  const fit = table.indexes.filter(
    (index) =>
      index.filter === undefined &&
      index.columns.every((column) => {
        const found = columns.get(column);
        return found?.notNull === true && !found.generated && isHandled(found.info.type);
      }),
  );
  return fit.find((index) => index.primary) ?? fit[0];
}

/** @param unmasks whether this user sees masked columns as they are */
export function unsupported(table: FoundTable, unmasks: boolean): readonly string[] {
  if (!table.readable) return ["this user may not read it; GRANT SELECT on it, or on the schema"];
  const kind = kindProblem(table);
  if (kind !== undefined) return [kind];
  const relation = qualified(table.schema, table.relation);
  const problems = table.columns.flatMap((column) => columnProblem(column, relation, unmasks));
  if (keyOf(table) === undefined)
    problems.push(
      "it has no primary key and no unique index over stored NOT NULL columns, so its rows cannot be told apart; add a key, or leave it out (tables.exclude in standby.tables.yaml)",
    );
  for (const policy of table.policies)
    problems.push(
      `the security policy ${policy} hides rows of it, which would look deleted; exempt this user in its predicate, or ` +
        `ALTER SECURITY POLICY ${name(policy)} WITH (STATE = OFF) for the time of the run`,
    );
  for (const { foreignKey, disabled, untrusted } of table.references)
    if (disabled || untrusted) problems.push(loose("foreign key", foreignKey.name, disabled, relation));
  for (const check of table.looseChecks) problems.push(loose("check", check.name, check.disabled, relation));
  for (const trigger of table.triggers)
    if (trigger.insteadOf && trigger.enabled === "enabled")
      problems.push(
        `its INSTEAD OF trigger ${trigger.name} writes something else than is asked for; ` +
          `DISABLE TRIGGER ${name(trigger.name)} ON ${relation} for the time of the run`,
      );
  return problems;
}

function kindProblem(table: FoundTable): string | undefined {
  if (table.memoryOptimized)
    return "it is memory-optimized, and such a table takes no part in a snapshot of the whole database";
  if (table.temporal === "1")
    return "it holds another table's history, which no one but the server may write";
  if (table.temporal === "2")
    return "it keeps its own history (SYSTEM_VERSIONING), which cannot be brought over; set it OFF on both sides";
  if (table.external) return "it is an external table; its rows live elsewhere";
  if (table.fileTable) return "it is a FileTable; its rows are files";
  if (table.stretched) return "part of it lives on Azure (Stretch Database); bring that back first";
  if (table.graph) return "it is a node or an edge of a graph, whose ids mean something in one database only";
  return undefined;
}

function columnProblem(column: FoundColumn, relation: string, unmasks: boolean): string[] {
  const { info } = column;
  if (column.encrypted)
    return [`its column ${info.name} is Always Encrypted, so the server cannot compare what is in it`];
  if (column.masked && !unmasks)
    return [`its column ${info.name} is masked for this user, who would copy the mask; GRANT UNMASK to it`];
  if (column.generated) return [];
  if (column.ownType)
    return [
      `its column ${info.name} is of the assembly's own type ${info.type}, whose values have no sure text`,
    ];
  if (info.type === "sql_variant")
    return [
      `its column ${info.name} is a sql_variant, in which each value has a type of its own; give it one in ${relation}`,
    ];
  if (!isHandled(info.type))
    return [`its column ${info.name} is a ${info.type}, which this version cannot bring over`];
  return [];
}

const loose = (what: string, constraint: string, disabled: boolean, relation: string): string =>
  `its ${what} ${constraint} ${
    disabled ? "is disabled" : "was disabled while rows came in, so that it holds for new ones only"
  }; ALTER TABLE ${relation} WITH CHECK CHECK CONSTRAINT ${name(constraint)}, or drop it, on both sides`;
