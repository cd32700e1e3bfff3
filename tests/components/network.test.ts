import { PrivateNetwork } from "../../components/network";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("a subnet for each plan's apps, one for private endpoints, a private zone", async () => {
  const { registered } = await runMocked("standby", () =>
    new PrivateNetwork("network", {
      ...place,
      networkName: "shop-network",
      privateZoneName: "privatelink.database.windows.net",
    }).withSideSubnet(),
  );
  expect(declared(registered)).toEqual({
    "azure-native:network:Subnet network-app": {
      addressPrefix: "10.20.1.0/26",
      delegations: [{ name: "app-service", serviceName: "Microsoft.Web/serverFarms" }],
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
      resourceGroupName: "shop-standby-rg",
      subnetName: "app",
      virtualNetworkName: "shop-network",
    },
    "azure-native:network:Subnet network-endpoints": {
      addressPrefix: "10.20.2.0/27",
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
      resourceGroupName: "shop-standby-rg",
      subnetName: "endpoints",
      virtualNetworkName: "shop-network",
    },
    "azure-native:network:Subnet network-side": {
      addressPrefix: "10.20.3.0/28",
      delegations: [{ name: "app-service", serviceName: "Microsoft.Web/serverFarms" }],
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
      resourceGroupName: "shop-standby-rg",
      subnetName: "side",
      virtualNetworkName: "shop-network",
    },
    "azure-native:network:VirtualNetwork network": {
      addressSpace: { addressPrefixes: ["10.20.0.0/16"] },
      enableDdosProtection: false,
      enableVmProtection: false,
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
      virtualNetworkName: "shop-network",
    },
    "azure-native:privatedns:PrivateZone network-zone": {
      location: "global",
      privateZoneName: "privatelink.database.windows.net",
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
    },
    "azure-native:privatedns:VirtualNetworkLink network-zone-link": {
      location: "global",
      privateZoneName: "privatelink.database.windows.net",
      registrationEnabled: false,
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
      virtualNetwork: { id: "/id/VirtualNetwork/network" },
      virtualNetworkLinkName: "standby",
    },
  });
});

test("without a side plan there is no subnet for it", async () => {
  const { registered } = await runMocked(
    "primary",
    () => new PrivateNetwork("network", { ...place, networkName: "net", privateZoneName: "zone" }),
  );
  expect(registered.filter(({ type }) => type.endsWith(":Subnet")).map(({ name }) => name)).toEqual([
    "network-app",
    "network-endpoints",
  ]);
});
