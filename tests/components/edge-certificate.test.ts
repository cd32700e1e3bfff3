import { EdgeCertificate, vaultOf } from "../../components/edge-certificate";
import { place, subscriptionId } from "./examples";
import { declared, runMocked } from "./mocked";

const { resourceGroupName } = place;
const vault = `/subscriptions/${subscriptionId}/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/certs`;

test("the edge may read the vault, then refers to the newest version there", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgeCertificate("certificate", {
        resourceGroupName,
        profileName: "shop-edge",
        vaultSecretId: `${vault}/secrets/shop`,
        principalId: "principal",
        subscriptionId,
      }),
  );
  expect(declared(registered)).toEqual({
    "random:index/randomUuid:RandomUuid certificate-reader-id": {},
    "azure-native:authorization:RoleAssignment certificate-reader": {
      scope: vault,
      roleAssignmentName: "99999999-8888-4777-8666-555555555555",
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
      principalId: "principal",
      principalType: "ServicePrincipal",
    },
    "azure-native:cdn:Secret certificate": {
      resourceGroupName,
      profileName: "shop-edge",
      secretName: "certificate",
      parameters: {
        type: "CustomerCertificate",
        secretSource: { id: `${vault}/secrets/shop` },
        useLatestVersion: true,
      },
    },
  });
  const names = registered.map(({ name }) => name);
  expect(names.indexOf("certificate-reader")).toBeLessThan(names.lastIndexOf("certificate"));
});

test("a secret's vault is what stands before it", () => {
  expect(vaultOf(`${vault}/secrets/shop`)).toBe(vault);
});
