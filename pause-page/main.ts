// The pause page as a program: its words from the environment, HTTP on PORT, until SIGTERM. No dependencies: it is
// bundled into one file, and has to start on a bare runtime.
import { createPauseServer } from "./server";
import { readPauseSettings } from "./settings";

function main(): void {
  const server = createPauseServer(readPauseSettings(process.env));
  const stop = (): void => {
    server.close();
    server.closeIdleConnections();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  server.once("error", fail);
  // App Service says which port; HOST is for a machine on which not everyone may come in.
  server.listen({ port: Number(process.env["PORT"] ?? "8080"), host: process.env["HOST"] ?? "0.0.0.0" });
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

try {
  main();
} catch (error) {
  fail(error);
}
