/** What a target's own triggers would do once more, for rows whose effects come over as rows of their own. */
import type { Schema, Table, TableName, Trigger } from "./model";
import type { Step } from "./steps";

const doing = { insert: "inserted", update: "updated", delete: "deleted" } as const;

/**
 * One sentence for each trigger that a run would fire and that writes to tables by the look of its text.
 *
 * @param schema the target's
 */
export function sideEffects(steps: readonly Step[], schema: Schema): readonly string[] {
  const sentences: string[] = [];
  for (const table of schema.tables)
    for (const trigger of table.triggers) {
      const fired = new Set(
        steps
          .filter((step) => step.table === table.name && trigger.events?.includes(step.kind))
          .map((step) => step.kind),
      );
      const [first] = fired;
      if (first === undefined) continue;
      const written = writtenBy(trigger, schema.tables);
      const when = [...fired].map((kind) => doing[kind]).join(" or ");
      if (written.length > 0)
        sentences.push(
          `${table.name}: its trigger ${trigger.name} writes to ${written.join(", ")} for each row that is ${when}. ` +
            "Where it did so on the source, that comes over too, and will be there twice; disable the trigger on the " +
            "target for the time of the run if it should not",
        );
      else if (isOpaque(trigger))
        sentences.push(
          `${table.name}: its trigger ${trigger.name} calls what cannot be looked into for each row that is ${when}; ` +
            "see whether it may do so once more, and disable it for the time of the run if not",
        );
    }
  return sentences;
}

/** The shop's tables that a trigger's text inserts into, updates or deletes from. */
function writtenBy({ body }: Trigger, tables: readonly Table[]): readonly TableName[] {
  if (body === undefined) return [];
  const targets = [...withoutComments(body).matchAll(writing)].map(([, name]) =>
    (name ?? "").replaceAll(/["`[\]\s]/g, "").toLowerCase(),
  );
  return tables
    .filter(
      ({ name, relation }) =>
        targets.includes(name.toLowerCase()) || targets.includes(relation.toLowerCase()),
    )
    .map(({ name }) => name);
}

/** A name, quoted or not, with or without its schema, behind what writes to it. */
const writing =
  /\b(?:insert\s+(?:ignore\s+)?into|replace\s+into|update|delete\s+from|merge\s+into)\s+((?:["`[]?[\p{L}_$][\p{L}\p{N}_$]*["`\]]?\s*\.\s*)?["`[]?[\p{L}_$][\p{L}\p{N}_$]*["`\]]?)/giu;

const isOpaque = ({ body }: Trigger): boolean =>
  body !== undefined &&
  /\b(?:perform|execute|exec|call|pg_notify|notify|dblink\w*)\b/i.test(withoutComments(body));

const withoutComments = (text: string): string => text.replaceAll(/--.*|\/\*[\s\S]*?\*\//g, " ");
