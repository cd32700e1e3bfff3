import { parseDatabaseUrl, type Connection } from "../connection";
import { operations } from "../data/engine";
import { databaseUrl, type Deployment, type Site } from "../deployment";
import { exitCodes, Fault, refusal } from "../fault";
import type { Io } from "../io";

/**
 * Moves the ids that a site hands out above those of the site that it takes over from, by the declared offsets. Only
 * ever raises. Where the primary cannot be asked, the standby's are raised from what the last sync recorded of it.
 *
 * @throws Fault (1) where there is no room or nothing is recorded; (2) where a database is not known; (3) not reached.
 */
export async function raiseIdentities(deployment: Deployment, site: Site, io: Io): Promise<void> {
  const policy = deployment.standby.outputs.offsets;
  const progress = (line: string, last: boolean): void => io.progress(line, last);
  const [from, to] = await Promise.all([
    connection(deployment, other(site)).catch((error: unknown) => error),
    connection(deployment, site),
  ]);
  try {
    if (!isConnection(from)) throw from;
    const request = { rule: { kind: "forecast", policy }, apply: true } as const;
    const { identities } = await operations.identities(from, to, request, progress);
    io.say(
      `the new ids of the ${site} stand above those of the ${other(site)} (${identities.length} looked at)`,
    );
  } catch (error) {
    const away = error instanceof Fault && error.exitCode !== exitCodes.no;
    if (site === "primary" || !away) throw error;
    io.warn(`the primary's database cannot be asked: ${error.message}`);
    const raised = await operations.raiseFromBase(to, policy);
    if (raised.from !== "base")
      throw refusal(
        "the new ids cannot be planned: the primary cannot be asked, and nothing was ever synced",
        {
          cause: error,
        },
      );
    io.warn("the new ids were raised from what the last sync recorded of the primary");
  }
}

const other = (site: Site): Site => (site === "primary" ? "standby" : "primary");

const isConnection = (value: unknown): value is Connection =>
  typeof value === "object" && value !== null && "engine" in value;

async function connection(deployment: Deployment, site: Site): Promise<Connection> {
  const url =
    site === "standby"
      ? deployment.standby.outputs.databaseUrl
      : await databaseUrl("primary", deployment.settings);
  return parseDatabaseUrl(`the ${site}'s database`, url);
}
