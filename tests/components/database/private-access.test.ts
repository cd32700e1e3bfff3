import { PrivateAccess } from "../../../components/database/private-access";
import { place } from "../examples";
import { declared, runMocked } from "../mocked";

test("an endpoint in the network and its name in the private zone", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new PrivateAccess("private", {
        ...place,
        endpointName: "shop-private",
        targetId: "/id/server",
        groupId: "sqlServer",
        network: { endpointSubnetId: "/id/subnet", privateZoneId: "/id/zone" },
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:network:PrivateDnsZoneGroup private-zone": {
      privateDnsZoneConfigs: [{ name: "private-zone", privateDnsZoneId: "/id/zone" }],
      privateDnsZoneGroupName: "default",
      privateEndpointName: "shop-private",
      resourceGroupName: "shop-standby-rg",
    },
    "azure-native:network:PrivateEndpoint private": {
      location: "westeurope",
      privateEndpointName: "shop-private",
      privateLinkServiceConnections: [
        { groupIds: ["sqlServer"], name: "sqlServer", privateLinkServiceId: "/id/server" },
      ],
      resourceGroupName: "shop-standby-rg",
      subnet: {
        id: "/id/subnet",
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
      },
      tags: { site: "standby" },
    },
  });
});
