/** What happened to one row, and what a decision for a side makes of it where that is a conflict. */
import type { Candidate } from "./candidate";
import { classify, type Change } from "./three-way";

/** `exact`: this very row was named, not just its table. */
export interface Taken {
  readonly side: "source" | "target";
  readonly exact: boolean;
}

/** By the three-way rules, but for a row that is another on the target: what is known of it decides then. */
export function changeOf({ base, source, target, origin, standing }: Candidate): Change {
  if (standing === "retired") return "agreed";
  if (standing === "merged") return target === undefined ? "deleted-target-changed-source" : "agreed";
  if (standing === "merged-changed") return source === target ? "agreed" : "changed-both";
  // Both sides kept their own, and the source's became what the target has.
  if (origin !== undefined && base !== undefined && base === source && base === target) return "agreed";
  const change = classify(base, source, target);
  return change === "twin" && standing === "stranger" ? "collision" : change;
}

/** What a conflict becomes by a decision for a side; everything else stays. */
export function settledBy(change: Change, { side, exact }: Taken): Change {
  const source = side === "source";
  switch (change) {
    case "changed-both":
      return source ? "update" : "given-up";
    case "deleted-target-changed-source":
      return source ? "insert" : "given-up";
    case "deleted-source-changed-target":
      return source ? "delete" : "given-up";
    case "collision":
      // A whole table of collisions would give every late row's children to strangers: only row by row.
      return exact ? (source ? "update" : "given-up") : change;
    default:
      return change;
  }
}
