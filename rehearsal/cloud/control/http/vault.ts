import { createHash, createPrivateKey, randomUUID } from "node:crypto";
import { z } from "zod";
import { holdsRole, roles } from "../azure/access";
import { readSecret, vaultNamed } from "../azure/keyvault";
import type { Cloud } from "../cloud";
import { CloudFault } from "../fault";
import type { Stored } from "../world";
import { pemCertificates } from "../vaults/certificate";
import { signingRequest } from "../vaults/request";
import { newVersion, type PendingCertificate, type VaultCertificate } from "../vaults/store";
import type { Api, ApiRequest, ApiResponse } from "./json-server";

/** What tokens for every vault's data plane are for. */
const audience = "https://vault.azure.net";

const administrators = [roles.keyVaultAdministrator];
const certificateOfficers = [roles.keyVaultCertificatesOfficer, ...administrators];
const secretOfficers = [roles.keyVaultSecretsOfficer, ...administrators];

const createSchema = z.object({
  policy: z.object({
    key_props: z.object({ kty: z.literal("RSA"), exportable: z.literal(true) }),
    secret_props: z.object({ contentType: z.string() }),
    x509_props: z.object({ subject: z.string(), sans: z.object({ dns_names: z.array(z.string()).min(1) }) }),
    // A request to be signed by whom the vault does not know.
    issuer: z.object({ name: z.literal("Unknown") }),
  }),
});
const mergeSchema = z.object({ x5c: z.array(z.string()).min(1) });
const secretSchema = z.object({ value: z.string() });

const seconds = (date: Date | string = new Date(0)): number => Math.floor(new Date(date).getTime() / 1000);

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const { success, data, error } = schema.safeParse(JSON.parse(body === "" ? "{}" : body));
  if (success) return data;
  throw new CloudFault(400, "BadParameter", `The local vault takes only: ${z.prettifyError(error)}`);
}

/** `<vault>.vault.azure.net`: the data plane of every vault, as far as the official SDKs call it for the operations. */
export function vaultApi(cloud: Cloud): Api {
  return async (request) => {
    const { method, path, host, query, token } = request;
    cloud.world.note("api", `${method} ${host}${path}`);
    const vaultName = host.split(".")[0] ?? "";
    const vault = vaultNamed(cloud, vaultName);
    if (vault === undefined) throw new CloudFault(404, "VaultNotFound", `There is no vault ${vaultName}.`);
    const principal = cloud.directory.holder(token, audience)?.objectId;
    if (principal === undefined) return challenge(cloud);
    if (query.get("api-version") === null)
      throw new CloudFault(400, "BadParameter", "The api-version query parameter is required.");
    const [, collection, name = "", part = ""] = path.split("/");
    const call = { cloud, vault, vaultName, name, part, principal, request };
    if (collection === "certificates" && name !== "") return certificates(call);
    if (collection === "secrets" && name !== "") return secrets(call);
    throw new CloudFault(404, "NotFound", `${method} ${path} is not served by the local vault.`);
  };
}

/** How a vault tells a client where to sign in: the SDK's first request comes without a token and without a body. */
const challenge = ({ settings }: Cloud): ApiResponse => ({
  status: 401,
  headers: {
    "www-authenticate": `Bearer authorization="https://login.microsoftonline.com/${settings.operator.tenantId}", resource="${audience}"`,
  },
  body: { error: { code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token." } },
});

interface Call {
  readonly cloud: Cloud;
  readonly vault: Stored;
  readonly vaultName: string;
  readonly name: string;
  readonly part: string;
  readonly principal: string;
  readonly request: ApiRequest;
}

/** @throws CloudFault where the principal holds none of the roles on the vault. */
function demand(
  { cloud, vault, vaultName, principal }: Call,
  wanted: readonly string[],
  action: string,
): void {
  if (holdsRole(cloud.world, principal, vault.id, wanted)) return;
  throw new CloudFault(
    403,
    "Forbidden",
    `Caller is not authorized to perform action on resource. Caller: oid=${principal}. Action: ` +
      `'Microsoft.KeyVault/vaults/${action}'. Vault: ${vaultName}.`,
  );
}

async function certificates(call: Call): Promise<ApiResponse> {
  const { cloud, vaultName, name, part, request } = call;
  const { method } = request;
  const { vaults } = cloud;
  if (method === "GET" && part !== "pending") {
    demand(call, certificateOfficers, "certificates/read");
    const versions = vaults.certificates(vaultName, name);
    if (part === "versions") return ok({ value: versions.map((each) => shown(call, each)), nextLink: null });
    // As Key Vault shows a certificate that was only begun yet: a version without any content.
    if (part === "" && versions.length === 0 && vaults.pending(vaultName, name) !== undefined)
      return ok(begun(call));
    const found = part === "" ? versions.at(-1) : versions.find(({ version }) => version === part);
    if (found === undefined) throw missing(name);
    return ok({ ...shown(call, found), policy: { secret_props: { contentType: found.contentType } } });
  }
  demand(call, certificateOfficers, "certificates/create/action");
  const pending = vaults.pending(vaultName, name);
  if (method === "POST" && part === "create") {
    if (pending !== undefined)
      throw new CloudFault(
        409,
        "Conflict",
        `There is already a pending certificate operation for ${name}; cancel or delete it first.`,
      );
    const { policy } = parsed(createSchema, request.body);
    const { subject, sans } = policy.x509_props;
    const made = {
      requestId: randomUUID(),
      ...(await signingRequest(subject, sans.dns_names)),
      contentType: policy.secret_props.contentType,
    };
    vaults.setPending(vaultName, name, made);
    return { status: 202, body: operation(call, made) };
  }
  if (part === "pending" && pending === undefined) throw missing(`${name}/pending`);
  if (part === "pending" && pending !== undefined) {
    if (method === "GET") return ok(operation(call, pending));
    if (method === "DELETE") {
      vaults.setPending(vaultName, name, undefined);
      return ok(operation(call, pending));
    }
    if (method === "POST" && request.path.endsWith("/pending/merge")) return merge(call, pending);
  }
  throw new CloudFault(405, "NotSupported", `${method} ${request.path} is not served by the local vault.`);
}

async function merge(call: Call, pending: PendingCertificate): Promise<ApiResponse> {
  const { cloud, vaultName, name, request } = call;
  const { x5c } = parsed(mergeSchema, request.body);
  const chain = x5c
    .map(
      (der) =>
        `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join("\n") ?? ""}\n-----END CERTIFICATE-----\n`,
    )
    .join("");
  const leaf = pemCertificates(chain)[0];
  if (leaf?.checkPrivateKey(createPrivateKey(pending.key)) !== true)
    throw new CloudFault(
      400,
      "BadParameter",
      "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public part of the specified private key.",
    );
  cloud.vaults.setPending(vaultName, name, undefined);
  const made = cloud.vaults.add(vaultName, name, {
    chain,
    key: pending.key,
    contentType: pending.contentType,
  });
  await cloud.realise();
  return { status: 201, body: shown(call, made) };
}

function secrets(call: Call): ApiResponse {
  const { cloud, vaultName, name, request, principal } = call;
  const id = (version: string) => `https://${vaultName}.vault.azure.net/secrets/${name}/${version}`;
  if (request.method === "PUT") {
    demand(call, secretOfficers, "secrets/setSecret/action");
    const { value } = parsed(secretSchema, request.body);
    const { version } = cloud.vaults.setSecret(vaultName, name, value);
    return ok({ id: id(version), value, attributes: { enabled: true } });
  }
  if (request.method !== "GET")
    throw new CloudFault(
      405,
      "NotSupported",
      `${request.method} ${request.path} is not served by the local vault.`,
    );
  demand(call, [roles.keyVaultSecretsUser, ...secretOfficers], "secrets/getSecret/action");
  const held = cloud.vaults.secret(vaultName, name);
  if (held !== undefined)
    return ok({ id: id(held.version), value: held.value, attributes: { enabled: true } });
  const declared = readSecret(cloud, vaultName, name, principal);
  if ("refusal" in declared) throw missing(name);
  return ok({ id: id("current"), value: declared.value, attributes: { enabled: true } });
}

const ok = (body: unknown): ApiResponse => ({ status: 200, body });

const missing = (name: string): CloudFault =>
  new CloudFault(
    404,
    "CertificateNotFound",
    `A certificate or secret with (name/id) ${name} was not found in this key vault.`,
  );

function shown({ vaultName, name }: Call, { version, chain, created }: VaultCertificate): object {
  const leaf = pemCertificates(chain)[0];
  const base = `https://${vaultName}.vault.azure.net`;
  return {
    id: `${base}/certificates/${name}/${version}`,
    kid: `${base}/keys/${name}/${version}`,
    sid: `${base}/secrets/${name}/${version}`,
    cer: leaf?.raw.toString("base64"),
    x5t: createHash("sha1")
      .update(leaf?.raw ?? "")
      .digest("base64url"),
    attributes: {
      enabled: true,
      nbf: seconds(leaf?.validFrom),
      exp: seconds(leaf?.validTo),
      created: seconds(created),
      updated: seconds(created),
    },
  };
}

const begun = ({ vaultName, name }: Call): object => ({
  id: `https://${vaultName}.vault.azure.net/certificates/${name}/${newVersion()}`,
  attributes: { enabled: false },
  pending: { id: `https://${vaultName}.vault.azure.net/certificates/${name}/pending` },
});

const operation = ({ vaultName, name }: Call, { csr, requestId }: PendingCertificate): object => ({
  id: `https://${vaultName}.vault.azure.net/certificates/${name}/pending`,
  issuer: { name: "Unknown" },
  csr,
  cancellation_requested: false,
  status: "inProgress",
  status_details: "Pending certificate created. Please Perform Merge to complete the request.",
  request_id: requestId,
});
