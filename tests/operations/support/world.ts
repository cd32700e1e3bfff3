import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createAuthority } from "../../../rehearsal/cloud/authority";
import type {
  CertificateAuthority,
  IssuedCertificate,
  NameServer,
  ZoneProxy,
} from "../../../rehearsal/cloud/contracts";
import { startNameServer } from "../../../rehearsal/cloud/dns";
import { startZoneProxy } from "../../../rehearsal/cloud/proxy";
import { networkEnvironment } from "../../../rehearsal/network/environment";
import { RoutingTable } from "../../../rehearsal/network/routes";
import { FakeCloudflare } from "./cloudflare";
import { prodStack, standbyStack, zone, type FakeStacks } from "./stacks";

const root = path.resolve(__dirname, "../../..");

/** What a run of the command line did. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** One TLS server of the little internet. */
export class Site {
  private readonly contexts = new Map<string, SecureContext>();
  private readonly server: Server;
  handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
    this.server = createServer({
      SNICallback: (name, done) => done(null, this.contexts.get(name) ?? this.contexts.get("*")),
    });
    this.server.on("request", (request, response) => this.handler(request, response));
  }

  /** What it shows to clients that ask for a name; `*` stands for every other name. */
  present(name: string, { chain, key }: IssuedCertificate): void {
    this.contexts.set(name, createSecureContext({ cert: chain, key }));
  }

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** A little internet on 127.0.0.1 for the operations: real DNS packets, real TLS, the real command line. */
export class World {
  readonly cloudflare: FakeCloudflare;
  readonly routes: RoutingTable;
  private readonly endings: (() => Promise<void>)[] = [];

  private constructor(
    readonly folder: string,
    readonly dns: NameServer,
    readonly authority: CertificateAuthority,
    readonly proxy: ZoneProxy,
    routes: RoutingTable,
  ) {
    this.cloudflare = new FakeCloudflare(dns, proxy);
    this.routes = routes;
    routes.add(proxy.address, 443, proxy.port);
  }

  static async start(): Promise<World> {
    const folder = mkdtempSync(path.join(tmpdir(), "standby-operations-"));
    const dns = await startNameServer();
    const authority = await createAuthority({ nameServerPort: dns.port });
    const routes = new RoutingTable(path.join(folder, "routes.json"));
    const proxy = await startZoneProxy({
      certificate: await authority.issue([zone, `*.${zone}`]),
      zone,
      connect: (host, port) => Promise.resolve(routes.find(host, port)),
      root: authority.root,
    });
    const world = new World(folder, dns, authority, proxy, routes);
    writeFileSync(path.join(folder, "authority.pem"), world.authority.root);
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: warm-standby\nruntime: nodejs\n");
    const pulumi = path.join(folder, "pulumi");
    const fake = path.join(__dirname, "fake-pulumi.cjs");
    writeFileSync(pulumi, `#!/bin/sh\nexec ${process.execPath} ${fake} "$@"\n`);
    chmodSync(pulumi, 0o755);
    await world.serve("api.cloudflare.com", (request, response) => {
      void world.cloudflare.handle(request, response);
    });
    world.stacks({ prod: prodStack(), standby: standbyStack() });
    return world;
  }

  /** Serves a host over TLS with a certificate for `names` (default: the host). */
  async serve(host: string, handler: Handler, names: readonly string[] = [host]): Promise<Site> {
    const site = new Site(handler);
    site.present("*", await this.authority.issue(names));
    this.atEnd(() => site.stop());
    this.routes.add(host, 443, await site.listen());
    return site;
  }

  /** Stops something with the world. */
  atEnd(end: () => Promise<void>): void {
    this.endings.push(end);
  }

  stacks(stacks: FakeStacks): void {
    writeFileSync(path.join(this.folder, "stacks.json"), JSON.stringify(stacks));
  }

  readStacks(): FakeStacks {
    return JSON.parse(readFileSync(path.join(this.folder, "stacks.json"), "utf8")) as FakeStacks;
  }

  /** What the fake CLI was called with, one line a call. */
  calls(): readonly string[] {
    const file = path.join(this.folder, "stacks.json.calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** Forgets what was called and noted so far. */
  forget(): void {
    rmSync(path.join(this.folder, "stacks.json.calls"), { force: true });
    rmSync(path.join(this.folder, ".standby"), { recursive: true, force: true });
  }

  /** Lines of the operator's log. */
  log(): readonly Record<string, unknown>[] {
    const file = path.join(this.folder, ".standby/log.jsonl");
    return existsSync(file)
      ? readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
  }

  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const base = networkEnvironment({
      routes: this.routes.file,
      nameServerPort: this.dns.port,
      authority: path.join(this.folder, "authority.pem"),
    });
    return {
      ...base,
      PATH: `${this.folder}:${base["PATH"] ?? ""}`,
      FAKE_PULUMI: path.join(this.folder, "stacks.json"),
      CLOUDFLARE_API_TOKEN: "good-token",
      ...more,
    };
  }

  /** Runs the real command line in a process of its own, and hands it to `meanwhile` while it runs. */
  async run(
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
    meanwhile?: (child: ChildProcess, said: () => string) => Promise<void>,
  ): Promise<CommandRun> {
    const child = spawn(process.execPath, [path.join(root, "bin/standby.js"), ...args], {
      cwd: this.folder,
      env: this.environment(more),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    await meanwhile?.(child, () => stderr);
    const code = await closed;
    return { code, stdout, stderr };
  }

  async stop(): Promise<void> {
    await Promise.all(this.endings.map((end) => end()));
    await Promise.all([this.dns.stop(), this.authority.stop(), this.proxy.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
