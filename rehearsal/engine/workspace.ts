import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { usage } from "../../operations/fault";
import type { Engine } from "./find";
import { Stack } from "./stack";

export interface WorkspaceOptions {
  readonly engine: Engine;
  /** The folder of the project's Pulumi.yaml. Nothing is written to it. */
  readonly project: string;
  /** A folder to be made for the workspace: project file, stack files, state, the CLI's home, logs. */
  readonly folder: string;
  /** The environment of every process of the engine, whole; the workspace adds what the CLI itself wants. */
  readonly env: NodeJS.ProcessEnv;
  /** Folders put in front on PATH, of providers for one. */
  readonly pathFolders?: readonly string[];
  /** Told of each process that is started. */
  readonly record?: (name: string, pid: number) => Promise<void>;
  /** Milliseconds that an interrupted engine gets to end what it has begun (default 20,000). */
  readonly patience?: number;
}

const projectFile = z.looseObject({ name: z.string().min(1), main: z.string().optional() });

/**
 * A Pulumi project seen from a folder of its own: state, config and secrets of a run stay there, and the project's own
 * stack files are neither read nor written. Any `pulumi` command works in it, given {@link Workspace.env}.
 */
export class Workspace {
  private constructor(
    readonly engine: Engine,
    /** Where `pulumi` commands run. */
    readonly folder: string,
    /** The project's name. */
    readonly project: string,
    /** The whole environment of a `pulumi` command: state, passphrase and all. */
    readonly env: NodeJS.ProcessEnv,
    readonly record: WorkspaceOptions["record"],
    readonly patience: number,
  ) {}

  /** @throws Fault (usage) where the project has no readable Pulumi.yaml */
  static async create(options: WorkspaceOptions): Promise<Workspace> {
    const { engine, folder } = options;
    const original = await readProject(options.project);
    const [home, state, logs] = ["home", "state", "logs"].map((name) => path.join(folder, name));
    if (home === undefined || state === undefined || logs === undefined) throw new Error("no folders");
    for (const made of [folder, home, state, logs]) await mkdir(made, { recursive: true, mode: 0o700 });
    // The engine takes an absolute `main`: the program runs where it lies, with its own node_modules.
    const main = path.resolve(options.project, original.main ?? ".");
    await writeFile(path.join(folder, "Pulumi.yaml"), stringify({ ...original, main }));
    const searchPath = [
      ...(options.pathFolders ?? []),
      ...engine.pathFolders,
      path.dirname(engine.cli),
      options.env["PATH"],
    ];
    const env: NodeJS.ProcessEnv = {
      ...options.env,
      ...engine.env,
      PATH: searchPath.filter((part) => part !== undefined && part !== "").join(path.delimiter),
      PULUMI_HOME: home,
      // Without files of metadata beside those of the state: they are written in place, and an engine that is killed
      // meanwhile leaves an empty one, after which the state cannot be read any more.
      PULUMI_BACKEND_URL: `${pathToFileURL(state).href}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
      // A provider that is not there is an error, never a download.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      // Policy packs are checked by tsc like all else; ts-node would check them again, each time they are loaded.
      TS_NODE_IGNORE: ".",
    };
    return new Workspace(engine, folder, original.name, env, options.record, options.patience ?? 20_000);
  }

  /** A stack of the project, made where it is missing. */
  async stack(name: string): Promise<Stack> {
    const stack = new Stack(this, name);
    await stack.create();
    return stack;
  }
}

async function readProject(folder: string): Promise<z.infer<typeof projectFile>> {
  const file = path.join(folder, "Pulumi.yaml");
  try {
    return projectFile.parse(parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw usage(`${file} is no Pulumi project file: a name is wanted, and YAML that can be read`, { cause });
  }
}
