import { abortable, guarded, Interrupts } from "../../../operations/cutover/interrupts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("interrupts", () => {
  test("each step hears those of its own time, counted from one", async () => {
    const interrupts = new Interrupts();
    const heard: string[] = [];
    const step = (name: string, asked: number): Promise<number> =>
      interrupts.during(
        (count) => heard.push(`${name} ${count}`),
        async () => {
          for (let each = 0; each < asked; each += 1) {
            await turn();
            interrupts.ask();
          }
          return interrupts.count;
        },
      );
    expect([await step("plan", 2), await step("flip", 0), await step("wait", 1)]).toEqual([2, 0, 1]);
    expect(heard).toEqual(["plan 1", "plan 2", "wait 1"]);
  });

  test("what comes between two steps is for the next one", async () => {
    const interrupts = new Interrupts();
    const heard: number[] = [];
    await interrupts.during(() => undefined, turn);
    interrupts.ask();
    const counted = await interrupts.during(
      (count) => heard.push(count),
      () => Promise.resolve(interrupts.count),
    );
    expect([heard, counted]).toEqual([[1], 1]);
  });

  test("a step that can be given up is, also by what came before it", async () => {
    const interrupts = new Interrupts();
    interrupts.ask();
    const waited = abortable(interrupts, "the flip stands", async (signal) => {
      while (!signal.aborted) await turn();
    });
    await expect(waited).rejects.toMatchObject({ exitCode: 130, message: "interrupted; the flip stands" });
  });

  test("Ctrl-C ends nothing from before the first step until after the last", async () => {
    const before = process.listenerCount("SIGINT");
    await guarded(async (interrupts) => {
      expect(process.listenerCount("SIGINT")).toBe(before + 1);
      await interrupts.during(() => undefined, turn);
      expect(process.listenerCount("SIGINT")).toBe(before + 1);
    });
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
