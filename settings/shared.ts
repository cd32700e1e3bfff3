import { z } from "zod";
import { hostName, leaf, optionalLeaf } from "./leaf";

/** The settings that both stacks have. */
export const shared = {
  /** Which stack this is, where its name does not say so. */
  role: optionalLeaf(z.enum(["prod", "standby"]), { allowed: "prod or standby", example: "prod" }),
  /** The zone: the shop is `www.<domain>`. */
  domain: leaf(hostName, {
    allowed: "the zone's name, in lower case and without a trailing dot",
    example: "blanklabel.example",
  }),
  /** The zone's id at Cloudflare. */
  zoneId: leaf(z.string().regex(/^[0-9a-f]{32}$/), {
    allowed: "the zone's id at Cloudflare, 32 hexadecimal digits",
    example: "0123456789abcdef0123456789abcdef",
  }),
};
