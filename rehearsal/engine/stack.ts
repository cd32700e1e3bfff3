import { appendFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { outside } from "../../operations/fault";
import { lastWords, runCommand, type CommandResult } from "./command";
import { engineEvent, RunReader, type EngineEvent, type Run } from "./events";
import { writeConfig, type ConfigValue } from "./settings";
import type { Workspace } from "./workspace";

export interface OperationOptions {
  /** Interrupts the engine, which then ends what it has begun and saves its state. */
  readonly signal?: AbortSignal | undefined;
  /** Variables beside the workspace's own, for this run only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets each event as it comes. */
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface UpdateOptions extends OperationOptions {
  /** Absolute path of a policy pack to hold the program to. */
  readonly policyPack?: string;
  /** Reads every resource from its provider first. */
  readonly refresh?: boolean;
}

const outputsSchema = z.record(z.string(), z.unknown());

/** One stack of a workspace, driven through the real CLI: one process an operation. */
export class Stack {
  /** As a StackReference names it. */
  readonly fullName: string;
  /** Its config file, in the workspace's folder. */
  readonly configFile: string;

  constructor(
    private readonly workspace: Workspace,
    readonly name: string,
  ) {
    this.fullName = `organization/${workspace.project}/${name}`;
    this.configFile = path.join(workspace.folder, `Pulumi.${name}.yaml`);
  }

  /** Makes it where it is missing. */
  async create(): Promise<void> {
    const { code, stderr } = await this.run(["stack", "init", this.fullName]);
    if (code !== 0 && !stderr.includes("already exists"))
      throw failed("stack init", this.name, [lastWords(stderr)]);
  }

  /**
   * Sets config values; what is not named stays. Secrets go to the CLI through its stdin and are encrypted.
   *
   * @param values by key, of the project's namespace where none is given; undefined removes the key
   */
  async setConfig(values: Readonly<Record<string, ConfigValue | undefined>>): Promise<void> {
    for (const { path: place, secret } of await writeConfig(
      this.configFile,
      this.workspace.project,
      values,
    )) {
      const { code, stderr } = await this.run(
        ["config", "set", "--secret", "--path", place, "--stack", this.name],
        {
          input: secret.value,
        },
      );
      if (code !== 0) throw failed(`config set ${place}`, this.name, [lastWords(stderr)]);
    }
  }

  /** Makes the stack what the program says. */
  async up(options: UpdateOptions = {}): Promise<Run> {
    return this.operate("up", ["--yes", "--skip-preview", ...updateFlags(options)], options);
  }

  /** What `up` would do. Violations of mandatory policies are part of the result, any other failure is thrown. */
  async preview(options: UpdateOptions = {}): Promise<Run> {
    return this.operate("preview", updateFlags(options), options, true);
  }

  /** Reads every resource from its provider into the state. */
  async refresh(options: OperationOptions = {}): Promise<Run> {
    return this.operate("refresh", ["--yes", "--skip-preview"], options);
  }

  /** Deletes every resource. */
  async destroy(options: OperationOptions = {}): Promise<Run> {
    return this.operate("destroy", ["--yes", "--skip-preview"], options);
  }

  /** The state as `pulumi stack export` prints it: secrets stay encrypted. */
  async export(): Promise<unknown> {
    return this.read(["stack", "export"]);
  }

  async outputs(options: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const show = options.showSecrets === true ? ["--show-secrets"] : [];
    return outputsSchema.parse(await this.read(["stack", "output", "--json", ...show]));
  }

  /** Forgets the stack, which must have no resources left, and its config. */
  async remove(): Promise<void> {
    const { code, stderr } = await this.run(["stack", "rm", "--yes", "--stack", this.name]);
    if (code !== 0) throw failed("stack rm", this.name, [lastWords(stderr)]);
  }

  private async read(args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...args, "--stack", this.name]);
    if (code !== 0) throw failed(args.slice(0, 2).join(" "), this.name, [lastWords(stderr)]);
    return JSON.parse(stdout);
  }

  private async operate(
    operation: string,
    flags: readonly string[],
    options: OperationOptions,
    violationsAreResults = false,
  ): Promise<Run> {
    const reader = new RunReader();
    const log = path.join(this.workspace.folder, "logs", `${this.name}.log`);
    const lines: string[] = [`# pulumi ${operation} of ${this.name}`];
    let result: CommandResult;
    try {
      result = await this.run([operation, "--json", "--stack", this.name, ...flags], {
        patience: this.workspace.patience,
        signal: options.signal,
        ...(options.env === undefined ? {} : { env: { ...this.workspace.env, ...options.env } }),
        onLine: (line, stream) => {
          lines.push(line);
          const event = stream === "stdout" ? parseEvent(line) : undefined;
          if (event === undefined) return;
          reader.add(event);
          options.onEvent?.(event);
        },
      });
    } catch (error) {
      await this.releaseLock();
      throw error;
    } finally {
      await appendFile(log, `${lines.join("\n")}\n`, { mode: 0o600 });
    }
    if (result.code === null) {
      await this.releaseLock();
      throw failed(operation, this.name, ["the engine was ended by force", `its log is ${log}`]);
    }
    const run = reader.result();
    if (result.code === 0 && run.succeeded) return run;
    const refused = run.violations.filter(({ level }) => level === "mandatory");
    if (violationsAreResults && refused.length > 0) return run;
    const why = [
      ...refused.map(({ policy, urn, message }) => `${policy}: ${urn ?? "the stack"}: ${message}`),
      ...run.errors,
      ...(run.errors.length === 0 ? [lastWords(withoutNotes(result.stderr))] : []),
    ];
    throw failed(operation, this.name, [...why, `its log is ${log}`]);
  }

  /**
   * Gives back, for an engine that was ended by force, the lock that the file backend keeps for it
   * (pkg/backend/diy/lock.go). Its process is gone by now, and no other one knows of this workspace.
   */
  private releaseLock(): Promise<void> {
    const locks = path.join(this.workspace.folder, "state", ".pulumi", "locks");
    return rm(path.join(locks, ...this.fullName.split("/")), { recursive: true, force: true });
  }

  private run(
    args: readonly string[],
    more: Partial<Parameters<typeof runCommand>[1]> = {},
  ): Promise<CommandResult> {
    const { engine, folder, env, record } = this.workspace;
    return runCommand(engine.cli, {
      args: [...args, "--non-interactive", "--color", "never"],
      cwd: folder,
      env,
      record,
      ...more,
    });
  }
}

/** What the CLI says of each companion that it finds on PATH, as it is meant to here. */
const withoutNotes = (stderr: string): string =>
  stderr.replaceAll(/^warning: using pulumi-.* from \$PATH at .*$/gm, "");

const updateFlags = ({ policyPack, refresh }: UpdateOptions): string[] => [
  ...(policyPack === undefined ? [] : ["--policy-pack", policyPack]),
  ...(refresh === true ? ["--refresh"] : []),
];

const failed = (operation: string, stack: string, why: readonly string[]): Error =>
  outside(
    [`pulumi ${operation} of the stack ${stack} failed:`, ...why.map((line) => `  ${line}`)].join("\n"),
  );

function parseEvent(line: string): EngineEvent | undefined {
  // Most lines are traces of the SDK's, of no use here.
  if (!line.startsWith("{") || line.includes('"severity":"debug"')) return undefined;
  try {
    return engineEvent.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
