import { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import { azureCredential } from "../../operations/azure-credential";

const pulumiSignIn = {
  ARM_TENANT_ID: "11111111-2222-4333-8444-555555555555",
  ARM_CLIENT_ID: "22222222-3333-4444-8555-666666666666",
  ARM_CLIENT_SECRET: "secret",
};

test("signs in as Pulumi's provider does where it is told to", async () => {
  expect(await azureCredential(pulumiSignIn)).toBeInstanceOf(ClientSecretCredential);
});

test("else as the Azure SDKs do by themselves", async () => {
  const { ARM_TENANT_ID, ARM_CLIENT_ID } = pulumiSignIn;
  expect(await azureCredential({ ARM_TENANT_ID, ARM_CLIENT_ID })).toBeInstanceOf(DefaultAzureCredential);
});

const inAppService = { IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token/", IDENTITY_HEADER: "header" };

test("within App Service it is the app's managed identity", async () => {
  expect(await azureCredential(inAppService)).toBeInstanceOf(ManagedIdentityCredential);
  expect(await azureCredential({ ...inAppService, AZURE_CLIENT_ID: "one" })).toBeInstanceOf(
    ManagedIdentityCredential,
  );
});

test("an endpoint without its header is none of App Service's", async () => {
  const { IDENTITY_ENDPOINT } = inAppService;
  expect(await azureCredential({ IDENTITY_ENDPOINT })).toBeInstanceOf(DefaultAzureCredential);
});
