import { Edge } from "../../components/edge";
import { place } from "./examples";
import { declared, one, runMocked } from "./mocked";

test("a Standard profile and its endpoint", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Edge("edge", {
        resourceGroupName: place.resourceGroupName,
        tags: place.tags,
        profileName: "shop-edge",
        endpointName: "shop-abc123",
        readsVault: false,
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDEndpoint edge-endpoint": {
      enabledState: "Enabled",
      endpointName: "shop-abc123",
      location: "Global",
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
    },
    "azure-native:cdn:Profile edge": {
      location: "Global",
      originResponseTimeoutSeconds: 60,
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      sku: { name: "Standard_AzureFrontDoor" },
      tags: { site: "standby" },
    },
  });
});

test("a profile that reads a vault has an identity of its own", async () => {
  const { registered } = await runMocked("standby", () => {
    const { principalId } = new Edge("edge", {
      resourceGroupName: place.resourceGroupName,
      tags: place.tags,
      profileName: "shop-edge",
      endpointName: "shop-abc123",
      readsVault: true,
    });
    principalId?.apply((id) => expect(id).toBe("66666666-7777-4888-8999-aaaaaaaaaaaa"));
  });
  expect(one(registered, "azure-native:cdn:Profile", "edge")["identity"]).toEqual({ type: "SystemAssigned" });
  expect.assertions(2);
});
