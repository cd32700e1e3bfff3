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

/** The digest of no row: the version that both sides had before one of them changed it is not there any more. */
const before = "apart";

/**
 * What both sides last shared. Of rows that are apart, the side whose change was not brought has what it has, and the
 * other what it had before; seen from that other, the first has diverged, whatever it does.
 */
function baseOf(pair: Pair, source: Side, again: boolean): NonNullable<Counterpart["base"]> {
  const [here, there] =
    source === "primary"
      ? [pair.primary.digest, pair.standby.digest]
      : [pair.standby.digest, pair.primary.digest];
  if (pair.apart === undefined) return { source: here, target: there };
  return { source: again ? before : here, target: pair.apart === source ? there : before };
}

export class Mapping {
  private readonly known = new Map<RowId, Counterpart>();
  /** By row of the target: the row of the source that it leads back to. */
  private readonly owners = new Map<RowId, RowId>();
  private readonly tenants = new Map<RowId, readonly Tenant[]>();
  private readonly pairsOf = new Map<TableName, Map<string, Counterpart>>();
  private readonly aloneOf = new Map<TableName, Map<string, string>>();
  private readonly stayedOf = new Map<TableName, Map<string, string>>();
  private anyAlone = false;

  /**
   * @param source the side that rows are read from in this run
   * @param again by the source's key: rows that are to be looked at again, though it was decided to leave them
   */
  constructor(pairs: readonly Pair[], source: Side, again: ReadonlySet<RowId> = new Set()) {
    for (const pair of pairs) {
      const [here, there] =
        source === "primary" ? [pair.primary, pair.standby] : [pair.standby, pair.primary];
      if (pair.relation === "alone") {
        const [own, of] = pair.straggler === source ? [here, this.aloneOf] : [there, this.stayedOf];
        this.anyAlone = true;
        // What is looked at again is not left any more; what stayed is known only where it is.
        if (again.has(rowId(pair.table, own.key)) === (pair.straggler === source)) continue;
        const rows = of.get(pair.table) ?? new Map<string, string>();
        of.set(pair.table, rows.set(JSON.stringify(own.key), own.digest));
        continue;
      }
      const isAgain = again.has(rowId(pair.table, here.key));
      const straggler =
        pair.straggler === undefined ? undefined : pair.straggler === source ? "source" : "target";
      if (pair.relation === "alias" && straggler === "target") continue;
      const counterpart: Counterpart = {
        key: there.key,
        relation: pair.relation,
        straggler,
        base: baseOf(pair, source, isAgain),
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
    return this.known.size === 0 && !this.anyAlone;
  }

  /** The tables with rows that by a decision the source alone has. */
  get tablesWithAlone(): ReadonlySet<TableName> {
    return new Set(this.aloneOf.keys());
  }

  /** Those of a table, by key as a JSON list, as they were then. Whoever has a counterpart since is none of them. */
  alone(table: TableName): ReadonlyMap<string, Digest> {
    const pairs = this.pairs(table);
    return new Map([...(this.aloneOf.get(table) ?? [])].filter(([key]) => !pairs.has(key)));
  }

  /** Those that the target alone has and that are to be looked at again: the source has deleted them once. */
  stayed(table: TableName): ReadonlyMap<string, Digest> {
    return this.stayedOf.get(table) ?? new Map<string, Digest>();
  }

  isAlone(table: TableName, key: Key): boolean {
    const name = JSON.stringify(key);
    return this.aloneOf.get(table)?.has(name) === true && !this.pairs(table).has(name);
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
