import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import type { ClockSettings } from "../clock";
import { cleanEnvironment, type NetworkSettings } from "../network/environment";
import { startChild, type Child } from "../processes/child";
import { CloudControl } from "./control/client";
import { cloudReadySchema, type Application, type CloudSettings } from "./control/settings";

export { CloudControl } from "./control/client";

export interface CloudOptions {
  /** An existing folder of the run's own. */
  readonly folder: string;
  /** A folder for `cloud.log`. */
  readonly logs: string;
  /** The zone at Cloudflare; its id is 32 hex digits. */
  readonly zone: { readonly id: string; readonly name: string };
  readonly clock: ClockSettings;
  /** The address that the operator is seen from. */
  readonly operatorAddress: string;
  /** What can be downloaded over https: URL to the absolute path of a file. */
  readonly downloads: Readonly<Record<string, string>>;
  /** Milliseconds that a minute of the mail limits lasts (default: a minute of the clock's). */
  readonly millisecondsPerMailMinute?: number;
  /** Told of the process as soon as it exists. */
  readonly record?: (name: string, pid: number) => Promise<void>;
  /** Gives the start up when aborted. */
  readonly signal?: AbortSignal;
}

/** A local cloud that runs in a process of its own. */
export interface LocalCloud {
  /** To be put first on the engine's PATH. */
  readonly pluginFolder: string;
  readonly network: NetworkSettings;
  /** What an operator's shell has to have: credentials made for this run, good for nothing else. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  /** The operator's service principal, as role assignments name it. */
  readonly operatorObjectId: string;
  /** The Entra application that the shop sends mail by, for the stack's config. */
  readonly smtpApplication: Application;
  readonly control: CloudControl;
  readonly name: string;
  readonly pid: number;
  /** Settles when the process is gone, asked to or not. */
  readonly ended: Child<unknown>["ended"];
  readonly failure: Child<unknown>["failure"];
  stop(): Promise<void>;
}

const secretText = (): string => randomBytes(24).toString("base64url");

const application = (tenantId: string): Application => ({
  tenantId,
  applicationId: randomUUID(),
  objectId: randomUUID(),
  secret: secretText(),
});

/**
 * Starts the local cloud: its providers, what they realise, and the clouds' HTTP APIs.
 *
 * @throws Error when it is not ready in time; the message names its log.
 */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const tenant = randomUUID();
  const settings: CloudSettings = {
    folder: options.folder,
    zone: { ...options.zone },
    clock: { ...options.clock },
    operatorAddress: options.operatorAddress,
    downloads: { ...options.downloads },
    millisecondsPerMailMinute: options.millisecondsPerMailMinute ?? 60_000 / options.clock.speed,
    subscription: randomUUID(),
    operator: application(tenant),
    smtpApplication: application(tenant),
    cloudflareToken: secretText(),
    controlToken: secretText(),
  };
  const child = await startChild<unknown>({
    name: "cloud",
    module: path.join(__dirname, "main.ts"),
    settings,
    env: cleanEnvironment(),
    logs: options.logs,
    ...(options.record === undefined ? {} : { record: options.record }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const ready = cloudReadySchema.parse(child.ready);
  const { operator, subscription } = settings;
  return {
    pluginFolder: ready.pluginFolder,
    network: { routes: ready.routes, nameServerPort: ready.nameServerPort, authority: ready.authority },
    operatorEnvironment: {
      AZURE_TENANT_ID: operator.tenantId,
      AZURE_CLIENT_ID: operator.applicationId,
      AZURE_CLIENT_SECRET: operator.secret,
      AZURE_SUBSCRIPTION_ID: subscription,
      ARM_TENANT_ID: operator.tenantId,
      ARM_CLIENT_ID: operator.applicationId,
      ARM_CLIENT_SECRET: operator.secret,
      ARM_SUBSCRIPTION_ID: subscription,
      CLOUDFLARE_API_TOKEN: settings.cloudflareToken,
    },
    operatorObjectId: operator.objectId,
    smtpApplication: settings.smtpApplication,
    control: new CloudControl(ready.controlPort, settings.controlToken),
    name: child.name,
    pid: child.pid,
    ended: child.ended,
    failure: () => child.failure(),
    stop: () => child.stop(),
  };
}
