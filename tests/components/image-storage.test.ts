import { ImageStorage } from "../../components/image-storage";
import { place, subscriptionId } from "./examples";
import { declared, runMocked } from "./mocked";

test("read by anyone, written by named operators without keys", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new ImageStorage("images", {
        ...place,
        accountName: "shopimgabc123",
        subscriptionId,
        operatorObjectIds: ["operator"],
        operatorKind: "Group",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:authorization:RoleAssignment images-uploader-operator": {
      principalId: "operator",
      principalType: "Group",
      roleAssignmentName: "99999999-8888-4777-8666-555555555555",
      roleDefinitionId:
        "/subscriptions/00000000-1111-4222-8333-444444444444/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe",
      scope: "/id/StorageAccount/images",
    },
    "azure-native:storage:BlobContainer images-images": {
      accountName: "shopimgabc123",
      containerName: "images",
      publicAccess: "Blob",
      resourceGroupName: "shop-standby-rg",
    },
    "azure-native:storage:BlobServiceProperties images-service": {
      accountName: "shopimgabc123",
      blobServicesName: "default",
      containerDeleteRetentionPolicy: { days: 14, enabled: true },
      deleteRetentionPolicy: { days: 14, enabled: true },
      resourceGroupName: "shop-standby-rg",
    },
    "azure-native:storage:StorageAccount images": {
      accessTier: "Hot",
      accountName: "shopimgabc123",
      allowBlobPublicAccess: true,
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
    "random:index/randomUuid:RandomUuid images-uploader-operator-id": {},
  });
});
