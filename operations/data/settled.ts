import type { Key, RowRef } from "./model";
import type { Digest } from "./three-way";

/**
 * How a row of one side is a row of the other under another key or with other references. `moved`: it was brought
 * over, by a fresh id or on parents that have one; `merged`: it was found to be a row that was there; `alias`:
 * likewise, but that row has a counterpart of its own, so nothing leads back from it. `alone`: by a decision it has no
 * counterpart, whose key is then empty.
 */
export type Relation = "moved" | "merged" | "alias" | "alone";

/** The key of a counterpart that there is not. */
export const nobody: Key = [];

/** How a row stands on the source of a run, where it is another row there than on the target. */
export interface Origin {
  readonly key: Key;
  readonly digest: Digest;
  readonly relation: Relation;
  /** Where it was merged: the side whose row gave way; where it is alone: the side that has it. */
  readonly straggler: "source" | "target" | undefined;
  /** By a decision both keep what they have, which is not the same: the source's change was not brought. */
  readonly apart?: true;
}

/** How a row stands that one side alone has by a decision. */
export const alone = (key: Key, digest: Digest, straggler: "source" | "target"): Origin => ({
  key,
  digest,
  relation: "alone",
  straggler,
});

/** A row that both sides share from now on: the target's key and digest, or no digest when it is gone from both. */
export interface Settled extends RowRef {
  readonly digest: Digest;
  /** Undefined where both sides have the same key and content. */
  readonly origin?: Origin | undefined;
}

export type Side = "primary" | "standby";

/** A row that is another on each side, as the base keeps it. */
export interface Pair {
  readonly table: string;
  readonly primary: { readonly key: Key; readonly digest: string };
  readonly standby: { readonly key: Key; readonly digest: string };
  readonly relation: Relation;
  readonly straggler: Side | undefined;
  /** Both keep what they have: whose change was not brought to the other. */
  readonly apart?: Side;
}

/** Whether the source has a row that a run settled. */
export function isOnSource({ digest, origin }: Settled): boolean {
  if (origin?.relation === "alone" && origin.straggler === "target") return false;
  return (origin === undefined ? digest : origin.digest) !== undefined;
}
