import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Where to look: below what systems deal out by themselves to whoever connects or listens on port 0, so that a port
 * stays free while its server is still being made. Linux begins at 32,768 (Documentation/networking/ip-sysctl.rst,
 * ip_local_port_range), others at 49,152 (RFC 6335, section 6).
 */
export const range = { from: 20_000, below: 32_768 } as const;
const most = 100;

/**
 * A port of 127.0.0.1 that nobody listens on now; whoever binds it later must be ready to find it taken.
 *
 * @throws Error where a hundred ports in a row are taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < most; tries++) {
    const port = randomInt(range.from, range.below);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `no free port on 127.0.0.1: ${String(most)} between ${String(range.from)} and ${String(range.below - 1)} are taken`,
  );
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise<boolean>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
