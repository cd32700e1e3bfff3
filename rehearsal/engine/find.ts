import { outside } from "../../operations/fault";
import { cacheFolder } from "./cache";
import { buildFromModule, findKeptBuild } from "./go-module";
import { writeLaunchers } from "./launchers";
import { findInstalled } from "./on-path";
import { findKeptRelease, installRelease } from "./release";
import { engineVersion, minimumVersion } from "./versions";
import { defaultLimits, type Limits, type WayContext, type WayResult } from "./ways";

/** A Pulumi CLI that can run this project's programs and policies. */
export interface Engine {
  /** Absolute path of the CLI. */
  readonly cli: string;
  /** `major.minor.patch`. */
  readonly version: string;
  readonly source: "path" | "release" | "go-module";
  /** Folders that the CLI wants in front on its PATH. */
  readonly pathFolders: readonly string[];
  /** Variables that the CLI wants besides. */
  readonly env: Readonly<Record<string, string>>;
}

export interface FindOptions {
  /** A folder to be made for what the engine finds by name; belongs to the run. */
  readonly launchers: string;
  /** Gets lines of progress for a person. */
  readonly say: (line: string) => void;
  /** Where to look, and how this machine reaches the internet (default: this process's environment). */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<Limits>;
}

type Source = Engine["source"];

/** In this order: what is there already comes before what must be fetched, and fetching before building. */
const ways: readonly {
  source: Source;
  find: (context: WayContext) => Promise<WayResult>;
  counts: boolean;
}[] = [
  { source: "path", find: findInstalled, counts: true },
  { source: "release", find: findKeptRelease, counts: false },
  { source: "go-module", find: findKeptBuild, counts: false },
  { source: "release", find: installRelease, counts: true },
  { source: "go-module", find: buildFromModule, counts: true },
];

const names: Readonly<Record<Source, string>> = {
  path: "an installed pulumi on PATH",
  release: `the official release ${engineVersion}`,
  "go-module": `a build of its official Go module, ${engineVersion}`,
};

/**
 * Finds the Pulumi CLI: on PATH; else the official release, which the Automation API's installer fetches; else built
 * from its official Go module. The last two are kept in the user's cache folder and made once a machine.
 *
 * @throws Fault (outside) naming each way and what came of it
 */
export async function findEngine(options: FindOptions): Promise<Engine> {
  const env = options.env ?? process.env;
  const context: WayContext = {
    env,
    cache: cacheFolder(env),
    say: options.say,
    signal: options.signal,
    limits: { ...defaultLimits, ...options.limits },
  };
  const failures: string[] = [];
  for (const { source, find, counts } of ways) {
    const result = await find(context);
    if (result.cli !== undefined) {
      await writeLaunchers(options.launchers, result.cli, env["PATH"]);
      return {
        ...result,
        source,
        pathFolders: [options.launchers],
        env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
      };
    }
    if (!counts) continue;
    if (source === "path" && result.why !== "there is none")
      options.say(`not taken from PATH: ${result.why}`);
    failures.push(`${names[source]}: ${result.why}`);
  }
  throw outside(
    [
      `no Pulumi CLI (${minimumVersion} or a later 3.x) could be had. Tried in this order:`,
      ...failures.map((failure, index) => `  ${String(index + 1)}. ${failure}`),
      "Install Pulumi (https://www.pulumi.com/docs/install/), or let this machine reach get.pulumi.com,",
      "or install Go (https://go.dev/dl/) and let it reach its module proxy; then run this again.",
    ].join("\n"),
  );
}
