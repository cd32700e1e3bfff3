import fc from "fast-check";
import type { Candidate, Reference } from "../../../operations/data/candidate";
import { decide } from "../../../operations/data/decide";
import { written, type Decision } from "../../../operations/data/decision";
import { rowId } from "../../../operations/data/model";
import { classify, type Change, type Digest } from "../../../operations/data/three-way";

const digest = fc.constantFrom<Digest>(undefined, "1", "2", "3");

test("three-way: the rules of the table, spelled out once more", () => {
  const expected = (base: Digest, source: Digest, target: Digest): Change => {
    const isNew = base === undefined && source !== undefined;
    if (isNew && target === undefined) return "insert";
    if (isNew) return source === target ? "twin" : "collision";
    if (source === base) return "keep";
    if (source === target) return "agreed";
    if (source === undefined) return target === base ? "delete" : "deleted-source-changed-target";
    if (target === undefined) return "deleted-target-changed-source";
    return target === base ? "update" : "changed-both";
  };
  fc.assert(
    fc.property(digest, digest, digest, (base, source, target) => {
      expect(classify(base, source, target)).toBe(expected(base, source, target));
    }),
  );
});

const row = (table: string, key: string, more: Partial<Candidate> = {}): Candidate => ({
  table,
  key: [key],
  base: undefined,
  source: "s",
  target: undefined,
  references: [],
  holders: [],
  dependents: [],
  ...more,
});
const to = (table: string, key: string, more: Partial<Reference> = {}): Reference => ({
  foreignKey: `${table}_fk`,
  parent: { table, key: [key] },
  identifying: false,
  elsewhere: false,
  ...more,
});
/** The statements in their order: kind, table, keys. */
const stepsOf = (decision: Decision): readonly string[] =>
  decision.steps.map((step) => [step.kind, step.table, ...step.rows.map((one) => one.key.join())].join(" "));
const options = { insertsOnly: false, absent: new Set<string>() };

test("what hangs on a collision is held, near and far, and listed with it", () => {
  const decision = decide(
    [
      row("customers", "1", { target: "t" }),
      row("orders", "1", { references: [to("customers", "1")] }),
      row("lines", "1", { target: "t", references: [to("orders", "1", { identifying: true })] }),
      row("orders", "2", { references: [to("customers", "2")] }),
    ],
    options,
  );
  expect(written(decision, "insert").map((one) => [one.table, ...one.key])).toEqual([["orders", "2"]]);
  expect(decision.conflicts).toEqual([
    expect.objectContaining({
      table: "customers",
      kind: "id-collision",
      held: [
        { table: "orders", key: ["1"] },
        { table: "lines", key: ["1"] },
      ],
    }),
  ]);
});

test("a twin counts as done only under the same parent", () => {
  const twin = row("orders", "7", { target: "s", references: [to("customers", "1")] });
  expect(decide([twin], options).settled).toEqual([{ table: "orders", key: ["7"], digest: "s" }]);
  const decision = decide([row("customers", "1", { target: "t" }), twin], options);
  expect(decision.settled).toEqual([]);
  expect(decision.conflicts.map((one) => [one.kind, one.table])).toEqual([
    ["id-collision", "customers"],
    ["id-collision", "orders"],
  ]);
});

test("a value counts as free only when it is free by the time it is written", () => {
  const holder = { uniqueKey: "email", row: { table: "customers", key: ["1"] } };
  const taker = row("customers", "2", { holders: [holder] });
  const leaving = row("customers", "1", { base: "b", source: undefined, target: "b" });
  expect(decide([taker, leaving], options).conflicts).toEqual([]);
  expect(decide([taker], options).conflicts).toMatchObject([{ kind: "unique", other: { key: ["1"] } }]);
  const swap = [
    row("customers", "1", {
      base: "b",
      target: "b",
      holders: [{ uniqueKey: "email", row: { table: "customers", key: ["2"] } }],
    }),
    row("customers", "2", { base: "b", target: "b", holders: [holder] }),
  ];
  expect(decide(swap, options).conflicts.map((one) => one.kind)).toEqual(["unique", "unique"]);
  const able = swap.map((one) => ({
    ...one,
    holders: one.holders.map((each) => ({ ...each, spare: "email" })),
  }));
  const { parked, conflicts } = decide(able, options);
  expect(parked).toMatchObject([
    { table: "customers", column: "email", rows: [{ key: ["2"] }, { key: ["1"] }] },
  ]);
  expect(conflicts).toEqual([]);
});

test("a deletion waits for what hangs on it, and is refused when that stays", () => {
  const parent = row("orders", "1", {
    base: "b",
    source: undefined,
    target: "b",
    dependents: [{ table: "lines", key: ["1"] }],
  });
  const child = row("lines", "1", { base: "b", source: undefined, target: "b" });
  expect(stepsOf(decide([parent, child], options))).toEqual(["delete lines 1", "delete orders 1"]);
  const moved = row("lines", "1", { base: "b", target: "b" });
  expect(stepsOf(decide([parent, moved], options))).toEqual(["update lines 1", "delete orders 1"]);
  expect(decide([parent], options).conflicts).toMatchObject([{ kind: "delete-has-dependents" }]);
});

test("a deletion that frees a value waits for what leaves the row, however far that reaches", () => {
  // A customer left and registered again; his design lost its owner for a new one, whose e-mail is new as well.
  const leaving = row("customers", "1", {
    base: "b",
    source: undefined,
    target: "b",
    dependents: [{ table: "designs", key: ["1"] }],
  });
  const design = row("designs", "1", { base: "b", target: "b", references: [to("customers", "3")] });
  const owner = row("customers", "3");
  const back = row("customers", "2", {
    holders: [{ uniqueKey: "email", row: { table: "customers", key: ["1"] } }],
  });
  const decision = decide([back, owner, leaving, design], options);
  expect(decision.conflicts).toEqual([]);
  expect(stepsOf(decision)).toEqual([
    "insert customers 3",
    "update designs 1",
    "delete customers 1",
    "insert customers 2",
  ]);
});

test("what leads back to itself is refused by name, with all that waits for it, and nothing else", () => {
  // The design goes to the very customer who takes the e-mail of the one that is deleted.
  const holder = { uniqueKey: "email", row: { table: "customers", key: ["1"] } };
  const leaving = row("customers", "1", {
    base: "b",
    source: undefined,
    target: "b",
    dependents: [{ table: "designs", key: ["1"] }],
  });
  const design = row("designs", "1", { base: "b", target: "b", references: [to("customers", "2")] });
  const back = row("customers", "2", { holders: [holder] });
  const decision = decide([back, leaving, design, row("customers", "9")], options);
  expect(decision.conflicts.map((one) => [one.kind, one.table, ...one.key, one.held])).toEqual([
    ["unique", "customers", "2", [{ table: "designs", key: ["1"] }]],
    ["delete-has-dependents", "customers", "1", []],
  ]);
  expect(stepsOf(decision)).toEqual(["insert customers 9"]);
  const atTheEnd = row("designs", "1", {
    base: "b",
    target: "b",
    references: [to("customers", "2", { order: "any" })],
  });
  expect(decide([back, leaving, atTheEnd], options).conflicts).toEqual([]);
});

describe("a row that the source has deleted, and another that leads to it on the target", () => {
  const origin = { key: ["5"], digest: undefined, relation: "moved", straggler: undefined } as const;
  const leaver = row("customers", "7", { base: "b", source: undefined, target: "b", origin });
  const newcomer = row("customers", "7", { source: "n", target: "b", standing: "stranger" });
  const child = row("orders", "1", { references: [to("customers", "7")] });

  test("a new one under its id has to wait until it is gone, with what hangs on it", () => {
    for (const rows of [
      [leaver, newcomer, child],
      [child, newcomer, leaver],
    ]) {
      const decision = decide(rows, options);
      expect(decision.conflicts.map(({ kind, key, held }) => [kind, key, held])).toEqual([
        ["id-collision", ["7"], [{ table: "orders", key: ["1"] }]],
      ]);
      expect(stepsOf(decision)).toEqual(["delete customers 7"]);
    }
  });

  test.each(["source", "target"] as const)(
    "said to be the same by name (--take %s), it is that row",
    (side) => {
      const take = (_: string, key: readonly string[]) =>
        key[0] === "7" ? ({ side, exact: true } as const) : undefined;
      for (const rows of [
        [leaver, newcomer, child],
        [child, newcomer, leaver],
      ]) {
        const decision = decide(rows, { ...options, take });
        expect(decision.conflicts).toEqual([]);
        expect(stepsOf(decision)).toEqual([
          ...(side === "source" ? ["update customers 7"] : []),
          "insert orders 1",
        ]);
        expect(decision.settled).toHaveLength(3);
      }
    },
  );

  test("one that lives in it since an earlier run keeps it, and leads back from it", () => {
    const tenant = { key: ["9"], source: "t", target: "b" };
    const decision = decide([{ ...leaver, tenant }], options);
    expect([decision.steps, decision.conflicts]).toEqual([[], []]);
    expect(decision.settled.map(({ digest, origin: from }) => [digest, from?.key, from?.relation])).toEqual([
      [undefined, ["5"], "moved"],
      ["b", ["9"], "merged"],
    ]);
  });

  test("a row that another was merged into stays, whichever of the two comes first", () => {
    const merged = row("customers", "7", {
      source: "b",
      target: "b",
      origin: { key: ["9"], digest: "n", relation: "merged", straggler: "source" },
      standing: "merged",
    });
    for (const rows of [
      [merged, leaver],
      [leaver, merged],
    ]) {
      const decision = decide(rows, options);
      expect([decision.conflicts, decision.steps, decision.settled.length]).toEqual([[], [], 2]);
    }
  });
});

test("for any forest of rows: nothing is written under a row that is not there as the same one", () => {
  const tables = ["a", "b", "c"];
  const candidate = fc.record({
    table: fc.nat(2),
    key: fc.nat(5),
    base: digest,
    source: digest,
    target: digest,
    parents: fc.array(fc.tuple(fc.nat(2), fc.nat(5)), { maxLength: 2 }),
    dependents: fc.array(fc.tuple(fc.nat(2), fc.nat(5)), { maxLength: 1 }),
    holder: fc.option(fc.nat(5), { nil: undefined }),
  });
  const absent = fc.array(fc.tuple(fc.nat(2), fc.nat(5)), { maxLength: 4 });
  const ref = ([table, key]: [number, number]) => ({ table: tables[table] ?? "", key: [String(key)] });
  const unique = {
    selector: (one: { table: number; key: number }) => `${one.table}/${one.key}`,
    maxLength: 14,
  };
  fc.assert(
    fc.property(fc.uniqueArray(candidate, unique), absent, fc.boolean(), (made, gone, insertsOnly) => {
      const candidates = made.map((one): Candidate => ({
        ...ref([one.table, one.key]),
        base: one.base,
        source: one.source,
        target: one.target,
        references:
          one.source === undefined
            ? []
            : // Tables in a cycle have a reference in it that is put in last; these have none.
              one.parents
                .filter(([table]) => table <= one.table)
                .map((parent) => to(ref(parent).table, String(parent[1]))),
        dependents: one.source === undefined ? one.dependents.map(ref) : [],
        holders: one.holder === undefined ? [] : [{ uniqueKey: "u", row: ref([one.table, one.holder]) }],
      }));
      const missing = new Set(gone.map((one) => rowId(ref(one).table, ref(one).key)));
      const decision = decide(candidates, { insertsOnly, absent: missing });
      const byId = new Map(candidates.map((one) => [rowId(one.table, one.key), one]));
      const settled = new Set(decision.settled.map((one) => rowId(one.table, one.key)));
      const inserts = written(decision, "insert");
      const deletes = written(decision, "delete");
      const updates = written(decision, "update");
      const at = new Map(decision.steps.flatMap((step, index) => step.rows.map((one) => [one.id, index])));
      for (const write of [...inserts, ...updates]) {
        // Whoever has the value now is written by an earlier statement.
        for (const holder of byId.get(write.id)?.holders ?? []) {
          const id = rowId(holder.row.table, holder.row.key);
          if (id !== write.id) expect(at.get(id)).toBeLessThan(at.get(write.id) ?? -1);
        }
        for (const { parent } of byId.get(write.id)?.references ?? []) {
          const before = at.get(rowId(parent.table, parent.key));
          if (byId.get(rowId(parent.table, parent.key))?.base === undefined && before !== undefined)
            expect(before).toBeLessThanOrEqual(at.get(write.id) ?? -1);
        }
      }
      for (const write of [...inserts, ...updates])
        for (const { parent } of byId.get(rowId(write.table, write.key))?.references ?? []) {
          const id = rowId(parent.table, parent.key);
          const other = byId.get(id);
          // A new parent must itself have been brought or settled; an old one must still be there.
          if (other?.base === undefined && other?.source !== undefined) expect(settled.has(id)).toBe(true);
          else if (other?.source !== undefined && other.source !== other.base && !insertsOnly)
            expect(other.target).toBeDefined();
          else if (other === undefined) expect(missing.has(id)).toBe(false);
        }
      const leaving = new Set([...deletes, ...updates].map((one) => rowId(one.table, one.key)));
      for (const write of deletes)
        for (const child of byId.get(rowId(write.table, write.key))?.dependents ?? [])
          expect(leaving.has(rowId(child.table, child.key))).toBe(true);
      for (const write of inserts)
        expect(classify(undefined, write.digest, byId.get(rowId(write.table, write.key))?.target)).toBe(
          "insert",
        );
      // Every row is decided on once: written or settled, refused, held, or left alone.
      const refused = new Set(
        decision.conflicts.flatMap((one) => [one, ...one.held]).map((one) => rowId(one.table, one.key)),
      );
      for (const id of refused) expect(settled.has(id)).toBe(false);
      for (const [id, one] of byId) {
        const change = classify(one.base, one.source, one.target);
        const ignored =
          change === "keep" || (insertsOnly && !["insert", "twin", "collision"].includes(change));
        expect(settled.has(id) || refused.has(id)).toBe(!ignored);
      }
      expect(at.size).toBe(inserts.length + updates.length + deletes.length);
    }),
    { numRuns: 500 },
  );
});
