import fc from "fast-check";
import { schedule, type Operation, type StepKind, type Wait } from "../../../operations/data/steps";

const operation = (id: string, kind: StepKind = "insert", table = "t"): Operation => ({
  id,
  kind,
  table,
  key: [id],
  digest: kind === "delete" ? undefined : "d",
});
const wait = (before: string, after: string, unique = false): Wait => ({ before, after, unique });
const shape = (operations: readonly Operation[], waits: readonly Wait[]): readonly string[] =>
  schedule(operations, waits).steps.map((step) =>
    [step.kind, step.table, ...step.rows.map((row) => row.id)].join(" "),
  );

test("rows of one table that refer to each other go in one statement; a value to be freed needs an earlier one", () => {
  const rows = [operation("a"), operation("b"), operation("c")];
  expect(shape(rows, [wait("a", "b"), wait("b", "c"), wait("c", "a")])).toEqual(["insert t a b c"]);
  const updates = [operation("a", "update"), operation("b", "update")];
  expect(shape(updates, [wait("b", "a", true)])).toEqual(["update t b", "update t a"]);
});

test("a set waits until it is whole, where waiting costs nothing", () => {
  const rows = [operation("o1", "insert", "orders"), operation("o2", "insert", "orders"), operation("c")];
  expect(shape(rows, [wait("c", "o2")])).toEqual(["insert t c", "insert orders o1 o2"]);
});

test("a cycle of references alone is left to the database; one with a value is named, without what only waits", () => {
  const deletes = [operation("a", "delete", "left"), operation("b", "delete", "right")];
  const round = [wait("a", "b"), wait("b", "a")];
  expect(shape(deletes, round)).toEqual(["delete left a", "delete right b"]);
  const swap = [operation("a", "update"), operation("b", "update"), operation("c"), operation("d")];
  const { circular, steps } = schedule(swap, [
    wait("a", "b", true),
    wait("b", "a", true),
    wait("b", "c", true),
  ]);
  expect(circular).toEqual([wait("a", "b", true), wait("b", "a", true)]);
  expect(steps.map((step) => step.rows.map((row) => row.id))).toEqual([["d"]]);
});

test("for any waits that lead forward: every row once, and each after what it waits for", () => {
  const kinds: readonly StepKind[] = ["delete", "update", "insert"];
  const row = fc.record({ kind: fc.constantFrom(...kinds), table: fc.constantFrom("t", "u") });
  const pair = fc.tuple(fc.nat(15), fc.nat(15), fc.boolean());
  fc.assert(
    fc.property(fc.array(row, { maxLength: 16 }), fc.array(pair, { maxLength: 30 }), (rows, pairs) => {
      const operations = rows.map((one, at) => operation(String(at), one.kind, one.table));
      const waits = pairs
        .filter(([one, other]) => one !== other)
        .map(([one, other, unique]) =>
          wait(String(Math.min(one, other)), String(Math.max(one, other)), unique),
        );
      const { steps, circular } = schedule(operations, waits);
      expect(circular).toEqual([]);
      const at = new Map(steps.flatMap((step, index) => step.rows.map((one) => [one.id, index])));
      expect(steps.flatMap((step) => step.rows)).toHaveLength(operations.length);
      expect(at.size).toBe(operations.length);
      for (const { before, after, unique } of waits) {
        const [one, other] = [rows[Number(before)], rows[Number(after)]];
        if (one === undefined || other === undefined) continue;
        const together =
          !unique && one.kind === other.kind && one.table === other.table && one.kind !== "update";
        const latest = (at.get(after) ?? -1) - (together ? 0 : 1);
        expect(at.get(before)).toBeLessThanOrEqual(latest);
      }
    }),
    { numRuns: 500 },
  );
});
