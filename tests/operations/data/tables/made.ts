/** Schemas that no database has. */
import type {
  Column,
  ForeignKey,
  Generator,
  GeneratorUse,
  Schema,
  Table,
  Trigger,
  UniqueKey,
} from "../../../../operations/data/model";
import { parseTableRules } from "../../../../operations/data/tables/file";

/** @param spelled `name type` */
export const column = (spelled: string): Column => {
  const [name = "", ...type] = spelled.split(" ");
  return { name, type: type.join(" "), notNull: true, generated: false, identityAlways: false };
};
interface More {
  readonly key?: readonly string[];
  readonly foreignKeys?: readonly ForeignKey[];
  readonly uniqueKeys?: readonly UniqueKey[];
  readonly triggers?: readonly Trigger[];
}
/** @param columns `name type, name type`; the first is the key where none is given */
export const table = (relation: string, columns: string, more: More = {}): Table => {
  const all = columns.split(", ").map(column);
  return {
    name: `public.${relation}`,
    schema: "public",
    relation,
    columns: all,
    key: all.slice(0, 1).map((one) => one.name),
    keyDeferrable: false,
    foreignKeys: [],
    uniqueKeys: [],
    triggers: [],
    ...more,
  };
};
/** A generator for a column of its own. */
export const generatorOf = (use: GeneratorUse): Generator => ({
  name: `${use.table}_${use.column}_seq`,
  increment: 1n,
  max: 1n << 31n,
  cache: 1n,
  cycles: false,
  uses: [use],
});
export const of = (...tables: readonly Table[]): Schema => ({ tables, generators: [], problems: [] });
export const rules = (text: string) => parseTableRules(text, "standby.tables.yaml");
