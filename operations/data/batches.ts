/** Cuts what a run settles into parts that can be committed one after the other. */
import { isLeaving, parentId, sourceId, type Candidate } from "./candidate";
import { groupBy } from "./collections";
import { rowId, type RowId } from "./model";

interface Node {
  readonly candidate: Candidate;
  readonly needs: readonly RowId[];
  index: number;
  low: number;
  open: boolean;
}

/**
 * Parts of at least one and at most `size` rows, unless more rows need each other: none needs a row of a later part.
 * A row needs its parents, those that give a unique value or its very id free for it and, where it goes, those that
 * hang on it. What hangs on a row that is to go and was told to stay, stays with it, and so comes in one part with it.
 *
 * @param candidates those that were accepted
 * @param leaving the target's rows that are to go: a deletion of any other was given up
 */
export function batches(
  candidates: readonly Candidate[],
  size: number,
  leaving: ReadonlySet<RowId>,
): readonly (readonly Candidate[])[] {
  const byTarget = groupBy(candidates, (one) => rowId(one.table, one.key));
  const stayingWith = groupBy(
    candidates
      .filter((one) => isLeaving(one) && !leaving.has(rowId(one.table, one.key)))
      .flatMap((one) => one.dependents.map((row) => ({ id: sourceId(one), row }))),
    ({ row }) => rowId(row.table, row.key),
  );
  const nodes = new Map<RowId, Node>();
  for (const candidate of candidates) {
    const rows = [candidate, ...candidate.holders.map((holder) => holder.row), ...candidate.dependents];
    const needs = [
      ...candidate.references.map(parentId),
      ...rows.flatMap((row) => byTarget.get(rowId(row.table, row.key)) ?? []).map(sourceId),
      ...(stayingWith.get(rowId(candidate.table, candidate.key)) ?? []).map(({ id }) => id),
    ];
    nodes.set(sourceId(candidate), { candidate, needs, index: -1, low: -1, open: false });
  }
  const parts: Candidate[][] = [];
  for (const together of components(nodes)) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + together.length <= size) last.push(...together);
    else parts.push([...together]);
  }
  return parts;
}

/** Rows that need each other, in circles, together; each after what it needs (Tarjan's algorithm, without recursion). */
function* components(nodes: ReadonlyMap<RowId, Node>): Generator<readonly Candidate[]> {
  let count = 0;
  const stack: Node[] = [];
  const enter = (node: Node): { node: Node; next: number } => {
    node.index = node.low = count++;
    node.open = true;
    stack.push(node);
    return { node, next: 0 };
  };
  for (const root of nodes.values()) {
    if (root.index >= 0) continue;
    const path = [enter(root)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { node } = at;
      const needed = nodes.get(node.needs[at.next] ?? "");
      if (at.next < node.needs.length) {
        at.next++;
        if (needed === undefined) continue;
        if (needed.index < 0) path.push(enter(needed));
        else if (needed.open) node.low = Math.min(node.low, needed.index);
        continue;
      }
      path.pop();
      const above = path.at(-1)?.node;
      if (above !== undefined) above.low = Math.min(above.low, node.low);
      if (node.low === node.index) yield take(stack, node);
    }
  }
}

function take(stack: Node[], until: Node): readonly Candidate[] {
  const found: Candidate[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    node.open = false;
    found.push(node.candidate);
    if (node === until) break;
  }
  return found;
}
