import { Queue } from "../../../operations/job/queue";

test("runs one after the other, and leaves out what still waits or runs", async () => {
  const queue = new Queue<"sync" | "check">();
  const order: string[] = [];
  const endings: (() => void)[] = [];
  const run = (name: string) => async (): Promise<void> => {
    order.push(`${name} begins`);
    await new Promise<void>((resolve) => endings.push(resolve));
    order.push(`${name} ends`);
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  expect(queue.add("sync", run("sync"))).toBe(true);
  expect(queue.add("check", run("check"))).toBe(true);
  await turn();
  expect([queue.add("sync", run("again")), queue.add("check", run("again"))]).toEqual([false, false]);
  expect(order).toEqual(["sync begins"]);
  endings.shift()?.();
  await turn();
  expect(order).toEqual(["sync begins", "sync ends", "check begins"]);
  expect(queue.add("sync", run("second sync"))).toBe(true);
  endings.shift()?.();
  await turn();
  endings.shift()?.();
  await queue.idle();
  expect(order.slice(2)).toEqual(["check begins", "check ends", "second sync begins", "second sync ends"]);
});
