import { matchOf, sourceId, type Candidate } from "../candidate";
import { decide } from "../decide";
import type { Conflict, DecideOptions, Decision } from "../decision";
import type { Merged, Remapped } from "../engine";
import type { Mapping } from "../mapping";
import { rowId, type Key, type RowId, type RowRef } from "../model";
import type { FreshIds } from "./fresh-ids";
import type { Lookout, Sight, Touched } from "./look";
import type { Settlement } from "./takes";

export interface Deliberated {
  readonly sight: Sight;
  readonly decision: Decision;
}

/** What a run has found out about rows that are others on the target: kept over its attempts. */
export class Deliberation {
  private readonly remappedRows = new Map<RowId, Remapped>();
  private readonly mergedRows = new Map<RowId, Merged>();

  constructor(
    private readonly mapping: Mapping,
    private readonly settlement: Settlement,
    private readonly ids: FreshIds,
    private readonly options: Pick<DecideOptions, "insertsOnly">,
  ) {}

  /**
   * Looks and decides until no conflict is left that the settlement has an answer to: each answer changes what other
   * rows refer to, so all of them are looked at again.
   *
   * @param whole whether `touched` is all there is: of a part nobody can say that a row which has a value will keep it
   */
  async run(
    lookout: Lookout,
    touched: readonly Touched[],
    refused: ReadonlySet<RowId> = new Set(),
    whole = true,
  ): Promise<Deliberated> {
    const { remap, merge, take } = this.settlement;
    const byValue = new Set([...remap, ...merge]);
    for (;;) {
      const sight = await lookout.look(touched);
      const decision = decide(sight.candidates, {
        ...this.options,
        absent: sight.absent,
        refused,
        take,
        byValue,
        remap,
        merge,
      });
      if (!whole) return { sight, decision };
      // First what a fresh id settles: a value may be held only while the row that gives it away has to wait for that.
      if (await this.remapSome(decision.conflicts)) continue;
      if (!this.mergeSome(decision, sight.candidates)) return { sight, decision };
    }
  }

  /** Those of the decision's rows that got an id of their own in this run. */
  remapped(decision: Decision): readonly Remapped[] {
    return settledIn(decision, this.remappedRows);
  }

  merged(decision: Decision): readonly Merged[] {
    return settledIn(decision, this.mergedRows);
  }

  private async remapSome(conflicts: readonly Conflict[]): Promise<boolean> {
    const homeless = conflicts.filter(
      (one) => one.kind === "id-collision" && one.isNew && this.settlement.remap.has(one.table),
    );
    if (homeless.length === 0) return false;
    const fresh = await this.ids.for(
      homeless.map((one): RowRef => ({ table: one.table, key: one.targetKey })),
    );
    for (const [at, { table, key }] of homeless.entries()) {
      const to = fresh[at];
      if (to === undefined) throw new Error(`no id for ${table} ${key.join()}`);
      this.mapping.learn(table, key, to, "moved");
      this.remappedRows.set(rowId(table, key), { table, from: key, to });
    }
    return true;
  }

  private mergeSome({ conflicts, leaving }: Decision, candidates: readonly Candidate[]): boolean {
    const same = conflicts.filter(
      (one) => one.kind === "unique" && one.isNew && this.settlement.merge.has(one.table),
    );
    if (same.length === 0) return false;
    const byId = new Map(candidates.map((one) => [sourceId(one), one]));
    let news = false;
    for (const { table, key, other, constraint } of same) {
      const candidate = byId.get(rowId(table, key));
      const match = candidate && matchOf(candidate);
      // Unique values of two different rows: nobody can say which of them it is. One that is to go is nobody's match.
      if (other === undefined || match === undefined || leaving.has(rowId(table, other.key))) continue;
      this.mergedRows.set(rowId(table, key), { table, from: key, to: other.key, by: constraint ?? "" });
      if (this.mapping.learn(table, key, other.key, "merged")) news = true;
    }
    return news;
  }
}

function settledIn<T extends { table: string; from: Key }>(
  decision: Decision,
  found: ReadonlyMap<RowId, T>,
): readonly T[] {
  const brought = decision.settled.filter(({ origin }) => origin?.relation !== "alone");
  const settled = new Set(brought.map((row) => rowId(row.table, row.origin?.key ?? row.key)));
  return [...found].flatMap(([id, one]) => (settled.has(id) ? [one] : []));
}
