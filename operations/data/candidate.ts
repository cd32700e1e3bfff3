/** What a decision about a row rests on. */
import { rowId, type Key, type RowId, type RowRef } from "./model";
import type { Tenant } from "./mapping";
import type { Origin } from "./settled";
import type { Digest } from "./three-way";

/** A row of the source pointing at its parent. */
export interface Reference {
  readonly foreignKey: string;
  /** By the target's key. */
  readonly parent: RowRef;
  /** The source's key of it, where that is another. */
  readonly origin?: Key | undefined;
  /** The reference is part of the row's own key: without its parent the row is nobody. */
  readonly identifying: boolean;
  /** On the target, the value it refers by belongs to another row or to none. */
  readonly elsewhere: boolean;
  /**
   * When the row can be written: after its parent (unless told otherwise); `linked`: a new row before its parent too,
   * since this reference is put in last; `any`: at any time, since the target checks at the end.
   */
  readonly order?: "parent-first" | "linked" | "any";
  /** No foreign key says so: then the source may have a row whose parent is gone. */
  readonly undeclared?: boolean;
}

/** A row of the target that refers to one to be deleted. */
export interface Dependent extends RowRef {
  /**
   * When the other can be deleted: after this row (unless told otherwise); `update-first`: it has to wait only where
   * this row is updated; `cascade`: likewise, but this row then goes along with the other at once, so whatever this one
   * waits for goes before both; `any`: at any time, since the target checks at the end.
   */
  readonly order?: "first" | "update-first" | "cascade" | "any";
}

/** A row of the target that already has a value which must be unique. */
export interface Holder {
  readonly uniqueKey: string;
  readonly row: RowRef;
  /** The target checks it at the end only, so it does not matter who is written first. */
  readonly deferrable?: boolean;
  /** The target does not check it at all: two rows of one number are two rows, and both are somebody's. */
  readonly undeclared?: boolean;
  /** The column by which that row can be made to let go of the value before anything else is written. */
  readonly spare?: string | undefined;
}

/**
 * A row that the source touched since the base, with what the target has to say about it. Keys and digests are the
 * target's: `source` is what the row would be there.
 */
export interface Candidate extends RowRef {
  readonly base: Digest;
  readonly source: Digest;
  readonly target: Digest;
  readonly references: readonly Reference[];
  /** For rows to be written: who holds their unique values on the target. */
  readonly holders: readonly Holder[];
  /** For rows to be deleted: who refers to them on the target. */
  readonly dependents: readonly Dependent[];
  /** Undefined where it is the same on the source, key and content. */
  readonly origin?: Origin | undefined;
  /**
   * `stranger`: the target's row of this key is somebody else's, equal or not; `merged`: the row was found to be the
   * target's; `merged-changed`: one that was merged earlier has changed since; `retired`: likewise, it is
   * gone, or was never on the target.
   */
  readonly standing?: "stranger" | "merged" | "merged-changed" | "retired";
  /** It was left on the source by an earlier decision, and is asked about with others: see `Change`. */
  readonly left?: boolean | undefined;
  /** For a row that the source has deleted: another of its rows that was merged into the target's and is still there. */
  readonly tenant?: Tenant | undefined;
}

/** The key by which the source knows a candidate. */
export const sourceKey = (candidate: Candidate): Key => candidate.origin?.key ?? candidate.key;

/** A candidate's name, which no other has: by the source's key. */
export const sourceId = (candidate: Candidate): RowId => rowId(candidate.table, sourceKey(candidate));

/** The name of a parent as a candidate. */
export const parentId = ({ parent, origin }: Reference): RowId => rowId(parent.table, origin ?? parent.key);

/** Whether the source has deleted a row that the target knows as its own. */
export const isLeaving = (one: Candidate): boolean => one.source === undefined && one.standing !== "retired";

/** The target's rows that the source has deleted. */
export const leavingRows = (candidates: readonly Candidate[]): ReadonlySet<RowId> =>
  new Set(candidates.filter(isLeaving).map((one) => rowId(one.table, one.key)));

/** The one row of the target that a new row is the same as, if its unique values say so of one only. */
export function matchOf({ table, holders }: Candidate): RowRef | undefined {
  const rows = new Set(holders.map(({ row }) => rowId(table, row.key)));
  // A number that the database does not know to be unique says of no two rows that they are the same.
  return rows.size === 1 && holders.every((one) => one.undeclared !== true) ? holders[0]?.row : undefined;
}

/**
 * Whether a row that collides has a unique value that is taken, too.
 *
 * @param said that it is the row which it collides with: so it is unless a third one has that value and keeps it
 * @param leaving the target's rows that are to go
 */
export function isTaken(
  { table, key, holders }: Candidate,
  said: boolean,
  leaving: ReadonlySet<RowId>,
): boolean {
  const own = rowId(table, key);
  return holders
    .map(({ row }) => rowId(row.table, row.key))
    .some((id) => !said || (id !== own && !leaving.has(id)));
}
