import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { LocalCloud } from "../cloud";
import type { Engine } from "../engine/find";
import type { Stack } from "../engine/stack";
import { cleanEnvironment } from "../network/environment";
import { Primary } from "../primary/remote";
import type { PrimaryReady, PrimarySettings } from "../primary/settings";
import { startChild, tieToScope, type Child } from "../processes/child";
import type { Scope } from "../processes/cleanup";
import type { RunFolder } from "../processes/run-folder";
import * as names from "../shop-of-the-story";
import { openStage, project, traversable, type StageOptions } from "../stage";
import { Visitors } from "../visitors/remote";
import type { VisitorSettings, VisitorsReady } from "../visitors/settings";
import { Operator } from "./operator";
import { rates } from "./plan";

/**
 * A minute of the mail limits, in real milliseconds. The story's own compressed minute is too short to queue anything
 * in; this one lets the busiest minutes ask for more than the limit, as the story's did.
 */
const millisecondsPerMailMinute = 7_000;

export interface WorldOptions extends Omit<StageOptions, "millisecondsPerMailMinute"> {
  readonly seed: number;
}

/** Everything that the day is played with; ended by the scope it was opened in. */
export interface World {
  readonly run: RunFolder;
  readonly engine: Engine;
  readonly cloud: LocalCloud;
  readonly primary: Primary;
  /** The old site's database, as its owner reaches it. Secret. */
  readonly primaryDatabase: string;
  readonly prod: Stack;
  readonly standby: Stack;
  readonly operator: Operator;
  readonly signal: AbortSignal;
  /** Starts the visitors: they need the shop's name to lead somewhere. */
  readonly openDoors: () => Promise<{ visitors: Visitors; ready: VisitorsReady }>;
}

/** Starts the machine's own Azure and Cloudflare, the shared host, and an operator's shell with both stacks' config. */
export async function openWorld(scope: Scope, options: WorldOptions): Promise<World> {
  const stage = await openStage(scope, { ...options, millisecondsPerMailMinute });
  const { run, logs, engine, cloud, workspace } = stage;
  const start = async <Ready>(given: Parameters<typeof startChild>[0]): Promise<Child<Ready>> => {
    const child = await startChild<Ready>({
      ...given,
      record: (name, pid) => run.record(name, pid),
      signal: scope.signal,
    });
    tieToScope(scope, child);
    return child;
  };

  const sessionSecret = randomBytes(32).toString("base64url");
  const primary = await start<PrimaryReady>({
    name: "primary",
    module: path.join(project, "rehearsal", "primary", "main.ts"),
    settings: await primarySettings(run, cloud, sessionSecret),
    env: cleanEnvironment(),
    logs,
  });
  await announcePrimary(cloud, primary.ready);

  const prod = await workspace.stack("prod");
  const standby = await workspace.stack("standby");
  await prod.setConfig(names.prodConfig);
  await standby.setConfig(
    names.standbyConfig({
      smtpApplication: cloud.smtpApplication,
      operatorObjectId: cloud.operatorObjectId,
      sessionSecret,
    }),
  );
  return {
    run,
    engine,
    cloud,
    primary: new Primary(primary.ready.control),
    primaryDatabase: primary.ready.databaseUrl,
    prod,
    standby,
    operator: new Operator(
      { ...workspace.env, STANDBY_PRIMARY_DATABASE_URL: primary.ready.databaseUrl },
      workspace.folder,
      scope.signal,
    ),
    signal: scope.signal,
    openDoors: async () => {
      const { ready } = await start<VisitorsReady>({
        name: "visitors",
        module: path.join(project, "rehearsal", "visitors", "main.ts"),
        settings: {
          seed: options.seed,
          clock: { ...options.clock },
          nameServerPort: cloud.network.nameServerPort,
          routesFile: cloud.network.routes,
          rootCertificate: await readFile(cloud.network.authority, "utf8"),
          publicHost: names.publicHost,
          folder: run.path,
          rates,
        } satisfies VisitorSettings,
        env: cleanEnvironment(),
        logs,
      });
      return { visitors: new Visitors(ready.control), ready };
    },
  };
}

async function primarySettings(
  run: RunFolder,
  cloud: LocalCloud,
  sessionSecret: string,
): Promise<PrimarySettings> {
  const certificate = await cloud.control.call("issueCertificate", {
    names: [names.publicHost, names.primaryHost, names.primaryDatabaseHost],
  });
  return {
    folder: await traversable(run, "primary"),
    certificate: { chain: certificate.chain, key: certificate.key },
    databaseHost: names.primaryDatabaseHost,
    publicUrl: `https://${names.publicHost}`,
    imageBaseUrl: `https://${names.publicHost}/images`,
    sessionSecret,
    mailFrom: names.mailFrom,
  };
}

/** The shared host and its database get their names, as a provider would have given them long ago. */
async function announcePrimary(cloud: LocalCloud, ready: PrimaryReady): Promise<void> {
  const hosts = [
    { host: names.primaryHost, port: 443, localPort: ready.port },
    { host: names.primaryDatabaseHost, port: 5432, localPort: ready.databasePort },
  ];
  for (const entry of hosts) {
    await cloud.control.call("addHost", entry);
    const record = { id: entry.host, name: entry.host, type: "A" as const, content: "127.0.0.1", ttl: 300 };
    await cloud.control.call("putRecord", record);
  }
}
