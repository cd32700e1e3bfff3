import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { withoutVersionAliases } from "../../stacks/version-aliases";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What came of it: the inputs, and what a provider answers beside them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
  /** Names of the resources that an input is made from, by input. */
  readonly from: Readonly<Record<string, readonly string[]>>;
}

/** What a provider would answer beside the inputs, by type; only what the program reads. */
function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "random:index/randomString:RandomString":
      return { result: "abc123" };
    case "random:index/randomPassword:RandomPassword":
      return { result: "Passw0rdOfThirtyTwoCharacters000" };
    case "random:index/randomUuid:RandomUuid":
      return { result: "99999999-8888-4777-8666-555555555555" };
    case "azure-native:cdn:Profile":
      return {
        frontDoorId: "44444444-5555-4666-8777-888888888888",
        ...(inputs["identity"] === undefined
          ? {}
          : {
              identity: {
                ...(inputs["identity"] as object),
                principalId: "66666666-7777-4888-8999-aaaaaaaaaaaa",
              },
            }),
      };
    case "azure-native:cdn:AFDEndpoint":
      return { hostName: `${String(inputs["endpointName"])}-hash.z01.azurefd.net` };
    case "azure-native:cdn:AFDCustomDomain":
      return { validationProperties: { validationToken: "token-at-create" } };
    case "azure-native:dbforpostgresql:Server":
      return { fullyQualifiedDomainName: `${String(inputs["serverName"])}.postgres.database.azure.com` };
    case "azure-native:dbformysql:Server":
      return { fullyQualifiedDomainName: `${String(inputs["serverName"])}.mysql.database.azure.com` };
    case "azure-native:sql:Server":
      return { fullyQualifiedDomainName: `${String(inputs["serverName"])}.database.windows.net` };
    case "azure-native:storage:StorageAccount":
      return {
        primaryEndpoints: { blob: `https://${String(inputs["accountName"])}.blob.core.windows.net/` },
      };
    case "azure-native:keyvault:Vault":
      return {
        properties: {
          ...(inputs["properties"] as object),
          vaultUri: `https://${String(inputs["vaultName"])}.vault.azure.net/`,
        },
      };
    case "azure-native:managedidentity:UserAssignedIdentity":
      return { principalId: "55555555-6666-4777-8888-999999999999", clientId: "client-id" };
    case "azure-native:web:WebApp":
      return {
        defaultHostName: `${String(inputs["name"])}.azurewebsites.net`,
        customDomainVerificationId: "APPVERIFICATION",
      };
    case "azure-native:applicationinsights:Component":
      return { connectionString: "InstrumentationKey=key" };
    case "azure-native:communication:CommunicationService":
      return { hostName: `${String(inputs["communicationServiceName"])}.europe.communication.azure.com` };
    case "azure-native:communication:Domain": {
      const domain = String(inputs["domainName"]);
      return {
        verificationRecords: {
          domain: { type: "TXT", name: domain, value: "ms-domain-verification=proof", ttl: 3600 },
          sPF: {
            type: "TXT",
            name: domain,
            value: "v=spf1 include:spf.protection.outlook.com -all",
            ttl: 3600,
          },
          dKIM: {
            type: "CNAME",
            name: "selector1-azurecomm-prod-net._domainkey",
            value: "selector1-azurecomm-prod-net._domainkey.azurecomm.net",
            ttl: 3600,
          },
          dKIM2: {
            type: "CNAME",
            name: "selector2-azurecomm-prod-net._domainkey",
            value: "selector2-azurecomm-prod-net._domainkey.azurecomm.net",
            ttl: 3600,
          },
        },
      };
    }
    case "pulumi-nodejs:dynamic/standby:AcmeCertificate":
      return { vaultSecretId: `${String(inputs["vaultId"])}/secrets/${String(inputs["certificateName"])}` };
    case "pulumi-nodejs:dynamic/standby:MailVerification":
      return { verifiedDomainId: inputs["domainId"] };
    case "pulumi-nodejs:dynamic/standby:PackageUpload": {
      const { account, container, label } = inputs;
      return {
        url: `https://${String(account)}.blob.core.windows.net/${String(container)}/${String(label)}-0123456789ab.zip`,
        version: "0123456789ab",
      };
    }
    case "pulumi:pulumi:StackReference":
      return {
        name,
        outputs: {
          standbyHost: "blanklabel-standby-abc123-hash.z01.azurefd.net",
          primaryHost: "blanklabel-primary-abc123.azurewebsites.net",
          location: "northeurope",
          databaseUrl:
            "postgres://shopadmin:secret@blanklabel-primary-abc123.postgres.database.azure.com:5432/shop",
          databaseServerId: "/id/Server/primary-database",
        },
        secretOutputNames: ["databaseUrl"],
      };
    default:
      return {};
  }
}

/** The input that names a resource in Azure, for each type whose output `name` the program reads. */
const ownName: Readonly<Record<string, string>> = {
  "azure-native:resources:ResourceGroup": "resourceGroupName",
  "azure-native:network:VirtualNetwork": "virtualNetworkName",
  "azure-native:network:PrivateEndpoint": "privateEndpointName",
  "azure-native:privatedns:PrivateZone": "privateZoneName",
  "azure-native:dbforpostgresql:Server": "serverName",
  "azure-native:dbforpostgresql:Database": "databaseName",
  "azure-native:dbformysql:Server": "serverName",
  "azure-native:dbformysql:Database": "databaseName",
  "azure-native:sql:Server": "serverName",
  "azure-native:sql:Database": "databaseName",
  "azure-native:keyvault:Vault": "vaultName",
  "azure-native:keyvault:Secret": "secretName",
  "azure-native:cdn:Profile": "profileName",
  "azure-native:cdn:AFDEndpoint": "endpointName",
  "azure-native:cdn:AFDOriginGroup": "originGroupName",
  "azure-native:cdn:RuleSet": "ruleSetName",
  "azure-native:cdn:AFDCustomDomain": "customDomainName",
  "azure-native:storage:StorageAccount": "accountName",
  "azure-native:storage:BlobContainer": "containerName",
  "azure-native:communication:EmailService": "emailServiceName",
  "azure-native:communication:Domain": "domainName",
  "azure-native:communication:CommunicationService": "communicationServiceName",
};

class Recorder implements pulumi.runtime.Mocks {
  readonly registered: Registered[] = [];
  /** Types and names of the resources that are protected, which mocks are not told of. */
  readonly guarded = new Set<string>();
  /** What each resource's inputs are made from, which mocks are not told of either. */
  readonly from = new Map<string, Registered["from"]>();
  /** Answers of the function that tells a domain's token; replaced by tests. */
  tokens: (string | undefined)[] = [];

  newResource(args: pulumi.runtime.MockResourceArgs) {
    const inputs = args.inputs as Record<string, unknown>;
    const key = `${args.type} ${args.name}`;
    const protect = this.guarded.has(key);
    const from = this.from.get(key) ?? {};
    const named = ownName[args.type];
    const outputs = {
      ...inputs,
      ...(named === undefined ? {} : { name: inputs[named] }),
      ...outputsOf(args.type, args.name, inputs),
    };
    this.registered.push({ type: args.type, name: args.name, inputs, outputs, protect, from });
    return { id: `/id/${args.type.split(":").slice(-1).join("")}/${args.name}`, state: outputs };
  }

  call(args: pulumi.runtime.MockCallArgs) {
    if (args.token === "azure-native:authorization:getClientConfig")
      return {
        clientId: "client",
        objectId: "object",
        subscriptionId: "00000000-1111-4222-8333-444444444444",
        tenantId: "11111111-2222-4333-8444-555555555555",
      };
    if (args.token === "azure-native:cdn:getAFDCustomDomain") {
      const token = this.tokens.length > 0 ? this.tokens.shift() : "token-now";
      return token === undefined ? {} : { validationProperties: { validationToken: token } };
    }
    // A zone without the name, and a stack without a first update: nothing that the gate would hold up.
    if (args.token === "cloudflare:index/getDnsRecords:getDnsRecords") return { results: [] };
    if (args.token === "pulumi:pulumi:readStackOutputs") return { outputs: {} };
    throw new Error(`the program called ${args.token}, which no mock answers`);
  }
}

/** Runs a program under Pulumi's mocks and gives what it registered once every promise of it has settled. */
export async function runMocked(stack: string, program: () => unknown, tokens: (string | undefined)[] = []) {
  const recorder = new Recorder();
  recorder.tokens = tokens;
  // Pulumi's SDK writes down a stack trace for every property, and Jest looks each of its lines up.
  const lines = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await registering(recorder, stack, program);
  } finally {
    Error.stackTraceLimit = lines;
  }
}

async function registering(recorder: Recorder, stack: string, program: () => unknown) {
  await pulumi.runtime.setMocks(recorder, "warm-standby", stack, false, "organization");
  noteDependencies(recorder);
  await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      if (opts.protect === true) recorder.guarded.add(`${type} ${name}`);
      return undefined;
    });
    // As index.ts does: without them, what is declared is the same and takes half the time.
    pulumi.runtime.registerStackTransformation(withoutVersionAliases);
    return Promise.resolve(program());
  });
  // Registrations go on after the program has returned; this waits for the last of them.
  await pulumi.runtime.disconnect();
  return { registered: recorder.registered };
}

/** A registration as the SDK sends it; its own type says that it is anything. */
interface Registration {
  getType(): string;
  getName(): string;
  getPropertydependenciesMap(): {
    forEach(each: (value: { getUrnsList(): string[] }, input: string) => void): void;
  };
}

/** Notes what inputs are made from on the way to the mocks. */
function noteDependencies(recorder: Recorder): void {
  const monitor: unknown = pulumi.runtime.getMonitor();
  if (!(monitor instanceof MockMonitor)) throw new Error("Pulumi runs without its mocks");
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Registration, callback) => {
    const from: Record<string, readonly string[]> = {};
    request.getPropertydependenciesMap().forEach((value, input) => {
      from[input] = value.getUrnsList().map((urn) => urn.split("::").slice(3).join("::"));
    });
    recorder.from.set(`${request.getType()} ${request.getName()}`, from);
    return register(request, callback);
  };
}

/** The one resource of a type and name. */
export function one(registered: readonly Registered[], type: string, name: string): Registered["inputs"] {
  const found = registered.filter((each) => each.type === type && each.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(
      `${String(found.length)} resources ${type} ${name}; there are ${registered.map((each) => `${each.type} ${each.name}`).join(", ")}`,
    );
  return only.inputs;
}

/** Every resource but the stack and components, as `type name` → its inputs. */
export function declared(registered: readonly Registered[]): Readonly<Record<string, Registered["inputs"]>> {
  return Object.fromEntries(
    registered
      .filter(({ type }) => !type.startsWith("warm-standby:") && type !== "pulumi:pulumi:Stack")
      .map(({ type, name, inputs }) => [`${type} ${name}`, inputs]),
  );
}

/** A secret as Pulumi hands it to a provider. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
