import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";

const group = new resources.ResourceGroup("group", { resourceGroupName: "bare", location: "westeurope" });
const account = new storage.StorageAccount("account", {
  resourceGroupName: group.name,
  accountName: "barebench",
  location: "westeurope",
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
  allowBlobPublicAccess: false,
});
new storage.BlobContainer("container", {
  resourceGroupName: group.name,
  accountName: account.name,
  containerName: "files",
});
