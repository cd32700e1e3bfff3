import { chunks } from "../collections";
import { findColumn, type ForeignKey, type Key, type Table } from "../model";
import type { TextRow } from "../port";
import { keyIn, spellingsOf } from "../tables/key-texts";
import { unpadded } from "../tables/types";

/** Texts that a question may be about. */
const atOnce = 500;

/**
 * Pairs of a parent, given by key, and a row of a child that has this key written in a text. What a collation takes for
 * equal may be no id at all: so it is read as one.
 *
 * @param find rows of the child with one of some texts: that text first, then the row's key
 */
export async function dependentsInText(
  parent: Table,
  child: Table,
  { columns, parentColumns }: ForeignKey,
  keys: readonly Key[],
  find: (texts: readonly string[]) => Promise<readonly TextRow[]>,
): Promise<readonly (readonly [parent: Key, child: Key])[]> {
  const own = findColumn(child, columns[0] ?? "").type;
  const theirs = findColumn(parent, parentColumns[0] ?? "").type;
  const wanted = new Map(keys.map((key) => [key[0] ?? "", key]));
  const found: (readonly [Key, Key])[] = [];
  for (const texts of chunks([...wanted.keys()].flatMap(spellingsOf), atOnce))
    for (const [text, ...key] of await find(texts)) {
      const meant = wanted.get(keyIn(unpadded(text ?? "", own), theirs) ?? "");
      if (meant !== undefined) found.push([meant, key.map((value) => value ?? "")]);
    }
  return found;
}
