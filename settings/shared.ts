import { z } from "zod";
import { hostName, leaf, optionalLeaf } from "./leaf";

/** The settings that every stack has. */
export const shared = {
  role: optionalLeaf(z.enum(["prod", "standby", "primary"]), {
    allowed: "prod, standby or primary",
    example: "prod",
    why: "Which stack this is, where its name does not say so.",
  }),
  domain: leaf(hostName, {
    allowed: "the zone's name, in lower case and without a trailing dot",
    example: "blanklabel.example",
    why: "The zone: the shop is `www.<domain>`.",
  }),
  zoneId: leaf(z.string().regex(/^[0-9a-f]{32}$/), {
    allowed: "the zone's id at Cloudflare, 32 hexadecimal digits",
    example: "0123456789abcdef0123456789abcdef",
    why: "Which zone at Cloudflare the records are written to.",
  }),
};
