import { Pace } from "../../../../rehearsal/cloud/control/pace";

const settings = { slowMilliseconds: 0, throttleNext: 0, edgeMilliseconds: 0 };

test("nothing is slow and nothing is refused unless it is asked for", () => {
  const pace = new Pace();
  expect(pace.throttled()).toBe(false);
  expect(pace.isSlow).toBe(false);
  expect(pace.edgeMilliseconds).toBe(0);
});

test("as many calls are refused as were asked for", () => {
  const pace = new Pace();
  pace.set({ ...settings, throttleNext: 2 });
  expect([pace.throttled(), pace.throttled(), pace.throttled()]).toEqual([true, true, false]);
});

test("a change is let through once no call is refused any more, and takes its time", async () => {
  const pace = new Pace();
  pace.set({ ...settings, slowMilliseconds: 5, throttleNext: 1 });
  let done = false;
  const change = pace.change().then(() => (done = true));
  expect(done).toBe(false);
  await change;
  expect(pace.throttled()).toBe(false);
});
