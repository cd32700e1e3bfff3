import path from "node:path";
import type { IssuedCertificate, WebApp, WebAppSettings } from "../contracts";
import { instanceEnvironment } from "./environment";
import { startFrontEnd } from "./front-end";
import { Instance } from "./instance";

/** What the platform has for every web app. */
export interface WebAppPlatform {
  /** The certificate of a host name, where it has one of its own; `<name>.azurewebsites.net` always has. */
  certificateFor(hostName: string): Promise<IssuedCertificate | undefined>;
  /** The environment of every process, beside what is declared: the rehearsal's network, no credentials. */
  readonly spawnEnvironment: NodeJS.ProcessEnv;
  /** Folder for `<name>-<instance>.log`. */
  readonly logs: string;
}

/**
 * Starts a web app: `instances` processes of its package, each of which must listen on `PORT`, behind
 * a front end.
 *
 * As on App Service, an app that does not come up fails no deployment: it answers 503, its log says why, and it is
 * started again at growing intervals.
 */
export async function startWebApp(settings: WebAppSettings, platform: WebAppPlatform): Promise<WebApp> {
  let current = settings;
  let instances: Instance[] = [];
  let turn = 0;
  let stopped = false;

  /** Every instance that is not yet gone, in rotation or not. */
  const alive = new Set<Instance>();

  const start = (wanted: WebAppSettings, index: number): Instance => {
    const instance = new Instance({
      name: `${wanted.name}-${String(index)}`,
      folder: wanted.folder,
      command: wanted.command,
      environment: instanceEnvironment(wanted, index, platform.spawnEnvironment),
      log: path.join(platform.logs, `${wanted.name}-${String(index)}.log`),
    });
    alive.add(instance);
    return instance;
  };
  const end = async (instance: Instance): Promise<void> => {
    await instance.stop();
    alive.delete(instance);
  };

  const next = (): Instance | undefined => {
    const up = instances.filter(({ port }) => port !== undefined);
    return up[turn++ % up.length];
  };

  /** New processes take over before the old ones go, so that a restart is no outage. */
  const apply = async (wanted: WebAppSettings): Promise<void> => {
    const kept = sameProcess(current, wanted) ? instances.slice(0, wanted.instances) : [];
    const fresh = Array.from({ length: wanted.instances - kept.length }, (_, n) =>
      start(wanted, kept.length + n),
    );
    const old = instances.filter((instance) => !kept.includes(instance));
    current = wanted;
    await Promise.all(fresh.map(({ settled }) => settled));
    instances = [...kept, ...fresh];
    await Promise.all(old.map(end));
  };

  const frontEnd = await startFrontEnd({
    settings: () => current,
    next,
    certificateFor: (hostName) => platform.certificateFor(hostName),
  });

  let last = apply(settings);
  await last;
  return {
    port: frontEnd.port,
    configure: (wanted) => {
      // One change after the other, in the order in which they were declared.
      last = last.then(() => (stopped ? undefined : apply(wanted)));
      return last;
    },
    stop: async () => {
      stopped = true;
      await frontEnd.stop();
      await Promise.all([...alive].map(end));
      await last;
    },
  };
}

function sameProcess(left: WebAppSettings, right: WebAppSettings): boolean {
  const process = ({ name, folder, command, hostNames: [hostName], environment }: WebAppSettings): string =>
    JSON.stringify([
      name,
      folder,
      command,
      hostName,
      Object.entries(environment).sort(([one], [other]) => (one < other ? -1 : 1)),
    ]);
  return process(left) === process(right);
}
