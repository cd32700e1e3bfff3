import type { RowRef } from "./model";
import type { Digest } from "./three-way";

/** A row that both sides share from now on: its digest, or undefined when it is gone from both. */
export interface Settled extends RowRef {
  readonly digest: Digest;
}
