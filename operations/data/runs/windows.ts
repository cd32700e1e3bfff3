/**
 * A base for two databases that never had one: what is equal on both sides under one id is shared, and where the ids
 * of a table are handed out, what lies above the highest shared one came after the copy. Everything else is recorded
 * so that it turns out as a conflict.
 */
import { refusal } from "../../fault";
import type { Progress } from "../engine";
import { rowId, type Key, type RowId, type Table, type TableName } from "../model";
import type { BaseTable, Database } from "../port";
import type { Settled } from "../settled";
import type { Digest } from "../three-way";
import { dependentsOf } from "./dependents";
import { isIdentifying } from "./images";
import { isOwnKey, withValue } from "./look";
import { chooseBuckets, compare } from "./scan";
import type { Sides } from "./sides";
import { keyGenerator } from "./takes";

/** Rows that are looked at together. */
const batchSize = 2000;

/** Records such a base on the target, in the holder's transaction. Returns what nobody can know, for the operator. */
export async function recordWindows(
  sides: Sides,
  holder: Database,
  progress: Progress,
): Promise<readonly string[]> {
  await holder.store.ensure();
  await holder.store.recordHead(sides.sourceId, sides.targetId);
  const windows = new Windows(sides, holder);
  for (const table of sides.order.tables) progress(await windows.record(table), true);
  if (windows.shared === 0)
    throw refusal(
      `neither ${sides.source.label} nor ${sides.target.label} holds a base, and no row of theirs is equal, so there ` +
        "is nothing to go by; run sync before the cutover: reconcile compares with what it recorded",
    );
  return windows.unknown;
}

class Windows {
  shared = 0;
  readonly unknown: string[] = [
    "there was no base: what both sides share was worked out from equal rows and the windows of the ids, and is " +
      "recorded from now on; what both sides changed alike, or one side changed back, cannot be told",
  ];
  /** Rows of the same id that are not the same: by table, their keys. */
  private readonly strangers = new Map<TableName, readonly Key[]>();
  private readonly strangerIds = new Set<RowId>();
  /** Rows that are new on the source. */
  private readonly fresh = new Set<RowId>();

  constructor(
    private readonly sides: Sides,
    private readonly holder: Database,
  ) {}

  async record(table: Table): Promise<string> {
    const { source } = this.sides;
    const recorded = await this.holder.store.recordTable(table);
    const base = recorded.table;
    const [left, right] = [source.read.digested(table), this.holder.store.digested(table, base)];
    const here: { key: Key; digest: string }[] = [];
    const there: Key[] = [];
    const differing: { key: Key; digest: string }[] = [];
    const { differences } = await compare(left, right, await chooseBuckets(recorded.rows, [left, right]));
    for await (const { key, left: own, right: other } of differences())
      if (own === undefined) there.push(key);
      else if (other === undefined) here.push({ key, digest: own });
      else differing.push({ key, digest: own });
    await this.forget(table, base, [...there, ...differing.map((row) => row.key)]);
    // Equal or not: what hangs on somebody else is not the same.
    const astray = await this.childrenOfStrangers(table, new Set(there.map((key) => rowId(table.name, key))));
    await this.forget(table, base, astray);
    const shared = recorded.rows - there.length - differing.length - astray.length;
    this.shared += shared;

    const handedOut = keyGenerator(table, this.sides.schema.generators)?.at === 0;
    const highest = handedOut ? await right.range() : undefined;
    const isAstray = new Set(astray.map((key) => rowId(table.name, key)));
    const known = await this.sameByValue(
      table,
      differing.map((row) => row.key),
    );
    const isOld = (key: Key): boolean => highest !== undefined && BigInt(key[0] ?? 0) <= highest.max;
    const changed = differing.filter(
      ({ key }) =>
        !isAstray.has(rowId(table.name, key)) &&
        (!handedOut || isOld(key) || known.has(rowId(table.name, key))),
    );
    const same = new Set(changed.map(({ key }) => rowId(table.name, key)));
    const strangers = [
      ...astray,
      ...differing.map((row) => row.key).filter((key) => !same.has(rowId(table.name, key))),
    ];
    this.strangers.set(table.name, strangers);
    for (const key of strangers) this.strangerIds.add(rowId(table.name, key));
    const lost: { key: Key; digest: string }[] = [];
    for (const row of here)
      if (handedOut ? !isOld(row.key) : this.isNamedByNew(table, row.key))
        this.fresh.add(rowId(table.name, row.key));
      else lost.push(row);
    // Recorded as something that neither side has: so that each is a conflict until somebody says what it is.
    await this.settle(
      table,
      base,
      [...changed, ...lost].map(({ key, digest }) => [key, otherThan(digest)] as const),
    );
    const deleted = there.filter((key) => !handedOut || isOld(key)).length;
    if (deleted > 0)
      this.unknown.push(
        `${table.name}: ${deleted} rows are on ${this.sides.target.label} alone, among older ones; whether they were made ` +
          "there or deleted on the source cannot be told, and they stay",
      );
    return (
      `${table.name}: ${shared} rows are equal, ${here.length - lost.length} are new, ` +
      `${lost.length + differing.length + astray.length} cannot be told`
    );
  }

  private forget(table: Table, base: BaseTable, keys: readonly Key[]): Promise<void> {
    return this.settle(
      table,
      base,
      keys.map((key) => [key, undefined] as const),
    );
  }

  private async settle(
    table: Table,
    base: BaseTable,
    rows: readonly (readonly [Key, Digest])[],
  ): Promise<void> {
    const settled = rows.map(([key, digest]): Settled => ({ table: table.name, key, digest }));
    if (settled.length > 0) await this.holder.store.settle(table, base, settled);
  }

  /** Rows of the target, shared by the look of it, that refer to a row which is somebody else's on the source. */
  private async childrenOfStrangers(table: Table, except: ReadonlySet<RowId>): Promise<readonly Key[]> {
    const found = new Map<RowId, Key>();
    for (const foreignKey of table.foreignKeys) {
      const parent = this.sides.schema.tables.find((one) => one.name === foreignKey.parent);
      const keys = this.strangers.get(foreignKey.parent) ?? [];
      if (parent === undefined || keys.length === 0) continue;
      for (const [, key] of await dependentsOf(this.holder, parent, table, foreignKey, keys))
        if (!except.has(rowId(table.name, key))) found.set(rowId(table.name, key), key);
    }
    // Those that the source does not have are the target's own.
    const there = await this.sides.source.read.digests(table, [...found.values()], "none");
    return [...found].flatMap(([id, key]) => (there.has(id) ? [key] : []));
  }

  /** Rows of one key that have a unique value in common, such as the e-mail: they are the same, whatever else differs. */
  private async sameByValue(table: Table, keys: readonly Key[]): Promise<ReadonlySet<RowId>> {
    const found = new Set<RowId>();
    for (let at = 0; at < keys.length; at += batchSize) {
      const rows = await this.sides.source.read.rows(table, keys.slice(at, at + batchSize));
      for (const unique of table.uniqueKeys.filter((one) => one.undeclared !== true && !isOwnKey(table, one)))
        for (const [key, holder] of await this.holder.read.holders(
          table,
          unique,
          withValue(table, unique, rows),
        ))
          if (rowId(table.name, key) === rowId(table.name, holder)) found.add(rowId(table.name, key));
    }
    return found;
  }

  /** A row that is named by its parent, such as an order's line, is new where the parent is. */
  private isNamedByNew(table: Table, key: Key): boolean {
    return table.foreignKeys.some((foreignKey) => {
      const parent = this.sides.schema.tables.find((one) => one.name === foreignKey.parent);
      if (parent === undefined || !isIdentifying(table, foreignKey)) return false;
      const own = parent.key.map(
        (column) =>
          key[table.key.indexOf(foreignKey.columns[foreignKey.parentColumns.indexOf(column)] ?? "")] ?? "",
      );
      const id = rowId(parent.name, own);
      return this.fresh.has(id) || this.strangerIds.has(id);
    });
  }
}

/** Digests are whole numbers of 64 bits in decimal. Spread wide: they are added up by groups, where a small change could cancel out. */
const otherThan = (digest: string): string =>
  BigInt.asIntN(64, BigInt(digest) * 6364136223846793005n + 1442695040888963407n).toString();
