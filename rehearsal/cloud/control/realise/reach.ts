import { z } from "zod";
import { addressNumber } from "../azure/addresses";
import { webAppsOf } from "../azure/identities";
import { parentId } from "../azure/ids";
import { pick, sameId } from "../azure/rules";
import type { Cloud } from "../cloud";
import type { World } from "../world";

const serverSchema = z.object({
  network: z.object({ publicNetworkAccess: z.string().optional() }).optional(),
});
const firewallSchema = z.object({ startIpAddress: z.string(), endIpAddress: z.string() });
const siteSchema = z.object({ virtualNetworkSubnetId: z.string().optional() });
const endpointSchema = z.object({
  subnet: z.object({ id: z.string() }),
  privateLinkServiceConnections: z.array(z.object({ privateLinkServiceId: z.string() })).default([]),
});
const groupSchema = z.object({
  privateDnsZoneConfigs: z.array(z.object({ privateDnsZoneId: z.string() })).default([]),
});
const linkSchema = z.object({ virtualNetwork: z.object({ id: z.string() }) });
const zoneSchema = z.object({ privateZoneName: z.string() });

/** Stands for every service within Azure, in a firewall rule. */
const azureServices = "0.0.0.0";
const privateZone = "privatelink.postgres.database.azure.com";

/** Whether the server's firewall admits an address from outside. */
export function admits(world: World, server: string, address: string): boolean {
  const found = world.get(server);
  if (found === undefined) return false;
  // Where it is left out, Azure opens the public endpoint.
  const access = pick(serverSchema, found.values).network?.publicNetworkAccess ?? "Enabled";
  if (access.toLowerCase() !== "enabled") return false;
  return world
    .ofType("dbforpostgresql:FirewallRule")
    .filter(({ id }) => sameId(parentId(id) ?? "", server))
    .map(({ values }) => pick(firewallSchema, values))
    .some(
      ({ startIpAddress, endIpAddress }) =>
        addressNumber(startIpAddress) <= addressNumber(address) &&
        addressNumber(address) <= addressNumber(endIpAddress),
    );
}

/**
 * Whether a web app reaches a server privately: a private endpoint in the network that the app is joined to, and a
 * private zone, linked to that network, by which the server's usual name leads there.
 */
function reachesPrivately(world: World, server: string): boolean {
  const networks = webAppsOf(world)
    .flatMap(({ values }) => pick(siteSchema, values).virtualNetworkSubnetId ?? [])
    .flatMap((subnet) => parentId(subnet) ?? []);
  return world.ofType("network:PrivateEndpoint").some(({ id, values }) => {
    const { subnet, privateLinkServiceConnections } = pick(endpointSchema, values);
    const network = parentId(subnet.id) ?? "";
    return (
      networks.some((joined) => sameId(joined, network)) &&
      privateLinkServiceConnections.some(({ privateLinkServiceId }) =>
        sameId(privateLinkServiceId, server),
      ) &&
      zonesOf(world, id).some((zone) => isLinked(world, zone, network))
    );
  });
}

/** The private zones in which an endpoint is registered. */
function zonesOf(world: World, endpoint: string): string[] {
  return world
    .ofType("network:PrivateDnsZoneGroup")
    .filter(({ id }) => sameId(parentId(id) ?? "", endpoint))
    .flatMap(({ values }) =>
      pick(groupSchema, values).privateDnsZoneConfigs.map((config) => config.privateDnsZoneId),
    );
}

function isLinked(world: World, zone: string, network: string): boolean {
  const found = world.get(zone);
  if (found === undefined || pick(zoneSchema, found.values).privateZoneName !== privateZone) return false;
  return world
    .ofType("privatedns:VirtualNetworkLink")
    .some(
      ({ id, values }) =>
        sameId(parentId(id) ?? "", zone) && sameId(pick(linkSchema, values).virtualNetwork.id, network),
    );
}

/** From where a database server can be reached now. */
export function reachOf(
  cloud: Cloud,
  server: string,
): { readonly outside: boolean; readonly inside: boolean } {
  const { world, settings } = cloud;
  return {
    outside: admits(world, server, settings.operatorAddress),
    inside: reachesPrivately(world, server) || admits(world, server, azureServices),
  };
}
