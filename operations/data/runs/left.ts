/** Rows that by a decision for the target stay as they are on each side: when they are looked at again. */
import { chunks, groupBy } from "../collections";
import { rowId, type RowId, type TableName } from "../model";
import type { Images } from "./images";
import type { Touched } from "./look";
import { keyFrom } from "./scan";

/** Rows that are read at once. */
const batchSize = 2000;

/**
 * Adds to the touched rows those which the source alone has by a decision, where a touched one refers to them, or they
 * to it: whether they can be brought now is asked of all that hang together. So nothing comes without its parent.
 */
export async function withLeft(touched: readonly Touched[], images: Images): Promise<readonly Touched[]> {
  if (touched.length === 0) return touched;
  const left = leftRows(touched, images);
  if (left.size === 0) return touched;
  const present = touched.filter((row) => row.source !== undefined);
  const moving = new Set(present.map(idOf));
  const kin = new Map<RowId, RowId[]>();
  const join = (one: RowId, other: RowId): void => {
    kin.set(one, [...(kin.get(one) ?? []), other]);
  };
  for await (const [child, parent] of references([...left.values()], images))
    if (left.has(parent) || moving.has(parent)) {
      join(child, parent);
      join(parent, child);
    }
  const tables = images.mapping.tablesWithAlone;
  for await (const [child, parent] of references(present, images, tables))
    if (left.has(parent)) join(child, parent);
  const again = new Set<RowId>();
  const open = [...moving];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const one of kin.get(id) ?? [])
      if (left.has(one) && !again.has(one)) {
        again.add(one);
        open.push(one);
      }
  return [...touched, ...[...again].flatMap((id) => left.get(id) ?? [])];
}

const idOf = ({ table, key }: Touched): RowId => rowId(table, key);

/** What was left on the source and did not change since, as new as it was then. */
function leftRows(touched: readonly Touched[], { mapping }: Images): ReadonlyMap<RowId, Touched> {
  const left = new Map<RowId, Touched>();
  for (const table of mapping.tablesWithAlone)
    for (const [name, source] of mapping.alone(table)) {
      const row = { table, key: keyFrom(name), source, base: undefined, left: true };
      left.set(idOf(row), row);
    }
  for (const row of touched) left.delete(idOf(row));
  return left;
}

/** Pairs of a row and one that it refers to, by the source's keys; `to`: only those to these tables. */
async function* references(
  rows: readonly Touched[],
  images: Images,
  to?: ReadonlySet<TableName>,
): AsyncGenerator<readonly [child: RowId, parent: RowId]> {
  for (const [name, group] of groupBy(rows, (row) => row.table)) {
    const table = images.tableOf(name);
    if (table?.foreignKeys.some(({ parent }) => to === undefined || to.has(parent)) !== true) continue;
    for (const some of chunks(group, batchSize))
      for (const image of await images.of(
        table,
        some.map((row) => row.key),
      ))
        for (const { parent, sourceKey } of image.references)
          yield [rowId(name, image.sourceKey), rowId(parent.name, sourceKey)];
  }
}
