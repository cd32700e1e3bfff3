import type { PostgresConnection } from "../../../connection";
import { outside, refusal, usage } from "../../../fault";
import type { Schema } from "../../model";
import { orderTables, type TableOrder } from "../../order";
import { schemaDifferences } from "../../schemas";
import { introspect } from "./introspect";
import { withSession, type Session } from "./session";
import { databaseId, isSameDatabase, lockOnce } from "./store";

/** Both databases of a run, open and known to have one schema. */
export interface Sides {
  readonly source: Session;
  readonly target: Session;
  readonly sourceId: string;
  readonly targetId: string;
  readonly schema: Schema;
  readonly targetSchema: Schema;
  readonly order: TableOrder;
}

const some = (sentences: readonly string[]): string => {
  const shown = sentences.slice(0, 20).map((sentence) => `  ${sentence}`);
  const more = sentences.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
};

/** Digests are made over bytes, which differ between encodings where the characters are the same. */
async function refuseOtherEncoding(source: Session, target: Session): Promise<void> {
  const [[one], [other]] = [
    await source.rows("SHOW server_encoding"),
    await target.rows("SHOW server_encoding"),
  ];
  if (one?.[0] === other?.[0]) return;
  throw refusal(
    `${source.label} is encoded in ${one?.[0] ?? "?"} and ${target.label} in ${other?.[0] ?? "?"}, so their rows cannot ` +
      `be compared; make the target's database anew with ENCODING '${one?.[0] ?? ""}' TEMPLATE template0`,
  );
}

/**
 * Opens both sides: the source in one snapshot that lasts the whole run, the target outside of any transaction.
 *
 * @param alone refuse to run beside another run on either database
 * @throws Fault (1) naming every table and column that cannot be handled or differs; (3) when not reached
 */
export async function withSides<T>(
  from: PostgresConnection,
  to: PostgresConnection,
  purpose: string,
  alone: boolean,
  action: (sides: Sides) => Promise<T>,
): Promise<T> {
  return withSession(from, purpose, (source) =>
    withSession(to, purpose, async (target) => {
      const [sourceId, targetId] = [await databaseId(source), await databaseId(target)];
      if (sourceId === targetId && (await isSameDatabase(source, target)))
        throw usage(`--from and --to are the same database (${to.label}); name the primary and the standby`);
      if (alone && !((await lockOnce(source)) && (await lockOnce(target))))
        throw outside("another sync or reconcile is at work on these databases; wait for it, then run again");
      await refuseOtherEncoding(source, target);
      await source.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const schema = await introspect(source);
      const targetSchema = await introspect(target);
      if (schema.tables.length === 0) throw refusal(`${from.label} has no tables`);
      const problems = [...new Set([...schema.problems, ...targetSchema.problems])];
      if (problems.length > 0) throw refusal(`this schema cannot be handled as it is:\n${some(problems)}`);
      const differences = schemaDifferences(schema, targetSchema);
      if (differences.length > 0)
        throw refusal(
          `the schemas differ; bring ${to.label} to the schema of ${from.label} first:\n${some(differences)}`,
        );
      return action({
        source,
        target,
        sourceId,
        targetId,
        schema,
        targetSchema,
        order: orderTables(schema.tables),
      });
    }),
  );
}
