import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { Issuer, newKeys } from "../../../../rehearsal/cloud/authority/issuer";
import type { ApiRequest, ApiResponse } from "../../../../rehearsal/cloud/control/http/json-server";
import { vaultApi } from "../../../../rehearsal/cloud/control/http/vault";
import { TestCloud, subscription } from "./test-cloud";

const roleIds = {
  certificates: "a4417e6f-fecd-4de8-b567-7b0420556985",
  secrets: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
} as const;
const base = "https://certs.vault.azure.net";
const policy = {
  key_props: { kty: "RSA", exportable: true, key_size: 2048, reuse_key: false },
  secret_props: { contentType: "application/x-pkcs12" },
  x509_props: { subject: "CN=www.blanklabel.example", sans: { dns_names: ["www.blanklabel.example"] } },
  issuer: { name: "Unknown" },
};

let cloud: TestCloud;
let token: string;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("keyvault:Vault", {
    resourceGroupName: "rg",
    location: "westeurope",
    vaultName: "certs",
    properties: {
      tenantId: cloud.settings.operator.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
    },
  });
  token = cloud.cloud.directory.issue(cloud.settings.operator, "https://vault.azure.net");
});
afterEach(() => cloud.stop());

async function ask(
  method: string,
  path: string,
  body?: object,
  more: Partial<ApiRequest> = {},
): Promise<ApiResponse> {
  const { host, pathname, searchParams } = new URL(`${base}${path}?api-version=2025-07-01`);
  const text = body === undefined ? "" : JSON.stringify(body);
  const request = { method, host, path: pathname, query: searchParams, token, headers: {}, body: text };
  return vaultApi(cloud.cloud)({ ...request, ...more });
}
const grant = (role: keyof typeof roleIds) =>
  cloud.make("authorization:RoleAssignment", {
    scope: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/certs`,
    roleAssignmentName: `99999999-8888-4777-8666-55555555555${role === "secrets" ? "1" : "2"}`,
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`,
    principalId: cloud.settings.operator.objectId,
  });

/** Signs what a vault asks for, or a key of somebody else's. */
async function signed(csr: string, otherKey = false): Promise<string> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr, "base64"));
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: request.subject,
    issuer: "CN=Signer",
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    signingKey: keys.privateKey,
    publicKey: otherKey ? keys.publicKey : request.publicKey,
  });
  return Buffer.from(leaf.rawData).toString("base64");
}
const field = (answer: ApiResponse, name: string): string => String(Reflect.get(Object(answer.body), name));

test("without a token it says where to sign in; one for another audience is none", async () => {
  const challenge = {
    status: 401,
    headers: {
      "www-authenticate": `Bearer authorization="https://login.microsoftonline.com/${cloud.settings.operator.tenantId}", resource="https://vault.azure.net"`,
    },
  };
  expect(await ask("GET", "/secrets/it/", undefined, { token: "" })).toMatchObject(challenge);
  const other = cloud.cloud.directory.issue(cloud.settings.operator, "https://storage.azure.com");
  expect(await ask("GET", "/secrets/it/", undefined, { token: other })).toMatchObject(challenge);
});

test("owning the subscription is not enough: each half wants its role", async () => {
  const denied = "Caller is not authorized to perform action on resource.";
  await expect(ask("GET", "/certificates/edge/")).rejects.toThrow(denied);
  await expect(ask("POST", "/certificates/edge/create", { policy })).rejects.toThrow(denied);
  await expect(ask("PUT", "/secrets/it", { value: "v" })).rejects.toThrow(denied);
  await grant("certificates");
  await expect(ask("GET", "/secrets/it/")).rejects.toThrow(denied);
  await grant("secrets");
  await expect(ask("GET", "/secrets/it/")).rejects.toThrow("it was not found in this key vault");
});

test("a secret that was set is given back, its newest version", async () => {
  await grant("secrets");
  await ask("PUT", "/secrets/it", { value: "first" });
  await ask("PUT", "/secrets/it", { value: "second" });
  expect(await ask("GET", "/secrets/it/")).toMatchObject({ status: 200, body: { value: "second" } });
});

test("a certificate's key stays in the vault: it is requested, signed elsewhere, and merged", async () => {
  await grant("certificates");
  await expect(ask("GET", "/certificates/edge/")).rejects.toThrow("edge was not found");
  const begun = await ask("POST", "/certificates/edge/create", { policy });
  expect(begun).toMatchObject({ status: 202, body: { status: "inProgress", issuer: { name: "Unknown" } } });
  expect((await ask("GET", "/certificates/edge/")).body).toMatchObject({ attributes: { enabled: false } });
  const csr = field(await ask("GET", "/certificates/edge/pending"), "csr");
  expect(new x509.Pkcs10CertificateRequest(Buffer.from(csr, "base64")).subject).toBe(
    "CN=www.blanklabel.example",
  );

  await expect(
    ask("POST", "/certificates/edge/pending/merge", { x5c: [await signed(csr, true)] }),
  ).rejects.toThrow("does not match the public part of the specified private key");
  expect(await ask("POST", "/certificates/edge/pending/merge", { x5c: [await signed(csr)] })).toMatchObject({
    status: 201,
  });
  await expect(ask("GET", "/certificates/edge/pending")).rejects.toThrow("edge/pending was not found");
  const shown = await ask("GET", "/certificates/edge/");
  expect(field(shown, "id")).toMatch(
    /^https:\/\/certs\.vault\.azure\.net\/certificates\/edge\/[0-9a-f]{32}$/,
  );
  const { value } = (await ask("GET", "/certificates/edge/versions")).body as { value: { id: string }[] };
  expect(value.map(({ id }) => id)).toEqual([field(shown, "id")]);
  expect(cloud.cloud.vaults.latest("certs", "edge")?.contentType).toBe("application/x-pkcs12");
});

test("one request at a time: a second waits until the first is given up", async () => {
  await grant("certificates");
  await ask("POST", "/certificates/edge/create", { policy });
  await expect(ask("POST", "/certificates/edge/create", { policy })).rejects.toThrow(
    "There is already a pending certificate operation for edge",
  );
  await ask("DELETE", "/certificates/edge/pending");
  expect(await ask("POST", "/certificates/edge/create", { policy })).toMatchObject({ status: 202 });
});

test("what it does not know is refused", async () => {
  await grant("certificates");
  const self = { policy: { ...policy, issuer: { name: "Self" } } };
  await expect(ask("POST", "/certificates/edge/create", self)).rejects.toThrow("The local vault takes only");
  await expect(ask("GET", "/keys/edge/")).rejects.toThrow(
    "GET /keys/edge/ is not served by the local vault.",
  );
  await expect(ask("PATCH", "/certificates/edge/")).rejects.toThrow("is not served by the local vault");
  await expect(
    ask("GET", "/certificates/edge/", undefined, { query: new URLSearchParams() }),
  ).rejects.toThrow("api-version");
  await expect(
    ask("GET", "/certificates/edge/", undefined, { host: "none.vault.azure.net" }),
  ).rejects.toThrow("There is no vault none.");
});

test("a vault's content goes with it", async () => {
  const { chain, key } = await (await Issuer.create()).issue(["www.blanklabel.example"], "rsa");
  cloud.cloud.vaults.add("certs", "edge", { chain, key, contentType: "application/x-pkcs12" });
  await cloud.remove(
    "keyvault:Vault",
    `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/certs`,
  );
  expect(cloud.cloud.vaults.latest("certs", "edge")).toBeUndefined();
});
