import fc from "fast-check";
import { Admission, TooBusy } from "../../../rehearsal/shop/admission";

const limits = { inFlight: 2, queued: 2, patienceMilliseconds: 60_000, overheadMilliseconds: 0 };

/** Work that ends when the test says so. */
function gate(): { readonly work: () => Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { work: () => opened, open };
}

test("works on so many at once, lets so many wait, and refuses the rest", async () => {
  const door = new Admission(limits);
  const held = gate();
  const inside = [1, 2, 3, 4].map(() => door.run(1, held.work));
  expect(door.counts()).toMatchObject({ inFlight: 2, waiting: 2 });
  await expect(door.run(1, held.work)).rejects.toThrow(TooBusy);
  held.open();
  await Promise.all(inside);
  expect(door.counts()).toEqual({ admitted: 4, refused: 1, inFlight: 0, waiting: 0 });
});

test("refuses those first who may fill a part of the queue only", async () => {
  const door = new Admission(limits);
  const held = gate();
  const inside = [1, 2, 3].map(() => door.run(1, held.work));
  await expect(door.run(0.5, held.work)).rejects.toThrow("the queue is full");
  inside.push(door.run(1, held.work));
  held.open();
  await Promise.all(inside);
});

test("refuses who has waited too long, and gives the place to nobody", async () => {
  const door = new Admission({ ...limits, inFlight: 1, patienceMilliseconds: 1 });
  const held = gate();
  const inside = door.run(1, held.work);
  await expect(door.run(1, held.work)).rejects.toThrow("waited too long");
  held.open();
  await inside;
  expect(door.counts()).toEqual({ admitted: 1, refused: 1, inFlight: 0, waiting: 0 });
});

test("never holds more than it may, whatever comes, and every place is given back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (failing) => {
      const door = new Admission({ ...limits, queued: 100 });
      let inside = 0;
      let most = 0;
      const work = async (fails: boolean): Promise<void> => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
        if (fails) throw new Error("as planned");
      };
      await Promise.allSettled(failing.map((fails) => door.run(1, () => work(fails))));
      expect(most).toBeLessThanOrEqual(limits.inFlight);
      expect(door.counts()).toMatchObject({ inFlight: 0, waiting: 0, admitted: failing.length });
    }),
    { numRuns: 30 },
  );
});
