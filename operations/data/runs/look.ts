/** Looks up on both sides what the decision about some rows rests on. */
import { chunks, groupBy } from "../collections";
import { sourceKey, type Candidate, type Dependent, type Holder, type Reference } from "../candidate";
import {
  rowId,
  storedColumns,
  type ForeignKey,
  type Key,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
  type UniqueKey,
} from "../model";
import type { TableOrder } from "../order";
import type { Database, FoundRow, RowLock, TextRow } from "../port";
import { alone, type Origin } from "../settled";
import type { Digest } from "../three-way";
import { spareColumn } from "../parking";
import { isNoNumber } from "../tables/numbers";
import { dependentsOf } from "./dependents";
import { isIdentifying, type Image, type Images, type Target } from "./images";
import { withoutOrphans } from "./orphans";

/** Rows that are read and thought about at once. */
const batchSize = 2000;

/** A row of the source on which it and the base differ. */
export interface Touched extends RowRef {
  readonly base: Digest;
  readonly source: Digest;
  /** See `Candidate.left`. */
  readonly left?: boolean;
}

export interface Sight {
  readonly candidates: readonly Candidate[];
  /** Parents that are not on the target. */
  readonly absent: ReadonlySet<RowId>;
  /** Parents that the source has lost as well: what refers to them goes without. */
  readonly lost?: ReadonlySet<RowId>;
}

/** Which rows of the target are known to the base, by key; what is not was made there. */
export type SharedRows = (table: Table, keys: readonly Key[]) => Promise<ReadonlySet<RowId>>;

/** A touched row with what it is on the target. */
interface Seen {
  readonly touched: Touched;
  readonly key: Key;
  /** Undefined where the source has no such row any more. */
  readonly image: Image | undefined;
  /** The digest it would have on the target. */
  readonly digest: Digest;
}

export class Lookout {
  private readonly byName: ReadonlyMap<TableName, Table>;

  /**
   * @param lock hold what was seen until the transaction ends: rows to be written against any change, parents against
   * deletion. So every write is made on the very row it was decided on.
   */
  constructor(
    private readonly images: Images,
    private readonly target: Database,
    private readonly order: TableOrder,
    private readonly shared: SharedRows,
    private readonly lock: boolean,
    /** Tables that are left out: what hangs on a row there is not to lose it. */
    private readonly outsiders: readonly Table[] = [],
  ) {
    this.byName = new Map(order.tables.map((table) => [table.name, table]));
  }

  async look(touched: readonly Touched[]): Promise<Sight> {
    this.images.derive(touched);
    const groups = groupBy(touched, (row) => row.table);
    const lost = new Set(
      touched.flatMap(({ table, key, source }) => (source === undefined ? [rowId(table, key)] : [])),
    );
    const candidates: Candidate[] = [];
    for (const table of this.order.tables)
      for (const rows of chunks(groups.get(table.name) ?? [], batchSize))
        candidates.push(...(await this.lookAt(table, rows, lost)));
    const absent = await this.absentParents(candidates);
    return withoutOrphans({ candidates, absent }, this.images, this.byName, this.shared);
  }

  /** Rows of the source as they would be on the target, in the order of `storedColumns`. */
  async translated(table: Table, sourceKeys: readonly Key[]): Promise<readonly TextRow[]> {
    return (await this.images.of(table, sourceKeys)).map((image) => image.values);
  }

  /** @param lost by the source's key: what the source has no more, so that nothing of the target is its counterpart */
  private async lookAt(
    table: Table,
    touched: readonly Touched[],
    lost: ReadonlySet<RowId>,
  ): Promise<readonly Candidate[]> {
    const seen = await this.see(table, touched);
    const targets = await this.targetDigests(table, seen);
    const gone = seen.filter(
      ({ touched: row, key }) => row.source === undefined && targets.has(rowId(table.name, key)),
    );
    const dependents = await this.dependents(
      table,
      gone.map((row) => row.key),
    );
    const holders = await this.holders(
      table,
      seen.flatMap(({ image }) => (image === undefined ? [] : [image])),
    );
    const shared = await this.sharedAmong(table, seen, targets);
    return seen.map((row): Candidate => {
      const id = rowId(table.name, row.key);
      const counterpart = this.images.mapping.counterpart(table.name, row.touched.key);
      return {
        table: table.name,
        key: row.key,
        base: counterpart?.base === undefined ? row.touched.base : counterpart.base.target,
        source: row.digest,
        left: row.touched.left,
        target: targets.get(id),
        references: row.image?.references.map((one) => this.referenceOf(table, one)) ?? [],
        holders: holders.get(rowId(table.name, row.touched.key)) ?? [],
        // Of those who go: somebody new under the same id has to do with none of them.
        dependents: row.touched.source === undefined ? (dependents.get(id) ?? []) : [],
        tenant:
          row.touched.source === undefined && targets.has(id)
            ? this.images.mapping.tenantOf(table.name, row.key, lost)
            : undefined,
        ...this.otherness(table, row, targets.get(id), shared, lost),
      };
    });
  }

  private async see(table: Table, touched: readonly Touched[]): Promise<readonly Seen[]> {
    const present = touched.filter((row) => row.source !== undefined).map((row) => row.key);
    const images = new Map<RowId, Image>();
    for (const image of await this.images.of(table, present))
      images.set(rowId(table.name, image.sourceKey), image);
    const translated = [...images.values()].filter((image) => image.translated);
    const digests = await this.target.read.digestsOf(
      table,
      translated.map((image) => image.values),
    );
    const digestOf = new Map(translated.map((image, at) => [image, digests[at]]));
    return touched.map((row) => {
      const image = images.get(rowId(table.name, row.key));
      const key = image?.key ?? this.images.mapping.targetOf(table.name, row.key);
      const digest = image === undefined ? row.source : (digestOf.get(image) ?? row.source);
      return { touched: row, key, image, digest };
    });
  }

  /** What makes a row another on the target than on the source, and what follows from it. */
  private otherness(
    table: Table,
    { touched, key, image }: Seen,
    target: Digest,
    shared: ReadonlySet<RowId>,
    lost: ReadonlySet<RowId>,
  ): Pick<Candidate, "origin" | "standing"> | Pick<Candidate, "origin" | "standing" | "source"> {
    const { mapping } = this.images;
    if (touched.source === undefined && mapping.isAlone(table.name, touched.key))
      return { standing: "retired", origin: alone(touched.key, undefined, "source") };
    const counterpart = mapping.counterpart(table.name, touched.key);
    const owner = mapping.ownerOf(table.name, key);
    const foreign = owner !== undefined && owner !== rowId(table.name, touched.key);
    const merged = counterpart?.straggler === "source";
    if (counterpart === undefined && image?.translated !== true)
      return touched.base === undefined && foreign ? { standing: "stranger" } : {};
    // A new row that meets one under a name that is not its own: whose counterpart that is has to be told.
    const met =
      touched.base === undefined && target !== undefined && key.join("\0") !== touched.key.join("\0");
    const id = rowId(table.name, key);
    const counted = (foreign && !lost.has(owner)) || (shared.has(id) && !lost.has(id));
    const ofNobody = lost.has(id) || (owner !== undefined && lost.has(owner));
    const relate = (): Origin["relation"] => {
      if (counterpart?.base === undefined && (merged || met)) return counted ? "alias" : "merged";
      if (counterpart?.relation === "alias" && ofNobody) return "merged";
      return counterpart?.relation ?? "moved";
    };
    const relation = relate();
    const straggler = relation === "moved" ? undefined : (counterpart?.straggler ?? "source");
    const origin: Origin = { key: touched.key, digest: touched.source, relation, straggler };
    if (merged && touched.source === undefined) return { origin, standing: "retired" };
    // Nothing of the row that is there is overwritten: that is what both share.
    if (merged && touched.base === undefined) return { origin, standing: "merged", source: target };
    if (merged) return { origin, standing: "merged-changed" };
    // Nor is one under its own name the row of its name, where that is a third one's counterpart.
    return {
      origin,
      ...(met || (touched.base === undefined && foreign) ? { standing: "stranger" as const } : {}),
    };
  }

  /** For rows that meet another under a new name: which of those have a counterpart of their own. */
  private async sharedAmong(
    table: Table,
    seen: readonly Seen[],
    targets: ReadonlyMap<RowId, string>,
  ): Promise<ReadonlySet<RowId>> {
    const met = seen.filter(
      ({ touched, key }) =>
        touched.base === undefined &&
        targets.has(rowId(table.name, key)) &&
        key.join("\0") !== touched.key.join("\0"),
    );
    if (met.length === 0) return new Set();
    return this.shared(
      table,
      met.map(({ key }) => key),
    );
  }

  private async targetDigests(table: Table, seen: readonly Seen[]): Promise<ReadonlyMap<RowId, string>> {
    const lockOf = ({ touched }: Seen): RowLock => {
      if (!this.lock) return "none";
      if (touched.base === undefined)
        return this.images.mapping.counterpart(table.name, touched.key) === undefined ? "none" : "parent";
      return touched.source === undefined ? "delete" : "update";
    };
    const found = new Map<RowId, string>();
    for (const [lock, rows] of groupBy(seen, lockOf))
      for (const [id, digest] of await this.target.read.digests(
        table,
        rows.map((row) => row.key),
        lock as RowLock,
      ))
        found.set(id, digest);
    return found;
  }

  private referenceOf(
    table: Table,
    { foreignKey, parent, key, sourceKey: origin, elsewhere }: Target,
  ): Reference {
    return {
      foreignKey: foreignKey.name,
      parent: { table: parent.name, key },
      origin,
      identifying: isIdentifying(table, foreignKey),
      elsewhere,
      ...(foreignKey.undeclared !== undefined && { undeclared: true }),
      ...this.orderOf(table, foreignKey),
    };
  }

  /** By the source's key: more rows than one may be about to be the same row of the target. */
  private async holders(
    table: Table,
    images: readonly Image[],
  ): Promise<ReadonlyMap<RowId, readonly Holder[]>> {
    const found = new Map<RowId, readonly Holder[]>();
    for (const some of keysApart(images)) {
      const byTarget = await this.holdersOf(table, some);
      for (const { key, sourceKey: origin } of some)
        found.set(rowId(table.name, origin), byTarget.get(rowId(table.name, key)) ?? []);
    }
    return found;
  }

  private async holdersOf(
    table: Table,
    rows: readonly FoundRow[],
  ): Promise<ReadonlyMap<RowId, readonly Holder[]>> {
    const found = new Map<RowId, Holder[]>();
    for (const unique of table.uniqueKeys) {
      const pairs = await this.target.read.holders(table, unique, withValue(table, unique, rows));
      const name = (key: Key): RowId => rowId(table.name, key);
      // What nobody keeps unique may be there twice: a row that has the value already takes it from nobody.
      const has = new Set(
        pairs.filter(([key, holder]) => name(key) === name(holder)).map(([key]) => name(key)),
      );
      for (const [key, holder] of pairs) {
        const id = name(key);
        const isItself = id === name(holder);
        if (isItself ? isOwnKey(table, unique) : unique.blankIn !== undefined && has.has(id)) continue;
        const { name: uniqueKey, deferrable, undeclared = false } = unique;
        const row = { table: table.name, key: holder };
        const spare = spareColumn(table, unique, this.order.tables);
        // What the target does not check needs no order.
        const one = { uniqueKey, row, deferrable: deferrable || undeclared, undeclared, spare };
        const others = found.get(id);
        if (others === undefined) found.set(id, [one]);
        else others.push(one);
      }
    }
    return found;
  }

  private isLinked(child: Table, foreignKey: ForeignKey): boolean {
    return this.order.linked.some(
      (one) => one.table === child.name && one.foreignKey.name === foreignKey.name,
    );
  }

  private orderOf(child: Table, foreignKey: ForeignKey): Pick<Reference, "order"> {
    if (foreignKey.deferrable) return { order: "any" };
    return this.isLinked(child, foreignKey) ? { order: "linked" } : {};
  }

  /** The references of rows to be deleted are taken out first where they are linked. */
  private deleteOrderOf(child: Table, foreignKey: ForeignKey): Pick<Dependent, "order"> {
    const { deferrable, onDelete } = foreignKey;
    if (deferrable && onDelete === "nothing") return { order: "any" };
    if (this.isLinked(child, foreignKey)) return { order: "update-first" };
    if (!deferrable || onDelete === "restrict") return {};
    return { order: onDelete === "cascade" ? "cascade" : "update-first" };
  }

  /** Who refers to rows that are to be deleted. */
  private async dependents(
    table: Table,
    keys: readonly Key[],
  ): Promise<ReadonlyMap<RowId, readonly Dependent[]>> {
    const found = new Map<RowId, Dependent[]>();
    if (keys.length === 0) return found;
    for (const child of [...this.order.tables, ...this.outsiders])
      for (const foreignKey of child.foreignKeys.filter((one) => one.parent === table.name))
        for (const [parent, key] of await this.dependentsBy(table, child, foreignKey, keys)) {
          const id = rowId(table.name, parent);
          const dependent = { table: child.name, key, ...this.deleteOrderOf(child, foreignKey) };
          const others = found.get(id);
          if (others === undefined) found.set(id, [dependent]);
          else others.push(dependent);
        }
    return found;
  }

  private async dependentsBy(
    table: Table,
    child: Table,
    foreignKey: ForeignKey,
    keys: readonly Key[],
  ): Promise<readonly (readonly [parent: Key, child: Key])[]> {
    const found = await dependentsOf(this.target, table, child, foreignKey, keys);
    if (foreignKey.undeclared === undefined || found.length === 0) return found;
    // The source's rows stay there without their parent, and so they may here: only new ones here are somebody's.
    const known = await this.shared(
      child,
      found.map(([, key]) => key),
    );
    const { mapping } = this.images;
    return found.filter(
      ([, key]) => !known.has(rowId(child.name, key)) && mapping.ownerOf(child.name, key) === undefined,
    );
  }

  private async absentParents(candidates: readonly Candidate[]): Promise<ReadonlySet<RowId>> {
    const fresh = new Set(
      candidates.filter((row) => row.base === undefined).map((row) => rowId(row.table, sourceKey(row))),
    );
    const wanted = new Map<RowId, RowRef>();
    for (const candidate of candidates)
      for (const { parent, origin } of candidate.references)
        if (!fresh.has(rowId(parent.table, origin ?? parent.key)))
          wanted.set(rowId(parent.table, parent.key), parent);
    const absent = new Set(wanted.keys());
    const lock = this.lock ? "parent" : "none";
    for (const [table, parents] of groupBy(wanted.values(), (parent) => parent.table)) {
      const known = this.byName.get(table);
      if (known === undefined) continue;
      const keys = parents.map((one) => one.key);
      for (const id of (await this.target.read.digests(known, keys, lock)).keys()) absent.delete(id);
    }
    return absent;
  }
}

/** Lists in which no key of the target comes twice. */
function keysApart(images: readonly Image[]): readonly (readonly Image[])[] {
  const lists: Image[][] = [];
  const seen = new Map<string, number>();
  for (const image of images) {
    const name = image.key.join("\0");
    const at = seen.get(name) ?? 0;
    seen.set(name, at + 1);
    (lists[at] ??= []).push(image);
  }
  return lists;
}

/** The table's own key, which a row shares with nobody but whoever has its place. */
export const isOwnKey = (table: Table, { columns }: UniqueKey): boolean =>
  columns?.length === table.key.length && columns.every((column) => table.key.includes(column));

/** The rows that have a value of a unique key: all, where it is not about a column that may hold nothing. */
export function withValue(
  table: Table,
  { blankIn }: UniqueKey,
  rows: readonly FoundRow[],
): readonly FoundRow[] {
  if (blankIn === undefined) return rows;
  const at = storedColumns(table).findIndex(({ name }) => name === blankIn);
  return rows.filter(({ values }) => !isNoNumber(values[at] ?? ""));
}
