import { Issuer } from "../../../../rehearsal/cloud/authority/issuer";
import { giveCertificate } from "../../../../rehearsal/cloud/control/vaults/given";
import { TestCloud, inDoor, subscription } from "./test-cloud";

const vaultId = `/subscriptions/${subscription}/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/certs`;
const host = "www.blanklabel.example";

let issuer: Issuer;
let cloud: TestCloud;
beforeAll(async () => {
  issuer = await Issuer.create();
});
beforeEach(async () => {
  cloud = new TestCloud();
  cloud.cloud.trustedAuthorities.push(issuer.root);
  await cloud.group();
});
afterEach(() => cloud.stop());

const profile = async (identity: object = { identity: { type: "SystemAssigned" } }) => {
  const made = await cloud.make("cdn:Profile", {
    ...inDoor,
    location: "global",
    sku: { name: "Standard_AzureFrontDoor" },
    ...identity,
  });
  return String(Reflect.get(Object(made.state["identity"]), "principalId"));
};
const mayRead = (principalId: string) =>
  cloud.make("authorization:RoleAssignment", {
    scope: vaultId,
    roleAssignmentName: "99999999-8888-4777-8666-555555555555",
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
    principalId,
    principalType: "ServicePrincipal",
  });
const secret = (id = `${vaultId}/secrets/shop`, more = {}) =>
  cloud.make("cdn:Secret", {
    ...inDoor,
    secretName: "certificate",
    parameters: { type: "CustomerCertificate", secretSource: { id }, useLatestVersion: true, ...more },
  });
const domain = (tls: object, hostName = host) =>
  cloud.make("cdn:AFDCustomDomain", {
    ...inDoor,
    customDomainName: hostName.replaceAll(".", "-"),
    hostName,
    tlsSettings: { certificateType: "CustomerCertificate", ...tls },
  });
async function give(names = [host], keyType: "ec" | "rsa" = "rsa", by = issuer) {
  const issued = await by.issue(names, keyType);
  giveCertificate(cloud.cloud, `${vaultId}/secrets/shop`, issued);
  await cloud.cloud.realise();
  return issued;
}
const served = () => cloud.realised.certificates.get(host)?.chain;

test("a certificate of one's own is served, approved without any record, and followed by its newest version", async () => {
  const first = await give();
  await mayRead(await profile());
  const { id } = await secret();
  const { state } = await domain({ secret: { id } });
  expect(state).toMatchObject({ domainValidationState: "Approved", deploymentStatus: "Succeeded" });
  expect(served()).toBe(first.chain);
  const second = await give();
  expect(served()).toBe(second.chain);
  // One that cannot be served leaves the last in place, as it does at Front Door.
  await give(["other.blanklabel.example"]);
  expect(served()).toBe(second.chain);
});

test("a domain that had a managed certificate is no longer validated", async () => {
  await give();
  await mayRead(await profile());
  const { id: secretId } = await secret();
  const managed = await domain({ certificateType: "ManagedCertificate" });
  expect(cloud.cloud.validations.size).toBe(1);
  await cloud.change("cdn:AFDCustomDomain", managed.id, {
    ...inDoor,
    customDomainName: "www-blanklabel-example",
    hostName: host,
    tlsSettings: { certificateType: "CustomerCertificate", secret: { id: secretId } },
  });
  expect(cloud.cloud.validations.size).toBe(0);
});

describe("a profile's secret is refused", () => {
  test("where it is of a kind that is not rehearsed", async () => {
    await profile();
    await expect(secret(undefined, { useLatestVersion: false })).rejects.toThrow(
      "Secret certificate: the local cloud knows secrets of type CustomerCertificate with useLatestVersion only.",
    );
  });

  test("where its source is no secret of a vault", async () => {
    await profile();
    await expect(secret(vaultId)).rejects.toThrow(
      `secretSource.id is "${vaultId}"; the id of a vault's secret`,
    );
  });

  test("where its vault is another subscription's, or is not there", async () => {
    await profile();
    const elsewhere = vaultId.replace(subscription, "99999999-2222-4333-8444-555555555555");
    await expect(secret(`${elsewhere}/secrets/shop`)).rejects.toThrow(
      `The vault of ${elsewhere}/secrets/shop lies in another subscription than the profile`,
    );
    await expect(secret()).rejects.toThrow(`The vault of ${vaultId}/secrets/shop was not found.`);
  });

  test("where the profile has no identity, or one that may not read the vault yet", async () => {
    await give();
    await profile({});
    await expect(secret()).rejects.toThrow("Profile door has no managed identity to read");
    const { id } = (await cloud.azure.read({
      type: "azure-native:cdn:Profile",
      id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Cdn/profiles/door`,
      inputs: {},
      state: {},
    })) ?? { id: "" };
    await cloud.remove("cdn:Profile", id);
    await profile();
    await expect(secret()).rejects.toThrow(
      "The managed identity of profile door does not have access to vault certs: it needs the role Key Vault Secrets User there",
    );
  });

  test("where the vault has no such certificate", async () => {
    await give();
    await mayRead(await profile());
    await expect(secret(`${vaultId}/secrets/none`)).rejects.toThrow("Vault certs has no certificate none.");
  });

  test.each([
    ["its key is elliptic", () => give([host], "ec"), "its key is ec; Front Door takes RSA only"],
    [
      "its authority is not on the list",
      async () => give([host], "rsa", await Issuer.create()),
      "its chain does not lead to an authority of Microsoft's list",
    ],
    ["it has expired", async () => give([host], "rsa", await expired()), "it has expired: "],
    [
      "it was not imported from a PFX file",
      async () => {
        const { chain, key } = await give();
        cloud.cloud.vaults.add("certs", "shop", { chain, key, contentType: "application/x-pem-file" });
      },
      "its content type is application/x-pem-file; it has to be imported from a PFX file",
    ],
    [
      "it holds nothing",
      async () => {
        await give();
        cloud.cloud.vaults.add("certs", "shop", { chain: "", key: "", contentType: "application/x-pkcs12" });
      },
      "it holds no certificate",
    ],
  ])("where %s", async (_why, prepare, message) => {
    await prepare();
    await mayRead(await profile());
    await expect(secret()).rejects.toThrow(
      `The certificate ${vaultId}/secrets/shop cannot be used at the edge: ${message}`,
    );
  });

  /** An authority on the list whose certificates have ended. */
  async function expired(): Promise<Issuer> {
    const old = await Issuer.create(() => Date.now() - 300 * 86_400_000);
    cloud.cloud.trustedAuthorities.push(old.root);
    return old;
  }
});

describe("a domain is refused", () => {
  test("without a secret, or with one that is none of the profile's", async () => {
    await give();
    await mayRead(await profile());
    await expect(domain({})).rejects.toThrow(
      `tlsSettings of ${host}: certificateType CustomerCertificate needs secret.id, a secret of the profile.`,
    );
    await expect(domain({ secret: { id: `${vaultId}/secrets/shop` } })).rejects.toThrow(
      `tlsSettings of ${host}: ${vaultId}/secrets/shop is not a secret of profile door.`,
    );
  });

  test("whose name the certificate is not for", async () => {
    await give(["*.blanklabel.example"]);
    await mayRead(await profile());
    const { id } = await secret();
    await domain({ secret: { id } });
    await expect(domain({ secret: { id } }, "a.b.blanklabel.example")).rejects.toThrow(
      `The certificate ${vaultId}/secrets/shop is not for a.b.blanklabel.example: neither its common name nor an alternative name matches.`,
    );
  });
});

test("a secret that a domain uses cannot be deleted", async () => {
  await give();
  await mayRead(await profile());
  const { id } = await secret();
  const used = await domain({ secret: { id } });
  await expect(cloud.remove("cdn:Secret", id)).rejects.toThrow(
    "Secret certificate is still used by custom domain www-blanklabel-example.",
  );
  await cloud.remove("cdn:AFDCustomDomain", used.id);
  await cloud.remove("cdn:Secret", id);
  expect(cloud.realised.certificates.get(host)).toBeUndefined();
});
