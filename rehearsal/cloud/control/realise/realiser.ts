import { z } from "zod";
import type { RoutingTable } from "../../../network/routes";
import type { EdgeRoute, WebApp, WebAppSettings } from "../../contracts";
import { ownCertificates } from "../azure/custom-certificate";
import { pick } from "../azure/rules";
import type { Cloud } from "../cloud";
import { runningApps, webAppSettings } from "./apps";
import { edgeRoutes } from "./edge";
import { mailSettings } from "./mail";
import { reachOf } from "./reach";
import { Spreading } from "./spreading";

const profileOutputs = z.object({ frontDoorId: z.string() });
const hosted = z.object({ hostName: z.string() });
const vaultSchema = z.object({ vaultName: z.string() });
const accountSchema = z.object({ accountName: z.string() });

interface RunningApp {
  readonly app: WebApp;
  settings: string;
}

/** Keeps one routing table at what it is told, touching only what it added itself. */
class ManagedRoutes {
  private current = new Map<string, number>();

  constructor(private readonly table: RoutingTable) {}

  set(wanted: ReadonlyMap<string, number>): void {
    const split = (key: string): [string, number] => {
      const cut = key.lastIndexOf(":");
      return [key.slice(0, cut), Number(key.slice(cut + 1))];
    };
    for (const key of this.current.keys()) if (!wanted.has(key)) this.table.remove(...split(key));
    for (const [key, port] of wanted) if (this.current.get(key) !== port) this.table.add(...split(key), port);
    this.current = new Map(wanted);
  }
}

/**
 * Brings the edge, the web apps, the mail server and the routes to what is declared. Works out the whole of what
 * should be from the world each time, so that the order in which resources come does not matter.
 */
export class Realiser {
  private readonly apps = new Map<string, RunningApp>();
  private readonly outside: ManagedRoutes;
  private readonly inside: ManagedRoutes;
  private edge = "";
  private readonly spreading: Spreading;
  private mail = "";
  private last: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  /** @param vaultPort where the data plane of every vault is served, once it is. */
  constructor(
    private readonly cloud: Cloud,
    private readonly vaultPort: () => number = () => 0,
  ) {
    this.outside = new ManagedRoutes(cloud.networks.outside);
    this.inside = new ManagedRoutes(cloud.networks.inside);
    this.spreading = new Spreading(cloud.pace);
  }

  /**
   * Edge (unless its changes are to spread slowly), mail and routes are as declared when this settles. Web apps follow on their own, as a deployment does not
   * wait for the app that it deploys: {@link settled} does.
   */
  run(): Promise<void> {
    this.configureEdge();
    this.configureCertificates();
    this.configureMail();
    this.configureRoutes();
    this.waiting ??= this.last.then(async () => {
      this.waiting = undefined;
      await this.configureApps();
      this.configureRoutes();
    });
    this.last = this.waiting.catch((error: unknown) => {
      this.cloud.world.note("note", "web apps", `could not be brought up to date: ${String(error)}`);
    });
    return Promise.resolve();
  }

  /** Settles once the web apps run as declared, too. */
  settled(): Promise<void> {
    return this.last;
  }

  /** The local port of a web app's front end, by app name. */
  appPorts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.apps].map(([name, { app }]) => [name, app.port]));
  }

  async stop(): Promise<void> {
    this.spreading.stop();
    await this.last;
    await Promise.all([...this.apps.values()].map(({ app }) => app.stop()));
    this.apps.clear();
  }

  private configureEdge(): void {
    const { world, parts } = this.cloud;
    const profiles = world.ofType("cdn:Profile");
    const routes: EdgeRoute[] = profiles.flatMap(({ id }) => edgeRoutes(world, id));
    const first = profiles[0];
    const frontDoorId = first === undefined ? "" : pick(profileOutputs, first.outputs).frontDoorId;
    const next = JSON.stringify([routes, frontDoorId]);
    if (next === this.edge) return;
    this.spreading.begin(() => parts.edge.configure(routes, frontDoorId));
    this.edge = next;
    for (const { outputs } of world.ofType("cdn:AFDEndpoint")) this.certify(pick(hosted, outputs).hostName);
  }

  private readonly certified = new Set<string>();

  /** A platform's own name gets its certificate at once. */
  private certify(hostName: string): void {
    if (this.certified.has(hostName)) return;
    this.certified.add(hostName);
    const { parts, world } = this.cloud;
    parts.authority.issue([hostName]).then(
      (certificate) => parts.edge.setCertificate(hostName, certificate),
      (error: unknown) => {
        this.certified.delete(hostName);
        world.note("note", hostName, `got no certificate: ${String(error)}`);
      },
    );
  }

  private readonly own = new Map<string, string>();

  /** Domains with a certificate of one's own are served with the newest of its vault. */
  private configureCertificates(): void {
    const wanted = ownCertificates(this.cloud);
    for (const host of this.own.keys()) if (!wanted.has(host)) this.own.delete(host);
    for (const [host, certificate] of wanted) {
      if (certificate === undefined || certificate.chain === this.own.get(host)) continue;
      this.own.set(host, certificate.chain);
      this.cloud.parts.edge.setCertificate(host, certificate);
    }
  }

  private configureMail(): void {
    const settings = mailSettings(this.cloud);
    const next = JSON.stringify(settings);
    if (next === this.mail) return;
    this.cloud.parts.mail.configure(settings);
    this.mail = next;
  }

  private async configureApps(): Promise<void> {
    const { world, parts } = this.cloud;
    const wanted = new Map<string, WebAppSettings>(
      runningApps(world).map((stored) => {
        const settings = webAppSettings(stored, this.cloud);
        return [settings.name, settings];
      }),
    );
    for (const [name, { app }] of this.apps) {
      if (wanted.has(name)) continue;
      this.apps.delete(name);
      await app.stop();
    }
    for (const [name, settings] of wanted) {
      const running = this.apps.get(name);
      const next = JSON.stringify(settings);
      if (running === undefined)
        this.apps.set(name, { app: await parts.startWebApp(settings), settings: next });
      else if (running.settings !== next) {
        running.settings = next;
        await running.app.configure(settings);
      }
    }
  }

  private configureRoutes(): void {
    const { world, parts, databases } = this.cloud;
    const shared = new Map<string, number>([["smtp.azurecomm.net:587", parts.mail.port]]);
    for (const [name, { app }] of this.apps)
      shared.set(`${name}.azurewebsites.net:443`.toLowerCase(), app.port);
    for (const { outputs } of world.ofType("cdn:AFDEndpoint"))
      for (const port of [80, 443]) shared.set(`${pick(hosted, outputs).hostName}:${port}`, parts.edge.port);
    for (const { outputs } of world.ofType("communication:CommunicationService"))
      shared.set(`${pick(hosted, outputs).hostName}:443`, this.cloud.apiPort);
    for (const { values } of world.ofType("storage:StorageAccount"))
      shared.set(`${pick(accountSchema, values).accountName}.blob.core.windows.net:443`, parts.blobs.port);
    for (const { values } of world.ofType("keyvault:Vault"))
      shared.set(
        `${pick(vaultSchema, values).vaultName}.vault.azure.net:443`.toLowerCase(),
        this.vaultPort(),
      );
    const outside = new Map(shared);
    const inside = new Map(shared);
    for (const [id, { server, host }] of databases) {
      const reach = reachOf(this.cloud, id);
      if (reach.outside) outside.set(`${host}:5432`, server.port);
      if (reach.inside) inside.set(`${host}:5432`, server.port);
    }
    this.outside.set(outside);
    this.inside.set(inside);
  }
}
