import { z } from "zod";
import { groupBy } from "../../collections";
import { unfitGenerators } from "../../identities";
import type {
  Column,
  ForeignKey,
  Generator,
  GeneratorUse,
  IdentityKind,
  Schema,
  Table,
  Trigger,
  UniqueKey,
} from "../../model";
import type { TextRow } from "../../port";
import type { Session } from "./session";

/** The schema in which the base, the ledger and the offset policy live. */
export const ownSchema = "warm_standby";

const column = z.object({
  name: z.string(),
  type: z.string(),
  notNull: z.boolean(),
  loose: z.boolean(),
  generated: z.boolean(),
  identity: z.string(),
});
const table = z.object({
  oid: z.string(),
  schema: z.string(),
  relation: z.string(),
  kind: z.string(),
  inherits: z.boolean(),
  columns: z.array(column),
});
const index = z.object({
  oid: z.string(),
  name: z.string(),
  primary: z.boolean(),
  expressions: z.array(z.string()),
  columns: z.array(z.string()).nullable(),
  plain: z.boolean(),
  required: z.boolean(),
  predicate: z.string().nullable(),
  nullsDistinct: z.boolean(),
  deferrable: z.boolean(),
});
const foreignKey = z.object({
  oid: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  parent: z.string(),
  parentColumns: z.array(z.string()),
  deferrable: z.boolean(),
  onDelete: z.enum(["a", "r", "c", "n", "d"]),
});
const trigger = z.object({
  oid: z.string(),
  name: z.string(),
  enabled: z.string(),
  type: z.number(),
  body: z.string().nullable(),
});
const sequence = z.object({
  name: z.string(),
  increment: z.string(),
  max: z.string(),
  cache: z.string(),
  cycles: z.boolean(),
  uses: z.array(
    z.object({
      table: z.string(),
      column: z.string(),
      type: z.string(),
      identity: z.string(),
      owned: z.boolean(),
    }),
  ),
});

/** Tables of the user's own: partitions come with their parent, an extension's belong to the extension. */
const ours = (alias: string, schema: string): string => `
  ${schema}.nspname NOT IN ('pg_catalog', 'information_schema', '${ownSchema}')
  AND ${schema}.nspname NOT LIKE 'pg\\_temp%' AND ${schema}.nspname NOT LIKE 'pg\\_toast%'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = ${alias}.oid AND e.deptype = 'e')`;

const tablesQuery = `
  SELECT json_build_object('oid', c.oid::text, 'schema', n.nspname, 'relation', c.relname, 'kind', c.relkind::text,
    'inherits', NOT c.relispartition AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid
       OR (i.inhparent = c.oid AND c.relkind = 'r')),
    'columns', coalesce((SELECT json_agg(json_build_object('name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'loose', EXISTS (SELECT FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic),
        'generated', a.attgenerated <> '', 'identity', a.attidentity::text) ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND c.relpersistence <> 't' AND ${ours("c", "n")}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

const indexesQuery = `
  SELECT json_build_object('oid', i.indrelid::text, 'name', c.relname, 'primary', i.indisprimary,
    'expressions', (SELECT json_agg(coalesce(quote_ident(a.attname), pg_get_indexdef(i.indexrelid, k.at::int, true)) ORDER BY k.at)
       FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, at)
       LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
       WHERE k.at <= i.indnkeyatts),
    'columns', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, at)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.at <= i.indnkeyatts),
    'plain', i.indexprs IS NULL,
    'required', NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, at)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE k.at <= i.indnkeyatts AND NOT a.attnotnull),
    'predicate', pg_get_expr(i.indpred, i.indrelid),
    'nullsDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) IS FALSE,
    'deferrable', NOT i.indimmediate)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE i.indisunique AND i.indisvalid AND ${ours("t", "n")} ORDER BY c.relname COLLATE "C"`;

const attributes = (relation: string, numbers: string): string => `
  (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(${numbers}) WITH ORDINALITY k(attnum, at)
   JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.attnum)`;

const foreignKeysQuery = `
  SELECT json_build_object('oid', f.conrelid::text, 'name', f.conname,
    'columns', ${attributes("f.conrelid", "f.conkey")}, 'parent', n.nspname || '.' || p.relname,
    'parentColumns', ${attributes("f.confrelid", "f.confkey")}, 'deferrable', f.condeferrable, 'onDelete', f.confdeltype::text)
  FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
  WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conname COLLATE "C"`;

const triggersQuery = `
  SELECT json_build_object('oid', t.tgrelid::text, 'name', t.tgname, 'enabled', t.tgenabled::text,
    'type', t.tgtype, 'body', (SELECT p.prosrc FROM pg_proc p WHERE p.oid = t.tgfoid))
  FROM pg_trigger t WHERE NOT t.tgisinternal ORDER BY t.tgname COLLATE "C"`;

const sequencesQuery = `
  SELECT json_build_object('name', n.nspname || '.' || c.relname, 'increment', s.seqincrement::text,
    'max', s.seqmax::text, 'cache', s.seqcache::text, 'cycles', s.seqcycle, 'uses', coalesce((
      SELECT json_agg(json_build_object('table', tn.nspname || '.' || t.relname, 'column', a.attname,
          'type', format_type(a.atttypid, NULL), 'identity', a.attidentity::text,
          'owned', EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid
             AND o.deptype = 'a' AND o.refobjid = t.oid AND o.refobjsubid = a.attnum))
        ORDER BY tn.nspname COLLATE "C", t.relname COLLATE "C", a.attnum)
      FROM (SELECT d.refobjid AS rel, d.refobjsubid AS att FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'
                AND d.refclassid = 'pg_class'::regclass
            UNION SELECT e.adrelid, e.adnum FROM pg_depend d JOIN pg_attrdef e ON e.oid = d.objid
              WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = c.oid) u
      JOIN pg_class t ON t.oid = u.rel AND NOT t.relispartition JOIN pg_namespace tn ON tn.oid = t.relnamespace
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.att), '[]'))
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relpersistence <> 't' AND ${ours("c", "n")} ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Reads tables, keys, references, triggers and generators of all schemas of the user's own. */
export async function introspect(session: Session): Promise<Schema> {
  const [ofTables = [], ofIndexes = [], ofKeys = [], ofTriggers = [], ofSequences = []] =
    await session.answers(
      // With an empty path, types and functions print with their schema and mean the same in every session.
      "SET search_path = ''",
      tablesQuery,
      indexesQuery,
      foreignKeysQuery,
      triggersQuery,
      sequencesQuery,
      "RESET search_path",
    );
  const indexes = groupBy(documents(ofIndexes, index), (one) => one.oid);
  const keys = groupBy(documents(ofKeys, foreignKey), (one) => one.oid);
  const triggers = groupBy(documents(ofTriggers, trigger), (one) => one.oid);
  const problemsOf = new Map<string, readonly string[]>();
  const found = documents(ofTables, table).flatMap((one): readonly Table[] => {
    const name = `${one.schema}.${one.relation}`;
    const problem = unsupported(one, indexes.get(one.oid) ?? []);
    if (problem !== undefined) problemsOf.set(name, [problem]);
    return one.kind === "f"
      ? []
      : [buildTable(one, indexes.get(one.oid) ?? [], keys.get(one.oid) ?? [], triggers.get(one.oid) ?? [])];
  });
  const generators = documents(ofSequences, sequence).map(buildGenerator);
  return { tables: found, generators, problems: unfitGenerators(generators), problemsOf };
}

const documents = <T>(rows: readonly TextRow[], shape: z.ZodType<T>): readonly T[] =>
  rows.map(([document]) => shape.parse(JSON.parse(document ?? "null")));

const printedByOid =
  /^(?:regclass|regproc|regprocedure|regoper|regoperator|regtype|regrole|regnamespace|oid|xid|tid)$/;

function unsupported(
  one: z.infer<typeof table>,
  indexes: readonly z.infer<typeof index>[],
): string | undefined {
  if (one.kind === "f") return "it is a foreign table; its rows live elsewhere";
  if (one.inherits) return "it takes part in table inheritance; use declarative partitions";
  if (keyOf(indexes) === undefined)
    return "it has no primary key and no unique key over NOT NULL columns, so its rows cannot be told apart; add a key, or leave it out (tables.exclude in standby.tables.yaml)";
  const odd = one.columns.find((candidate) => printedByOid.test(candidate.type));
  if (odd !== undefined)
    return `its column ${odd.name} is a ${odd.type}, whose value means something in one database only`;
  return undefined;
}

function keyOf(indexes: readonly z.infer<typeof index>[]): z.infer<typeof index> | undefined {
  return (
    indexes.find((one) => one.primary) ??
    indexes.find((one) => one.plain && one.required && one.predicate === null)
  );
}

/** Types of which equal values print alike, unless a collation says otherwise. */
const printsAlike =
  /^(?:smallint|integer|bigint|boolean|text|character varying.*|uuid|bytea|date|timestamp.*|numeric\(.*)$/;

const deleteActions = { a: "nothing", r: "restrict", c: "cascade", n: "clear", d: "clear" } as const;

function buildTable(
  one: z.infer<typeof table>,
  indexes: readonly z.infer<typeof index>[],
  keys: readonly z.infer<typeof foreignKey>[],
  triggers: readonly z.infer<typeof trigger>[],
): Table {
  const key = keyOf(indexes);
  const columns = one.columns.map(({ name, type, notNull, loose, generated, identity }): Column => ({
    name,
    type,
    notNull,
    generated,
    identityAlways: identity === "a",
    ...((loose || !printsAlike.test(type)) && { printsVariously: true }),
  }));
  const various = columns.some(
    ({ name, printsVariously }) => printsVariously && key?.columns?.includes(name),
  );
  return {
    name: `${one.schema}.${one.relation}`,
    schema: one.schema,
    relation: one.relation,
    columns,
    key: key?.columns ?? [],
    keyDeferrable: key?.deferrable ?? false,
    foreignKeys: keys.map(({ name, columns, parent, parentColumns, deferrable, onDelete }): ForeignKey => ({
      name,
      columns,
      parent,
      parentColumns,
      deferrable,
      onDelete: deleteActions[onDelete],
    })),
    // Such a key may be taken by another text: then it is a unique value like any other.
    uniqueKeys: indexes
      .filter((each) => each !== key || various)
      .map(({ name, expressions, columns, plain, predicate, nullsDistinct, deferrable }): UniqueKey => ({
        name,
        expressions,
        columns: plain ? (columns ?? undefined) : undefined,
        predicate: predicate ?? undefined,
        nullsDistinct,
        deferrable,
      })),
    triggers: triggers.map(buildTrigger),
  };
}

/** The bits of `pg_trigger.tgtype` (src/include/catalog/pg_trigger.h). */
const eventBits = [
  ["insert", 4],
  ["delete", 8],
  ["update", 16],
] as const;

function buildTrigger({ name, enabled, type, body }: z.infer<typeof trigger>): Trigger {
  const fires = enabled === "O" || enabled === "A";
  const events = eventBits.flatMap(([event, bit]) => (fires && (type & bit) !== 0 ? [event] : []));
  return { name, enabled, events, body: body ?? undefined };
}

const typeMaxima: Readonly<Record<string, bigint>> = {
  smallint: 32767n,
  integer: 2147483647n,
  bigint: 9223372036854775807n,
};

function buildGenerator(one: z.infer<typeof sequence>): Generator {
  const uses = one.uses.map((use): GeneratorUse => ({
    table: use.table,
    column: use.column,
    kind: kindOf(use.identity, use.owned),
    typeMax: typeMaxima[use.type],
  }));
  return {
    name: one.name,
    increment: BigInt(one.increment),
    max: BigInt(one.max),
    cache: BigInt(one.cache),
    cycles: one.cycles,
    uses: uses.length > 0 ? uses : [{ table: one.name, column: "", kind: "unattached", typeMax: undefined }],
  };
}

function kindOf(identity: string, owned: boolean): IdentityKind {
  if (identity === "a") return "identity-always";
  if (identity === "d") return "identity-by-default";
  return owned ? "serial" : "sequence";
}
