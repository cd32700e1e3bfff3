import { z } from "zod";
import { badRequest, conflict } from "../fault";
import { addressNumber } from "./addresses";
import { parentId } from "./ids";
import { lastOf, pick, sameId, type RuleBook } from "./rules";

const subnetSchema = z.object({
  addressPrefix: z.string().optional(),
  addressPrefixes: z.array(z.string()).optional(),
});
const networkSchema = z.object({ addressSpace: z.object({ addressPrefixes: z.array(z.string()) }) });

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The addresses of a prefix such as `10.0.1.0/24`. */
function range(prefix: string): Range {
  const [address = "", bits = "32"] = prefix.split("/");
  const from = addressNumber(address);
  return { from, to: from + 2 ** (32 - Number(bits)) - 1 };
}

const within = (inner: Range, outer: Range): boolean => inner.from >= outer.from && inner.to <= outer.to;
const overlap = (a: Range, b: Range): boolean => a.from <= b.to && b.from <= a.to;

const prefixesOf = ({ addressPrefix, addressPrefixes }: z.infer<typeof subnetSchema>): readonly string[] =>
  addressPrefixes ?? (addressPrefix === undefined ? [] : [addressPrefix]);

export const networkRules: RuleBook = {
  "network:Subnet": {
    oneAtATime: true,
    admit: ({ id, values }, { world }) => {
      const network = parentId(id) ?? "";
      const parent = world.get(network);
      if (parent === undefined) return;
      const spaces = pick(networkSchema, parent.values).addressSpace.addressPrefixes.map(range);
      const siblings = world
        .ofType("network:Subnet")
        .filter((other) => !sameId(other.id, id) && sameId(parentId(other.id) ?? "", network));
      for (const prefix of prefixesOf(pick(subnetSchema, values))) {
        if (!spaces.some((space) => within(range(prefix), space)))
          throw badRequest(
            "NetcfgInvalidSubnet",
            `Subnet '${lastOf(id)}' is not valid in virtual network '${lastOf(network)}': ${prefix} is outside of it.`,
          );
        const clash = siblings.find((other) =>
          prefixesOf(pick(subnetSchema, other.values)).some((taken) => overlap(range(taken), range(prefix))),
        );
        if (clash !== undefined)
          throw badRequest(
            "NetcfgSubnetRangesOverlap",
            `Subnet '${lastOf(id)}' overlaps '${lastOf(clash.id)}'.`,
          );
      }
    },
    release: ({ id }, { world }) => {
      const user = world
        .all()
        .find((other) => other.type !== "azure-native:network:Subnet" && mentions(other.values, id));
      if (user !== undefined)
        throw conflict("InUseSubnetCannotBeDeleted", `Subnet ${lastOf(id)} is in use by ${user.id}.`);
    },
  },
  "network:PrivateEndpoint": {
    replaces: ["subnet", "privateLinkServiceConnections"],
    outputs: () => ({ customDnsConfigs: [], networkInterfaces: [] }),
  },
  "privatedns:PrivateZone": {
    replaces: [],
    release: ({ id }, { world }) => {
      const link = world
        .ofType("privatedns:VirtualNetworkLink")
        .find((other) => sameId(parentId(other.id) ?? "", id));
      if (link !== undefined)
        throw conflict(
          "CannotDeleteResource",
          `Private zone ${lastOf(id)} still has the link ${lastOf(link.id)}.`,
        );
    },
  },
};

const mentions = (values: unknown, id: string): boolean =>
  JSON.stringify(values).toLowerCase().includes(`"${id.toLowerCase()}"`);
