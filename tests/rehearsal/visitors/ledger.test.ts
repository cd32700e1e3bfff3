import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Ledger, readLedger } from "../../../rehearsal/visitors/ledger";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is written is read, in order, and kept when it is opened again", () => {
  const file = path.join(folder, "visitors.jsonl");
  const first = new Ledger(file);
  first.write({ type: "phase", phase: "calm" }, 1);
  first.close();
  const second = new Ledger(file);
  second.write({ type: "move", account: "1/1", street: "2 Oak", known: true, site: "primary" }, 2);
  second.close();
  expect(readLedger(file)).toEqual([
    { at: 1, type: "phase", phase: "calm" },
    { at: 2, type: "move", account: "1/1", street: "2 Oak", known: true, site: "primary" },
  ]);
});

test("half a last line is left out; anything else that is no event is named", () => {
  const file = path.join(folder, "visitors.jsonl");
  appendFileSync(file, '{"at":1,"type":"phase","phase":"calm"}\n{"at":2,"ty');
  expect(readLedger(file)).toHaveLength(1);
  appendFileSync(file, 'pe":"phase"}\n');
  expect(() => readLedger(file)).toThrow(/visitors\.jsonl, line 2: .*phase/s);
});
