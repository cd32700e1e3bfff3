import { groupBy } from "../collections";
import { parentId, type Candidate, type Reference } from "../candidate";
import { rowId, type RowId, type RowRef, type Table, type TableName } from "../model";
import type { Images } from "./images";
import type { SharedRows, Sight } from "./look";

/**
 * Where no foreign key guards a reference, a row of the source may have lost its parent there. It comes over as it is;
 * but not onto a row of the target's own that got the parent's id meanwhile.
 */
export async function withoutOrphans(
  { candidates, absent }: Sight,
  images: Images,
  tables: ReadonlyMap<TableName, Table>,
  shared: SharedRows,
): Promise<Sight> {
  const there = new Map<RowId, RowRef>();
  for (const candidate of candidates)
    for (const reference of candidate.references)
      if (reference.undeclared === true) there.set(parentId(reference), sourceOf(reference));
  if (there.size === 0) return { candidates, absent };
  const orphaned = new Set<RowId>(there.keys());
  const known = new Set<RowId>();
  for (const [name, parents] of groupBy(there.values(), (parent) => parent.table)) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const keys = parents.map((parent) => parent.key);
    for (const id of await images.onSource(table, keys)) orphaned.delete(id);
    const lost = keys.filter((key) => orphaned.has(rowId(name, key)));
    if (lost.length > 0) for (const id of await shared(table, lost)) known.add(id);
  }
  if (orphaned.size === 0) return { candidates, absent };
  const left = new Set(absent);
  const judged = candidates.map((candidate): Candidate => {
    if (!candidate.references.some((one) => one.undeclared === true && orphaned.has(parentId(one))))
      return candidate;
    const references = candidate.references.map((reference): Reference => {
      const id = parentId(reference);
      if (reference.undeclared !== true || !orphaned.has(id)) return reference;
      if (left.delete(rowId(reference.parent.table, reference.parent.key)) || known.has(id)) return reference;
      return absent.has(rowId(reference.parent.table, reference.parent.key))
        ? reference
        : { ...reference, elsewhere: true };
    });
    return { ...candidate, references };
  });
  return { candidates: judged, absent: left, lost: new Set([...absent].filter((id) => !left.has(id))) };
}

const sourceOf = ({ parent, origin }: Reference): RowRef => ({
  table: parent.table,
  key: origin ?? parent.key,
});
