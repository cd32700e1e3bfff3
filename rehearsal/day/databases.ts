import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientConfig } from "pg";
import { z } from "zod";
import { unsentMails } from "../visitors/judge";
import type { World } from "./world";

const pollMilliseconds = 250;
/** Milliseconds for the outboxes to empty once nobody orders any more; the judge says what is left then. */
const patience = 30_000;

/** How the drill itself reads both sites' databases: past the rehearsal's names, but with their certificates checked. */
export async function databasesOf(world: World): Promise<{ primary: ClientConfig; standby: ClientConfig }> {
  const ca = await readFile(world.cloud.network.authority, "utf8");
  const routes = z
    .record(z.string(), z.number())
    .parse(JSON.parse(await readFile(world.cloud.network.routes, "utf8")));
  const reach = (address: string): ClientConfig => {
    const url = new URL(address);
    const port = routes[`${url.hostname}:${url.port === "" ? "5432" : url.port}`];
    if (port === undefined) throw new Error(`nothing serves the database at ${url.hostname}`);
    return {
      host: "127.0.0.1",
      port,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.slice(1),
      ssl: { ca, servername: url.hostname },
    };
  };
  const { databaseUrl } = await world.standby.outputs({ showSecrets: true });
  return { primary: reach(world.primaryDatabase), standby: reach(z.string().parse(databaseUrl)) };
}

/** Waits until every confirmation is out, on both sites. */
export async function outboxesEmpty(
  databases: { readonly primary: ClientConfig; readonly standby: ClientConfig },
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const left = await Promise.all([
      unsentMails(databases.primary, "primary"),
      unsentMails(databases.standby, "standby"),
    ]);
    if (left.every((count) => count === 0)) return;
    await sleep(pollMilliseconds, undefined, { signal });
  }
}
