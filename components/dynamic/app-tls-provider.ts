import { setTimeout as pause } from "node:timers/promises";
import type { CreateResult, DiffResult, ReadResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { z } from "zod";
import { azureCredential } from "../../operations/azure-credential";
import { checked } from "./checked";
import type { Patience } from "./mail-verification-provider";

/** The API version of Microsoft.Web in which both are read and written. */
const apiVersion = "2024-11-01";

const inputs = z.object({ bindingId: z.string(), certificateId: z.string(), hostName: z.string() });
type Inputs = Readonly<z.infer<typeof inputs>>;

const properties = z.record(z.string(), z.unknown());
export type Properties = z.infer<typeof properties>;

/** What is read and written of App Service: properties by ARM id. */
export interface AppServiceApi {
  /** Undefined where there is no such thing. */
  read(id: string): Promise<Properties | undefined>;
  write(id: string, properties: Properties): Promise<void>;
}

/** Azure answers before the certificate is issued; about ten minutes. */
const patience: Patience = { first: 1_000, most: 15_000, looks: 45, wait: pause };

/** What a binding is made of beside what Azure works out. */
const writable = [
  "siteName",
  "hostNameType",
  "customHostNameDnsRecordType",
  "azureResourceName",
  "azureResourceType",
];

const kept = (binding: Properties): Properties =>
  Object.fromEntries(
    Object.entries(binding).filter(([key, value]) => writable.includes(key) && value !== null),
  );

/**
 * Waits for the certificate's thumbprint, then binds by it.
 * @throws Error naming the host, what is missing and the fix
 */
export async function bindTls(
  api: AppServiceApi,
  { bindingId, certificateId, hostName }: Inputs,
  { first, most, looks, wait }: Patience,
): Promise<void> {
  let pauseFor = first;
  for (let look = 1; ; look++) {
    const thumbprint = (await api.read(certificateId))?.["thumbprint"];
    if (typeof thumbprint === "string" && thumbprint !== "") {
      const binding = await api.read(bindingId);
      if (binding === undefined)
        throw new Error(`${hostName} is not bound to its app any more. Fix: run pulumi up --refresh`);
      await api.write(bindingId, { ...kept(binding), sslState: "SniEnabled", thumbprint });
      return;
    }
    if (look === looks)
      throw new Error(
        `the certificate for ${hostName} is not issued yet. Fix: see that ${hostName} leads straight to the app's own host ` +
          "name and is not proxied, and that no CAA record forbids digicert.com, then run pulumi up again",
      );
    await wait(pauseFor);
    pauseFor = Math.min(most, pauseFor * 1.5);
  }
}

/** Takes the certificate off, so that it can be deleted. */
export async function unbindTls(api: AppServiceApi, bindingId: string): Promise<void> {
  const binding = await api.read(bindingId);
  if (binding !== undefined) await api.write(bindingId, { ...kept(binding), sslState: "Disabled" });
}

async function appService(bindingId: string): Promise<AppServiceApi> {
  const { ResourceManagementClient } = await import("@azure/arm-resources");
  const subscription = /^\/subscriptions\/([^/]+)\//.exec(bindingId)?.[1] ?? "";
  const { resources } = new ResourceManagementClient(await azureCredential(), subscription);
  /** The SDK puts a slash before it. */
  const path = (id: string): string => id.replace(/^\//, "");
  return {
    read: async (id) => {
      try {
        return properties.parse((await resources.getById(path(id), apiVersion)).properties);
      } catch (error) {
        if (z.object({ statusCode: z.literal(404) }).safeParse(error).success) return undefined;
        throw error;
      }
    },
    write: async (id, given) => {
      await resources.beginCreateOrUpdateByIdAndWait(path(id), apiVersion, { properties: given });
    },
  };
}

/** Run by Pulumi's provider for dynamic resources. */
export const provider: ResourceProvider = {
  check: (_olds: unknown, news: unknown) => Promise.resolve(checked(inputs, news)),
  diff: (_id: string, olds: unknown, news: unknown): Promise<DiffResult> => {
    const [before, after] = [inputs.parse(olds), inputs.parse(news)];
    const replaces = inputs.keyof().options.filter((key) => before[key] !== after[key]);
    // A certificate that is bound cannot be deleted.
    return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: true });
  },
  create: async (news: unknown): Promise<CreateResult> => {
    const given = inputs.parse(news);
    await bindTls(await appService(given.bindingId), given, patience);
    return { id: given.bindingId, outs: given };
  },
  read: async (id: string, props: unknown): Promise<ReadResult> => {
    const binding = await (await appService(id)).read(id);
    return binding?.["sslState"] === "SniEnabled" ? { id, props: inputs.parse(props) } : {};
  },
  delete: async (id: string) => unbindTls(await appService(id), id),
};
