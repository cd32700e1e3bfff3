import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import path from "node:path";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import type { IssuedCertificate } from "../contracts";
import { createAzure } from "./azure";
import type { Cloud, Networks, Parts } from "./cloud";
import { controlApi } from "./api";
import { createCloudflare } from "./cloudflare/package";
import { Zone } from "./cloudflare/zone";
import { Directory } from "./directory";
import { armApi, armFault } from "./http/arm";
import { cloudflareApi, cloudflareFault } from "./http/cloudflare";
import { identityApi, identityFault, identityHost, identityPort } from "./http/identity";
import { communicationHosts, emailApi, emailFault } from "./http/emails";
import { serveApis, type HostedApi } from "./http/json-server";
import { loginApi, loginFault } from "./http/login";
import { throttling } from "./http/throttling";
import { vaultApi } from "./http/vault";
import { Pace } from "./pace";
import { createRandom } from "./random/package";
import { Realiser } from "./realise/realiser";
import type { CloudSettings } from "./settings";
import { serveProvider } from "./wire/provider";
import { writePlugins } from "./wire/plugins";
import { VaultStore } from "./vaults/store";
import { World } from "./world";

/** What a subscription may send from custom domains before its limits are raised. */
const firstMailLimits = { perMinute: 30, perHour: 100 };

const apiHosts = ["management.azure.com", "login.microsoftonline.com", "api.cloudflare.com"] as const;
type ApiHost = (typeof apiHosts)[number];
const isApiHost = (host: string): host is ApiHost => apiHosts.some((known) => known === host);

type SNICallback = NonNullable<TlsOptions["SNICallback"]>;

export interface ControlPlane {
  readonly cloud: Cloud;
  readonly pluginFolder: string;
  /** Ports of the providers, by package name. */
  readonly providers: Readonly<Record<string, number>>;
  readonly controlPort: number;
  stop(): Promise<void>;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A certificate for every host that is asked for, issued once. */
function certified(issue: (host: string) => Promise<IssuedCertificate>): SNICallback {
  const contexts = new Map<string, Promise<SecureContext>>();
  return (host, callback) => {
    const context =
      contexts.get(host) ?? issue(host).then(({ chain, key }) => createSecureContext({ cert: chain, key }));
    contexts.set(host, context);
    context.then(
      (ready) => callback(null, ready),
      (error: unknown) => {
        contexts.delete(host);
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  };
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Starts the providers, the clouds' HTTP APIs and the control API over parts that are already there. */
export async function startControlPlane(
  settings: CloudSettings,
  parts: Parts,
  networks: Networks,
): Promise<ControlPlane> {
  const world = new World();
  const pace = new Pace();
  const zone = new Zone(settings.zone.id, settings.zone.name, parts);
  const directory = new Directory([settings.operator, settings.smtpApplication]);
  const apis = createHttps({ SNICallback: certified((host) => parts.authority.issue([host])) });
  const apiPort = await listen(apis);
  const cloud: Cloud = {
    settings,
    parts,
    networks,
    world,
    directory,
    pace,
    databases: new Map(),
    validations: new Map(),
    vaults: new VaultStore(),
    appCertificates: new Map(),
    trustedAuthorities: [],
    verifications: new Map(),
    limits: { unregistered: new Set(), quotas: new Map() },
    mailLimits: { ...firstMailLimits },
    suppressed: new Map(),
    apiPort,
    realise: () => realiser.run(),
  };
  const vaultCertificate = await parts.authority.issue(["*.vault.azure.net"]);
  const vaults = createHttps(
    { cert: vaultCertificate.chain, key: vaultCertificate.key },
    serveApis(() => ({ api: vaultApi(cloud), fault: armFault })),
  );
  const vaultPort = await listen(vaults);
  const realiser = new Realiser(cloud, () => vaultPort);

  const azure = createAzure(cloud);
  const packages = [azure, createCloudflare(zone, settings.cloudflareToken), createRandom()];
  const providers = await Promise.all(packages.map((served) => serveProvider(served, world, pace)));
  const ports = Object.fromEntries(providers.map((provider) => [provider.package.name, provider.port]));
  const pluginFolder = path.join(settings.folder, "plugins");
  await writePlugins(pluginFolder, ports);

  const hosted: Readonly<Record<ApiHost, HostedApi>> = {
    "management.azure.com": throttling({ api: armApi(cloud, azure), fault: armFault }, pace),
    "login.microsoftonline.com": { api: loginApi(directory), fault: loginFault },
    "api.cloudflare.com": throttling(
      { api: cloudflareApi(zone, settings.cloudflareToken, world), fault: cloudflareFault },
      pace,
    ),
  };
  const emails = throttling({ api: emailApi(cloud), fault: emailFault }, pace);
  apis.on(
    "request",
    serveApis((host) => {
      if (isApiHost(host)) return hosted[host];
      return host.endsWith(communicationHosts) ? emails : undefined;
    }),
  );
  for (const network of [networks.outside, networks.inside])
    for (const port of [80, 443]) network.add(parts.proxy.address, port, parts.proxy.port);
  for (const host of apiHosts)
    for (const network of [networks.outside, networks.inside]) network.add(host, 443, apiPort);
  const identity = createHttp(serveApis(() => ({ api: identityApi(cloud), fault: identityFault })));
  networks.inside.add(identityHost, identityPort, await listen(identity));

  const answer = controlApi(cloud, zone, realiser);
  const control = createHttp(serveApis(() => ({ api: answer, fault: armFault })));
  const controlPort = await listen(control);
  await realiser.run();

  return {
    cloud,
    pluginFolder,
    providers: ports,
    controlPort,
    stop: async () => {
      await Promise.all([
        ...providers.map((provider) => provider.stop()),
        close(apis),
        close(identity),
        close(vaults),
        close(control),
      ]);
      await realiser.stop();
      for (const validation of cloud.validations.values()) validation.stop();
      await Promise.all([...cloud.databases.values()].map(({ server }) => server.stop()));
    },
  };
}
