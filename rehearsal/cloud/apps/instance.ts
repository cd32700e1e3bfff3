import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { Agent } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../../processes/end";
import { started } from "../../processes/started";
import { freePort } from "../free-port";

export interface InstanceOptions {
  /** Names the instance in its log. */
  readonly name: string;
  /** Absolute path of the folder to start it in. */
  readonly folder: string;
  /** Command line of a shell that starts it. */
  readonly command: string;
  /** Everything but `PORT`, which the instance gets at each start. */
  readonly environment: NodeJS.ProcessEnv;
  /** File that gets its stdout and stderr. */
  readonly log: string;
}

// App Service waits 230 s for a first answer; nothing here takes that long, and a day lasts 90 s.
const startWithin = 60_000;
/** Milliseconds between SIGTERM and SIGKILL, as App Service has them by default. */
const stopWithin = 5_000;
const firstPause = 250;
const longestPause = 10_000;

/** One process of a web app, started again whenever it ends. */
export class Instance {
  /** Settles when the first start has come to its end, well or not. */
  readonly settled: Promise<void>;
  /** Connections to the process; given up a little before Node.js gives up idle ones on its side. */
  readonly agent = new Agent({ keepAlive: true, timeout: 4_000 });
  private readonly stopping = new AbortController();
  private readonly supervised: Promise<void>;
  private active = 0;
  private idle: (() => void) | undefined;
  private child: ChildProcess | undefined;
  private readyPort: number | undefined;

  constructor(private readonly options: InstanceOptions) {
    let settle = (): void => undefined;
    this.settled = new Promise((resolve) => (settle = resolve));
    this.supervised = this.supervise(settle).finally(settle);
  }

  /** The port that it listens on; undefined while it is not up. */
  get port(): number | undefined {
    return this.readyPort;
  }

  /** Counts a request as under way until the returned function is called. */
  begin(): () => void {
    this.active++;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--this.active === 0) this.idle?.();
    };
  }

  /** Lets requests under way finish (for as long as App Service does), then ends the process. Safe to call twice. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.readyPort = undefined;
    if (this.active > 0)
      await Promise.race([
        new Promise<void>((resolve) => (this.idle = resolve)),
        sleep(stopWithin, undefined, { ref: false }),
      ]);
    this.agent.destroy();
    this.signal("SIGTERM");
    const last = setTimeout(() => this.signal("SIGKILL"), stopWithin);
    await this.supervised;
    clearTimeout(last);
  }

  private signal(name: NodeJS.Signals): void {
    if (this.child !== undefined) signalGroup(this.child, name);
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async supervise(settle: () => void): Promise<void> {
    let pause = firstPause;
    const log = createWriteStream(this.options.log, { flags: "a" });
    log.on("error", () => undefined);
    while (!this.isStopped()) {
      const port = await freePort();
      if (this.isStopped()) break;
      const child = this.spawn(port);
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      const ended = new Promise<void>((resolve) => {
        child.once("error", () => resolve());
        child.once("close", () => resolve());
        started(child).catch(() => resolve());
      });
      if (await this.opens(port, ended)) {
        pause = firstPause;
        if (!this.isStopped()) this.readyPort = port;
      } else signalGroup(child, "SIGKILL");
      settle();
      await ended;
      this.readyPort = undefined;
      if (this.isStopped()) break;
      log.write(`${this.options.name} ended; starting it again in ${String(pause)} ms\n`);
      await sleep(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, longestPause);
    }
    await new Promise<void>((resolve) => log.end(() => resolve()));
  }

  private spawn(port: number): ChildProcess {
    this.child = spawn("/bin/sh", ["-c", this.options.command], {
      cwd: this.options.folder,
      env: { ...this.options.environment, PORT: String(port) },
      // Descriptor 3 ties it to this process, see tied.cjs.
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // A process group of its own: Ctrl-C reaches the cloud, which then stops its apps in order.
      detached: true,
    });
    return this.child;
  }

  /** Whether the process listens before it ends or its time is up. */
  private async opens(port: number, ended: Promise<void>): Promise<boolean> {
    const until = Date.now() + startWithin;
    while (!this.isStopped() && Date.now() < until) {
      if (await listens(port)) return true;
      const over = await Promise.race([sleep(25, false), ended.then(() => true)]);
      if (over) return false;
    }
    return false;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
