/**
 * The design's table of what happens to a row, once more and differently: on whole contents held in maps, one row at
 * a time, without digests, sets or statements. Tests compare what a real run did with what this says.
 */
type Table = "customers" | "orders" | "lines";
export type Row = Readonly<Record<string, string | null>>;
/** Rows by `table key`. */
export type Contents = ReadonlyMap<string, Row>;

export interface Expected {
  readonly target: Contents;
  /** What was not brought, as a conflict of its own or held with one. */
  readonly refused: ReadonlySet<string>;
  /** The kinds a refused row may be reported as. */
  readonly kinds: ReadonlyMap<string, readonly string[]>;
  readonly counts: readonly [inserted: number, updated: number, deleted: number];
}

const parentsOf = (id: string, row: Row): readonly string[] => {
  const found: (string | undefined)[] = [];
  const to = (table: Table, value: string | null | undefined): void => {
    found.push(value === null || value === undefined ? undefined : `${table} ${value}`);
  };
  if (id.startsWith("customers")) {
    to("customers", row["referred_by"]);
    to("orders", row["favourite"]);
  }
  if (id.startsWith("orders")) to("customers", row["customer_id"]);
  if (id.startsWith("lines")) to("orders", row["order_id"]);
  return found.filter((one) => one !== undefined);
};

const same = (one: Row | undefined, other: Row | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

type Verdict = "insert" | "update" | "delete" | "twin" | "agreed" | "collision" | "conflict";

export function expectedOf(base: Contents, source: Contents, target: Contents): Expected {
  const verdicts = new Map<string, Verdict>();
  const refused = new Set<string>();
  const kinds = new Map<string, readonly string[]>();
  const refuse = (id: string, ...as: readonly string[]): void => {
    refused.add(id);
    kinds.set(id, as);
  };
  for (const id of new Set([...base.keys(), ...source.keys()])) {
    const [was, here, there] = [base.get(id), source.get(id), target.get(id)];
    if (same(was, here)) continue;
    const conflict = (kind: string): void => {
      verdicts.set(id, was === undefined ? "collision" : "conflict");
      refuse(id, kind);
    };
    if (was === undefined) {
      if (there === undefined) verdicts.set(id, "insert");
      else if (same(here, there)) verdicts.set(id, "twin");
      else conflict("id-collision");
    } else if (same(here, there)) verdicts.set(id, "agreed");
    else if (here === undefined && same(was, there)) verdicts.set(id, "delete");
    else if (here === undefined) conflict("deleted-source-changed-target");
    else if (there === undefined) conflict("deleted-target-changed-source");
    else if (same(was, there)) verdicts.set(id, "update");
    else conflict("changed-both");
  }

  const childrenThere = new Map<string, string[]>();
  for (const [id, row] of target)
    for (const parent of parentsOf(id, row))
      childrenThere.set(parent, [...(childrenThere.get(parent) ?? []), id]);
  const holders = new Map<string | null | undefined, string>();
  for (const [id, row] of target) if (id.startsWith("customers")) holders.set(row["email"], id);
  const holderOf = (id: string): string | undefined => {
    const holder = id.startsWith("customers") ? holders.get(source.get(id)?.["email"]) : undefined;
    return holder === id ? undefined : holder;
  };
  const written = (id: string): Verdict | undefined => (refused.has(id) ? undefined : verdicts.get(id));
  const goes = (id: string): boolean => written(id) === "delete";
  const lets = (id: string): boolean => goes(id) || written(id) === "update";
  const nobody = (parent: string): boolean =>
    refused.has(parent) && (base.get(parent) === undefined || target.get(parent) === undefined);
  const lost = (parent: string): boolean => !verdicts.has(parent) && !target.has(parent);

  const look = (id: string, verdict: Verdict): void => {
    const parents = parentsOf(id, source.get(id) ?? {});
    if (verdict === "delete") {
      const hung = parentsOf(id, target.get(id) ?? {});
      if (hung.some((one) => refused.has(one) && !source.has(one))) refuse(id);
      else if (!(childrenThere.get(id) ?? []).every(lets)) refuse(id, "delete-has-dependents");
    } else if (verdict === "twin") {
      if (parents.some((one) => nobody(one) || lost(one))) refuse(id, "id-collision");
    } else if (parents.some(nobody)) refuse(id);
    else if (parents.some(lost)) refuse(id, "missing-parent");
    else {
      const holder = holderOf(id);
      if (holder !== undefined && !lets(holder)) refuse(id, "unique");
    }
  };
  /** What has to be written before a row. */
  const before = (id: string): readonly string[] => {
    const verdict = written(id);
    if (verdict === "delete")
      return (childrenThere.get(id) ?? []).filter((one) => {
        // A favourite is taken off a customer who goes, so that the order can go first.
        const byFavourite = one.startsWith("customers") && id.startsWith("orders");
        return lets(one) && !(byFavourite && goes(one));
      });
    if (verdict !== "insert" && verdict !== "update") return [];
    const parents = parentsOf(id, source.get(id) ?? {}).filter((one) => {
      const favourite = one.startsWith("orders") && id.startsWith("customers");
      return written(one) === "insert" && !(favourite && verdict === "insert");
    });
    const holder = holderOf(id);
    return holder === undefined ? parents : [...parents, holder];
  };
  const leadsTo = (from: string, to: string, seen = new Set<string>()): boolean =>
    from === to ||
    before(from).some((one) => {
      if (seen.has(one)) return false;
      seen.add(one);
      return leadsTo(one, to, seen);
    });

  for (let size = -1; size !== refused.size;) {
    size = refused.size;
    for (const [id, verdict] of verdicts) if (!refused.has(id) && verdict !== "agreed") look(id, verdict);
    if (size !== refused.size) continue;
    const circular = [...verdicts.keys()].filter((id) => {
      const holder = written(id) === "insert" || written(id) === "update" ? holderOf(id) : undefined;
      return holder !== undefined && leadsTo(holder, id);
    });
    for (const id of circular) refuse(id, "unique");
  }

  const result = new Map(target);
  const brought: Verdict[] = [];
  for (const [id, verdict] of verdicts) {
    const row = source.get(id);
    if (refused.has(id) || verdict === "twin" || verdict === "agreed") continue;
    brought.push(verdict);
    if (row === undefined) result.delete(id);
    else result.set(id, row);
  }
  const count = (verdict: Verdict): number => brought.filter((one) => one === verdict).length;
  return { target: result, refused, kinds, counts: [count("insert"), count("update"), count("delete")] };
}
