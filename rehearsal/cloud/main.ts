import { mkdirSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { networkEnvironment } from "../network/environment";
import { RoutingTable } from "../network/routes";
import { runAsChild, type Fail } from "../processes/main";
import { createAuthority } from "./authority";
import { startBlobService } from "./blobs";
import { startWebApp } from "./apps";
import { startDownloads } from "./downloads";
import type { Parts } from "./control/cloud";
import { authorityFile, cloudSettingsSchema, type CloudReady, type CloudSettings } from "./control/settings";
import { startControlPlane } from "./control/start";
import { startDatabaseServer } from "./database";
import { DnsClient, joinStrings, startNameServer } from "./dns";
import { startEdge } from "./edge";
import { startMailServer } from "./mail";
import { startZoneProxy } from "./proxy";

/** Texts of a name's records, asked for by packets; [] where the name or the type has none. */
async function lookup(
  client: DnsClient,
  name: string,
  type: "A" | "CNAME" | "TXT",
): Promise<readonly string[]> {
  const { answers = [] } = await client.ask(name, type);
  return answers.flatMap((answer) => {
    if (answer.type === "TXT" && type === "TXT") return [joinStrings(answer.data)];
    if (answer.type === "A" && type === "A") return [answer.data];
    return answer.type === "CNAME" && type === "CNAME" ? [answer.data] : [];
  });
}

/** The local port behind a host, its aliases and its address followed as preload.cjs follows them. */
async function portBehind(
  table: RoutingTable,
  client: DnsClient,
  host: string,
  port: number,
): Promise<number | undefined> {
  let name = host;
  for (let hops = 0; hops < 8; hops++) {
    const served = table.find(name, port);
    if (served !== undefined || isIP(name) !== 0) return served;
    const [next] = await lookup(client, name, "CNAME");
    const [address] = next === undefined ? await lookup(client, name, "A") : [];
    if (next === undefined && address === undefined) return undefined;
    name = next ?? address ?? name;
  }
  return undefined;
}

async function start(given: unknown, fail: Fail): Promise<{ ready: CloudReady; stop: () => Promise<void> }> {
  const settings: CloudSettings = cloudSettingsSchema.parse(given);
  const folder = (name: string): string => {
    const made = path.join(settings.folder, name);
    mkdirSync(made, { recursive: true });
    return made;
  };
  const logs = folder("logs");
  const data = folder("databases");
  const outside = new RoutingTable(path.join(settings.folder, "routes.json"));
  const inside = new RoutingTable(path.join(settings.folder, "routes-of-apps.json"));

  const nameServer = await startNameServer({ apexes: [settings.zone.name] });
  const dns = new DnsClient({ port: nameServer.port });
  const authority = await createAuthority({ nameServerPort: nameServer.port });
  const root = path.join(settings.folder, authorityFile);
  writeFileSync(root, authority.root);
  const certificateFor = (host: string) => authority.issue([host]);
  const downloads = await startDownloads({ files: settings.downloads, certificateFor, routes: outside });

  // The edge sees the internet as everyone outside does.
  const edge = await startEdge({ connect: (host, port) => outside.find(host, port), root: authority.root });
  const proxy = await startZoneProxy({
    certificate: await authority.issue([settings.zone.name, `*.${settings.zone.name}`]),
    zone: settings.zone.name,
    connect: (host, port) => portBehind(outside, dns, host, port),
    root: authority.root,
  });
  const blobs = await startBlobService({ certificateFor });
  const mail = await startMailServer({
    certificate: await authority.issue(["smtp.azurecomm.net"]),
    millisecondsPerMinute: settings.millisecondsPerMailMinute,
  });
  const ofApps = networkEnvironment({
    routes: inside.file,
    nameServerPort: nameServer.port,
    authority: root,
  });
  const parts: Parts = {
    nameServer,
    proxy,
    authority,
    edge,
    blobs,
    mail,
    startDatabaseServer: (server) => startDatabaseServer({ ...server, folder: data, onLost: fail }),
    startWebApp: (app) =>
      startWebApp(app, {
        certificateFor: (host) =>
          host.endsWith(".azurewebsites.net") ? certificateFor(host) : Promise.resolve(undefined),
        spawnEnvironment: ofApps,
        logs,
      }),
    lookup: (name, type) => lookup(dns, name, type),
  };
  const plane = await startControlPlane(settings, parts, { outside, inside });
  return {
    ready: {
      pluginFolder: plane.pluginFolder,
      routes: outside.file,
      nameServerPort: nameServer.port,
      authority: root,
      controlPort: plane.controlPort,
    },
    stop: async () => {
      await plane.stop();
      await Promise.all([
        edge.stop(),
        proxy.stop(),
        blobs.stop(),
        mail.stop(),
        downloads.stop(),
        authority.stop(),
      ]);
      dns.close();
      await nameServer.stop();
    },
  };
}

runAsChild(start);
