/**
 * The three-way rules for one row, on digests alone: what the source did to it since the base, what the target
 * did, and what follows. Knows nothing of tables or engines.
 */

/** A row's digest, undefined where the row is not there. */
export type Digest = string | undefined;

export type Change =
  /** Nothing to do: the source did not touch it, whatever the target did. */
  | "keep"
  /** New on the source, its id free on the target. */
  | "insert"
  /** New on both sides with one id and one content: the same row only if every parent is the same too. */
  | "twin"
  /** New on both sides with one id and different content. */
  | "collision"
  | "update"
  | "delete"
  /** Both sides came to the same: only the base has to learn of it. */
  | "agreed"
  | "changed-both"
  | "deleted-target-changed-source"
  | "deleted-source-changed-target"
  /** Settled for the target: its version is the one that counts, on the way back too. */
  | "given-up"
  /** Settled for the target where the change has no other version to give way to: each side keeps what it has. */
  | "left";

export function classify(base: Digest, source: Digest, target: Digest): Change {
  if (source === base) return "keep";
  if (base === undefined) {
    if (target === undefined) return "insert";
    return target === source ? "twin" : "collision";
  }
  if (source === target) return "agreed";
  if (source === undefined) return target === base ? "delete" : "deleted-source-changed-target";
  if (target === undefined) return "deleted-target-changed-source";
  return target === base ? "update" : "changed-both";
}
