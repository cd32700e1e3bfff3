import { FileStorage } from "../../components/file-storage";
import { place, subscriptionId } from "./examples";
import { declared, runMocked } from "./mocked";

const role = (id: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const roleAssignmentName = "99999999-8888-4777-8666-555555555555";
const contributor = role("ba92f5b4-2d11-453d-a403-e96b0029c9fe");

test("nothing public, no keys, and each principal only where it has something to do", async () => {
  const { registered } = await runMocked("standby", () => {
    const files = new FileStorage("files", {
      ...place,
      accountName: "shopfilesabc123",
      subscriptionId,
      deployerObjectId: "deployer",
      operatorObjectIds: ["deployer", "operator"],
      operatorKind: "User",
    });
    files.letRun("app", "app-principal");
    files.letUpload("app", "app-principal");
  });
  const container = (containerName: string) => ({
    accountName: "shopfilesabc123",
    containerName,
    publicAccess: "None",
    resourceGroupName: "shop-standby-rg",
  });
  expect(declared(registered)).toEqual({
    "azure-native:authorization:RoleAssignment files-app-reader": {
      principalId: "app-principal",
      principalType: "ServicePrincipal",
      roleAssignmentName,
      roleDefinitionId: role("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
      scope: "/id/BlobContainer/files-packages",
    },
    "azure-native:authorization:RoleAssignment files-app-uploads": {
      principalId: "app-principal",
      principalType: "ServicePrincipal",
      roleAssignmentName,
      roleDefinitionId: contributor,
      scope: "/id/BlobContainer/files-uploads",
    },
    "azure-native:authorization:RoleAssignment files-deployer": {
      principalId: "deployer",
      roleAssignmentName,
      roleDefinitionId: contributor,
      scope: "/id/BlobContainer/files-packages",
    },
    "azure-native:authorization:RoleAssignment files-operator-deployer": {
      principalId: "deployer",
      principalType: "User",
      roleAssignmentName,
      roleDefinitionId: contributor,
      scope: "/id/StorageAccount/files",
    },
    "azure-native:authorization:RoleAssignment files-operator-operator": {
      principalId: "operator",
      principalType: "User",
      roleAssignmentName,
      roleDefinitionId: contributor,
      scope: "/id/StorageAccount/files",
    },
    "azure-native:storage:BlobContainer files-packages": container("packages"),
    "azure-native:storage:BlobContainer files-uploads": container("uploads"),
    "azure-native:storage:BlobServiceProperties files-service": {
      accountName: "shopfilesabc123",
      blobServicesName: "default",
      containerDeleteRetentionPolicy: { days: 14, enabled: true },
      deleteRetentionPolicy: { days: 14, enabled: true },
      resourceGroupName: "shop-standby-rg",
    },
    "azure-native:storage:StorageAccount files": {
      accessTier: "Hot",
      accountName: "shopfilesabc123",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      kind: "StorageV2",
      location: "westeurope",
      minimumTlsVersion: "TLS1_2",
      publicNetworkAccess: "Enabled",
      resourceGroupName: "shop-standby-rg",
      sku: { name: "Standard_LRS" },
      tags: { site: "standby" },
    },
    "random:index/randomUuid:RandomUuid files-app-reader-id": {},
    "random:index/randomUuid:RandomUuid files-app-uploads-id": {},
    "random:index/randomUuid:RandomUuid files-deployer-id": {},
    "random:index/randomUuid:RandomUuid files-operator-deployer-id": {},
    "random:index/randomUuid:RandomUuid files-operator-operator-id": {},
  });
});
