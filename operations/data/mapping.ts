/** What the rows of a run's source are called on its target: the base's pairs, and what the run itself finds out. */
import { rowId, type Key, type RowId, type TableName } from "./model";
import type { Pair, Relation, Side } from "./settled";
import type { Digest } from "./three-way";

/** A row of the source that is another on the target. */
export interface Counterpart {
  readonly key: Key;
  readonly relation: Relation;
  readonly straggler: "source" | "target" | undefined;
  /** As both sides last shared it; undefined for what this run has found out. */
  readonly base: { readonly source: Digest; readonly target: Digest } | undefined;
}

/** A row of the source that lives in one of the target, as both last were. */
export interface Tenant {
  readonly key: Key;
  readonly source: Digest;
  readonly target: Digest;
}

export class Mapping {
  private readonly known = new Map<RowId, Counterpart>();
  /** By row of the target: the row of the source that it leads back to. */
  private readonly owners = new Map<RowId, RowId>();
  private readonly tenants = new Map<RowId, readonly Tenant[]>();
  private readonly pairsOf = new Map<TableName, Map<string, Counterpart>>();
  private readonly aloneOf = new Map<TableName, Map<string, string>>();

  /**
   * @param source the side that rows are read from in this run
   * @param again by the source's key: rows that are to be looked at again, though it was decided to leave them
   */
  constructor(pairs: readonly Pair[], source: Side, again: ReadonlySet<RowId> = new Set()) {
    for (const pair of pairs) {
      const [here, there] =
        source === "primary" ? [pair.primary, pair.standby] : [pair.standby, pair.primary];
      const isAgain = again.has(rowId(pair.table, here.key));
      if (pair.relation === "alone") {
        const alone = this.aloneOf.get(pair.table) ?? new Map<string, string>();
        if (pair.straggler === source && !isAgain)
          this.aloneOf.set(pair.table, alone.set(JSON.stringify(here.key), here.digest));
        continue;
      }
      const straggler =
        pair.straggler === undefined ? undefined : pair.straggler === source ? "source" : "target";
      if (pair.relation === "alias" && straggler === "target") continue;
      const counterpart: Counterpart = {
        key: there.key,
        relation: pair.relation,
        straggler,
        base: { source: isAgain && pair.apart ? there.digest : here.digest, target: there.digest },
      };
      const pairsOf = this.pairsOf.get(pair.table) ?? new Map<string, Counterpart>();
      this.pairsOf.set(pair.table, pairsOf.set(JSON.stringify(here.key), counterpart));
      this.put(pair.table, here.key, counterpart);
      if (straggler !== "source") continue;
      const target = rowId(pair.table, there.key);
      const tenant = { key: here.key, source: here.digest, target: there.digest };
      this.tenants.set(target, [...(this.tenants.get(target) ?? []), tenant]);
    }
  }

  /** Nothing is called otherwise, so nothing has to be translated, and nothing was left where it is. */
  get isEmpty(): boolean {
    return this.known.size === 0 && this.aloneOf.size === 0;
  }

  /** The tables with rows that by a decision the source alone has. */
  get tablesWithAlone(): ReadonlySet<TableName> {
    return new Set(this.aloneOf.keys());
  }

  /** Those of a table, by key as a JSON list, as they were then. */
  alone(table: TableName): ReadonlyMap<string, Digest> {
    return this.aloneOf.get(table) ?? new Map<string, Digest>();
  }

  isAlone(table: TableName, key: Key): boolean {
    return this.alone(table).has(JSON.stringify(key));
  }

  /** The base's pairs of a table, by the source's key as a JSON list. */
  pairs(table: TableName): ReadonlyMap<string, Counterpart> {
    return this.pairsOf.get(table) ?? new Map<string, Counterpart>();
  }

  counterpart(table: TableName, key: Key): Counterpart | undefined {
    return this.known.get(rowId(table, key));
  }

  /** The key by which the target knows a row of the source. */
  targetOf(table: TableName, key: Key): Key {
    return this.known.get(rowId(table, key))?.key ?? key;
  }

  /** The row of the source that a row of the target leads back to, where that is under another key or content. */
  ownerOf(table: TableName, targetKey: Key): RowId | undefined {
    return this.owners.get(rowId(table, targetKey));
  }

  /**
   * A row of the source that was merged into one of the target in an earlier run.
   *
   * @param lost what the source has no more
   */
  tenantOf(table: TableName, targetKey: Key, lost: ReadonlySet<RowId>): Tenant | undefined {
    const tenants = this.tenants.get(rowId(table, targetKey)) ?? [];
    return tenants.find(({ key }) => !lost.has(rowId(table, key)));
  }

  /** Learns in a run what a row is called on the target; true when that is news. A merged row may keep its key. */
  learn(table: TableName, key: Key, targetKey: Key, relation: Relation): boolean {
    const before = this.known.get(rowId(table, key));
    if (before?.relation === relation && before.key.join("\0") === targetKey.join("\0")) return false;
    if (before !== undefined && this.ownerOf(table, before.key) === rowId(table, key))
      this.owners.delete(rowId(table, before.key));
    const straggler = relation === "moved" ? undefined : "source";
    this.put(table, key, { key: targetKey, relation, straggler, base: before?.base });
    return true;
  }

  private put(table: TableName, key: Key, counterpart: Counterpart): void {
    const id = rowId(table, key);
    this.known.set(id, counterpart);
    const target = rowId(table, counterpart.key);
    // A row that has a counterpart keeps it, whoever else is found to be that row.
    const second = counterpart.relation === "merged" && this.owners.has(target);
    if (counterpart.relation !== "alias" && !second) this.owners.set(target, id);
  }
}
