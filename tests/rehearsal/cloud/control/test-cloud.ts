import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type {
  BlobAccount,
  DatabaseServerSettings,
  DeliveredMail,
  DeclaredRecord,
  DomainValidation,
  EdgeRoute,
  IssuedCertificate,
  MailSettings,
  WebAppSettings,
} from "../../../../rehearsal/cloud/contracts";
import { createAzure } from "../../../../rehearsal/cloud/control/azure";
import type { Cloud, Parts } from "../../../../rehearsal/cloud/control/cloud";
import { createCloudflare } from "../../../../rehearsal/cloud/control/cloudflare/package";
import { Zone } from "../../../../rehearsal/cloud/control/cloudflare/zone";
import { Directory } from "../../../../rehearsal/cloud/control/directory";
import type { Json, JsonObject } from "../../../../rehearsal/cloud/control/json";
import type { CloudPackage, Made } from "../../../../rehearsal/cloud/control/package";
import { Pace } from "../../../../rehearsal/cloud/control/pace";
import { Realiser } from "../../../../rehearsal/cloud/control/realise/realiser";
import type { CloudSettings } from "../../../../rehearsal/cloud/control/settings";
import { VaultStore } from "../../../../rehearsal/cloud/control/vaults/store";
import { World } from "../../../../rehearsal/cloud/control/world";
import { RoutingTable } from "../../../../rehearsal/network/routes";

export const zoneId = "0123456789abcdef0123456789abcdef";
export const subscription = "11111111-2222-4333-8444-555555555555";
const tenantId = "22222222-3333-4444-8555-666666666666";

const application = (first: string) => ({
  tenantId,
  applicationId: `${first}0000000-0000-4000-8000-000000000001`,
  objectId: `${first}0000000-0000-4000-8000-000000000002`,
  secret: `secret of ${first}`,
});

/** What the doubles of the realised parts were told. */
export interface Realised {
  readonly records: Map<string, DeclaredRecord>;
  proxied: ReadonlyMap<string, string>;
  routes: readonly EdgeRoute[];
  mail: MailSettings | undefined;
  readonly sent: Omit<DeliveredMail, "at">[];
  readonly certificates: Map<string, IssuedCertificate | undefined>;
  readonly databases: DatabaseServerSettings[];
  readonly databaseNames: string[];
  readonly apps: Map<string, WebAppSettings>;
  readonly containers: string[];
  readonly accounts: Map<string, BlobAccount>;
  /** What lies in storage, by `account/container/blob`. */
  readonly blobs: Map<string, Buffer>;
  stopped: number;
}

const certificate: IssuedCertificate = { chain: "chain", key: "key", expires: new Date(8.64e15) };

class ValidationDouble implements DomainValidation {
  private count = 1;
  readonly tokenExpires = new Date(0);
  state: DomainValidation["state"] = "Pending";
  certificate: IssuedCertificate | undefined;

  constructor(readonly hostName: string) {}

  get token(): string {
    return `token ${this.count} of ${this.hostName}`;
  }
  refresh(): void {
    this.count++;
    this.state = "Pending";
  }
  beginRefresh(): void {
    this.state = "RefreshingValidationToken";
  }
  demandRevalidation(): void {
    this.state = "PendingRevalidation";
  }
  stop(): void {
    this.state = "Rejected";
  }
}

function doubles(realised: Realised): Parts {
  let port = 20_000;
  const stop = (): Promise<void> => {
    realised.stopped++;
    return Promise.resolve();
  };
  return {
    nameServer: {
      port: 1,
      put: (record) => void realised.records.set(record.id, record),
      remove: (id) => void realised.records.delete(id),
      stop,
    },
    proxy: {
      address: "198.51.100.10",
      port: 5,
      configure: (targets) => {
        realised.proxied = targets;
      },
      stop,
    },
    authority: {
      root: "root",
      issue: () => Promise.resolve(certificate),
      validate: (hostName) => new ValidationDouble(hostName),
      stop,
    },
    edge: {
      port: 2,
      configure: (routes) => {
        realised.routes = routes;
      },
      setCertificate: (host, given) => void realised.certificates.set(host, given),
      counts: () => ({}),
      stop,
    },
    blobs: {
      port: 3,
      addAccount: (account) => void realised.accounts.set(account.name, account),
      removeAccount: () => undefined,
      addContainer: (account, container, access) =>
        void realised.containers.push(`${account}/${container} ${access}`),
      removeContainer: () => undefined,
      count: () => 0,
      read: (account, container, blob) => realised.blobs.get(`${account}/${container}/${blob}`),
      stop,
    },
    mail: {
      port: 4,
      configure: (settings) => {
        realised.mail = settings;
      },
      submit: (message) => {
        if (realised.sent.length >= (realised.mail?.limits.perMinute ?? 0)) return "throttled";
        realised.sent.push(message);
        return "accepted";
      },
      counts: () => ({ accepted: 0, deferred: 0, rejected: 0 }),
      delivered: () => [],
      stop,
    },
    startDatabaseServer: (settings) => {
      realised.databases.push(settings);
      return Promise.resolve({
        port: ++port,
        createDatabase: (name) => {
          realised.databaseNames.push(name);
          return Promise.resolve();
        },
        dropDatabase: () => Promise.resolve(),
        stop,
      });
    },
    startWebApp: (settings) => {
      realised.apps.set(settings.name, settings);
      return Promise.resolve({
        port: ++port,
        configure: (next) => {
          realised.apps.set(next.name, next);
          return Promise.resolve();
        },
        stop: () => {
          realised.apps.delete(settings.name);
          return stop();
        },
      });
    },
    lookup: (name, type) =>
      Promise.resolve(
        [...realised.records.values()]
          .filter((record) => record.name === name && record.type === type)
          .map(({ content }) => content),
      ),
  };
}

/** The control plane's packages over doubles of everything that they realise. */
export class TestCloud {
  readonly realised: Realised = {
    records: new Map(),
    proxied: new Map(),
    routes: [],
    mail: undefined,
    sent: [],
    certificates: new Map(),
    databases: [],
    databaseNames: [],
    apps: new Map(),
    containers: [],
    accounts: new Map(),
    blobs: new Map(),
    stopped: 0,
  };
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "control-"));
  readonly settings: CloudSettings = {
    folder: this.folder,
    zone: { id: zoneId, name: "blanklabel.example" },
    subscription,
    operator: application("a"),
    smtpApplication: application("b"),
    operatorAddress: "203.0.113.10",
    cloudflareToken: "cloudflare token",
    controlToken: "control token",
    downloads: {},
    clock: { startedAt: 0, speed: 1 },
    millisecondsPerMailMinute: 60_000,
  };
  readonly cloud: Cloud;
  readonly realiser: Realiser;
  readonly zone: Zone;
  readonly azure: CloudPackage;
  readonly cloudflare: CloudPackage;

  constructor() {
    const parts = doubles(this.realised);
    this.zone = new Zone(zoneId, "blanklabel.example", parts);
    this.cloud = {
      settings: this.settings,
      parts,
      networks: {
        outside: new RoutingTable(path.join(this.folder, "outside.json")),
        inside: new RoutingTable(path.join(this.folder, "inside.json")),
      },
      world: new World(),
      directory: new Directory([this.settings.operator, this.settings.smtpApplication]),
      pace: new Pace(),
      databases: new Map(),
      validations: new Map(),
      vaults: new VaultStore(),
      appCertificates: new Map(),
      trustedAuthorities: [],
      verifications: new Map(),
      limits: { unregistered: new Set(), quotas: new Map() },
      mailLimits: { perMinute: 30, perHour: 100 },
      suppressed: new Map(),
      apiPort: 5,
      realise: () => this.realiser.run(),
    };
    this.realiser = new Realiser(this.cloud);
    this.azure = createAzure(this.cloud);
    this.cloudflare = createCloudflare(this.zone, this.settings.cloudflareToken);
  }

  /** Checks and makes an azure-native resource, as an update does; throws what either refuses. */
  async make(token: string, inputs: JsonObject): Promise<Made> {
    const type = `azure-native:${token}`;
    const checked = this.azure.check({
      type,
      name: "it",
      before: {},
      after: inputs,
      seed: new Uint8Array([1]),
    });
    if (checked.failures.length > 0)
      throw new Error(checked.failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
    return this.azure.create({ type, urn: `urn:${token}`, inputs: checked.inputs, preview: false });
  }

  /** Changes an azure-native resource in place. */
  change(token: string, id: string, inputs: JsonObject): Promise<JsonObject> {
    const type = `azure-native:${token}`;
    return this.azure.update({ type, urn: `urn:${token}`, id, inputs, preview: false, before: {} });
  }

  remove(token: string, id: string): Promise<void> {
    return this.azure.remove(`azure-native:${token}`, id, {});
  }

  record(type: string, name: string, content: string, more: JsonObject = {}): Promise<Made> {
    return this.cloudflare.create({
      type: "cloudflare:index/dnsRecord:DnsRecord",
      urn: `urn:${name}`,
      inputs: { zoneId, type, name: `${name}.blanklabel.example`, content, ttl: 60, ...more },
      preview: false,
    });
  }

  /** The resource group that the others lie in, named `rg`. */
  group(name = "rg"): Promise<Made> {
    return this.make("resources:ResourceGroup", { resourceGroupName: name, location: "westeurope" });
  }

  async stop(): Promise<void> {
    await this.realiser.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An output that has to be a text. */
export function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error(`a text was wanted, not ${JSON.stringify(value)}`);
  return value;
}

/** Inputs of a group's Front Door `door`. */
export const inDoor = { resourceGroupName: "rg", profileName: "door" } as const;
