/** How a row lets go of a unique value before its turn: two rows that swap one would wait for each other for ever. */
import { randomBytes } from "node:crypto";
import type { Holder } from "./candidate";
import { groupBy } from "./collections";
import {
  findColumn,
  rowId,
  type Column,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
  type UniqueKey,
} from "./model";

/** Rows that let go of a unique value before anything else is written. */
export interface Parked {
  readonly table: TableName;
  readonly column: string;
  readonly rows: readonly RowRef[];
}

interface ParkedRow extends RowRef {
  readonly id: RowId;
  readonly column: string;
}

/** Which rows do so. */
export class Parking {
  private readonly parked = new Map<string, ParkedRow>();

  /** Whether a row can let go of a value before its turn, which it then does. */
  park(holder: Holder): boolean {
    if (this.isFree(holder)) return true;
    const { row, spare } = holder;
    if (spare === undefined) return false;
    const id = rowId(row.table, row.key);
    this.parked.set(placeOf(holder), { table: row.table, key: row.key, id, column: spare });
    return true;
  }

  /** Whether nobody has to wait for a row to give its value away. */
  isFree(holder: Holder): boolean {
    return holder.deferrable === true || this.parked.has(placeOf(holder));
  }

  /** @param writes whether a row is written at all: else it keeps what it has */
  rows(writes: (id: RowId) => boolean): readonly Parked[] {
    const writing = [...this.parked.values()].filter(({ id }) => writes(id));
    return [...groupBy(writing, ({ table, column }) => JSON.stringify([table, column])).values()].flatMap(
      (rows) => rows.slice(0, 1).map(({ table, column }) => ({ table, column, rows })),
    );
  }
}

const placeOf = ({ row, spare }: Holder): string => JSON.stringify([row.table, spare, ...row.key]);

/** What stands in for a value that must be there, for the length of a transaction. */
export const placeholder = (): string => `~${randomBytes(7).toString("hex")}`;
const length = 15;

const isText = (type: string): boolean => {
  const [, width] = /^(?:character varying|varchar|n?varchar)\((\d+)\)/.exec(type) ?? [];
  return width === undefined
    ? /^(?:text|citext|character varying|longtext|mediumtext)$/.test(type)
    : Number(width) >= length;
};

/**
 * The column by which a row can be made to let go of a unique value: one that may be empty, or else a text. None that
 * belongs to the row's key or that another row refers to.
 */
export function spareColumn(table: Table, unique: UniqueKey, tables: readonly Table[]): string | undefined {
  const fixed = (column: Column): boolean =>
    column.generated ||
    column.identityAlways ||
    table.key.includes(column.name) ||
    tables.some((child) =>
      child.foreignKeys.some((key) => key.parent === table.name && key.parentColumns.includes(column.name)),
    );
  const columns = (unique.columns ?? []).map((name) => findColumn(table, name)).filter((one) => !fixed(one));
  const refers = ({ name }: Column): boolean => table.foreignKeys.some((key) => key.columns.includes(name));
  return (
    columns.find((one) => !one.notNull && unique.nullsDistinct) ??
    columns.find((one) => one.notNull && isText(one.type) && !refers(one))
  )?.name;
}
