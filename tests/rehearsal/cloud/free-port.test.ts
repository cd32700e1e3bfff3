import { createServer, type Server } from "node:net";
import { freePort, range } from "../../../rehearsal/cloud/free-port";

const listening: Server[] = [];
afterEach(() => {
  for (const server of listening.splice(0)) server.close();
});

async function listen(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  listening.push(server);
}

test("is a port that can be bound, and that no system deals out by itself meanwhile", async () => {
  for (let count = 0; count < 50; count++) {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(range.from);
    expect(port).toBeLessThan(range.below);
    await listen(port);
  }
});

test("is never one that somebody listens on", async () => {
  const random = jest.spyOn(jest.requireActual<typeof import("node:crypto")>("node:crypto"), "randomInt");
  try {
    const [taken, free] = [await freePort(), await freePort()];
    await listen(taken);
    random.mockImplementationOnce(() => taken).mockImplementationOnce(() => free);
    expect(await freePort()).toBe(free);
  } finally {
    random.mockRestore();
  }
});

test("says so where all are taken", async () => {
  const random = jest.spyOn(jest.requireActual<typeof import("node:crypto")>("node:crypto"), "randomInt");
  try {
    const taken = await freePort();
    await listen(taken);
    random.mockImplementation(() => taken);
    await expect(freePort()).rejects.toThrow(/^no free port on 127\.0\.0\.1: 100 between 20000 and 32767/);
  } finally {
    random.mockRestore();
  }
});
