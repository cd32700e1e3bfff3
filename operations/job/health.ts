import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { healthPath } from "../../settings/health";

/** Without a run of the checks for so long, the job is no longer well: three of its hours. */
const patience = 3 * 3_600_000;

/** Answers App Service's question whether the job is well, and nobody else's: no one else reaches it. */
export class Health {
  private lastRun = Date.now();
  private constructor(private readonly server: Server) {}

  /** @param port 0 takes any free one. @param host where to listen; App Service wants every address */
  static async serve(port: number, host: string): Promise<Health> {
    const server = createServer();
    const health = new Health(server);
    server.on("request", (request, response) => {
      const asked = request.url?.split("?")[0];
      if (asked === healthPath || asked === "/") {
        const well = health.well();
        response.writeHead(well ? 200 : 503, { "content-type": "text/plain" });
        response.end(well ? "ok\n" : "no run of the checks has come to its end for three hours\n");
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    return health;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A run of the checks has come to its end. */
  ran(): void {
    this.lastRun = Date.now();
  }

  well(now: number = Date.now()): boolean {
    return now - this.lastRun <= patience;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
