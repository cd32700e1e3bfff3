import { ClientSecretCredential, DefaultAzureCredential } from "@azure/identity";
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
