import { Health } from "../../../operations/job/health";

test("is well while runs of the checks come to their end, and says where it is not", async () => {
  const health = await Health.serve(0, "127.0.0.1");
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${String(health.port)}${path}`);
    return `${String(answer.status)} ${await answer.text()}`;
  };
  try {
    expect(await ask("/healthz")).toBe("200 ok\n");
    // What keeps an app always on asks for its root.
    expect(await ask("/")).toBe("200 ok\n");
    expect(await ask("/anything")).toBe("404 ");
    expect(health.well(Date.now() + 3 * 3_600_000 - 60_000)).toBe(true);
    expect(health.well(Date.now() + 3 * 3_600_000 + 60_000)).toBe(false);
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 4 * 3_600_000);
    expect(await ask("/healthz")).toBe("503 no run of the checks has come to its end for three hours\n");
    health.ran();
    expect(await ask("/healthz")).toBe("200 ok\n");
  } finally {
    jest.restoreAllMocks();
    await health.stop();
  }
});
