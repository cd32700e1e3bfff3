// The shop as a program: settings from the environment, HTTP on 127.0.0.1:PORT, until SIGTERM.
import http from "node:http";
import { close, listen } from "./http/listen";
import { readEnvironment } from "./settings";
import { openShop } from "./shop";

/** App Service gives a process this long between SIGTERM and SIGKILL, with some to spare. */
const stopWithinMilliseconds = 8_000;

async function main(): Promise<void> {
  const { shop: settings, port } = readEnvironment(process.env);
  const shop = await openShop(settings);
  const server = http.createServer({ keepAliveTimeout: 65_000 }, shop.handler);
  const stop = (): void => {
    // Connections that stay open must not hold up the end.
    setTimeout(() => server.closeAllConnections(), stopWithinMilliseconds).unref();
    void close(server)
      .then(() => shop.stop())
      .then(() => process.exit(0))
      .catch(fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  try {
    await listen(server, port);
  } catch (error) {
    await shop.stop();
    throw error;
  }
  console.log(`the shop (${settings.site}) listens on 127.0.0.1:${String(port)}`);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
