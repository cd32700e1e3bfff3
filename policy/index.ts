import { PolicyPack } from "@pulumi/policy";
import { cutoverRecord } from "./cutover-record";
import { identityOffsets } from "./identity-offsets";
import { imagesAtTheEdge } from "./images-at-the-edge";
import { noAutoPause } from "./no-auto-pause";
import { noOpenFirewall } from "./no-open-firewall";
import { tlsOnly } from "./tls-only";
import { verifiedMail } from "./verified-mail";
import { watchReachesAPerson } from "./watch-reaches-a-person";

new PolicyPack("warm-standby", {
  enforcementLevel: "mandatory",
  policies: [
    cutoverRecord,
    noAutoPause,
    identityOffsets,
    tlsOnly,
    imagesAtTheEdge,
    verifiedMail,
    watchReachesAPerson,
    noOpenFirewall,
  ],
});
