import { alertForEachFailure } from "./alert-for-each-failure";
import { certificateReady } from "./certificate-ready";
import { cutoverRecord } from "./cutover-record";
import { dataSurvives } from "./data-survives";
import { enoughCapacity } from "./enough-capacity";
import { identityOffsets } from "./identity-offsets";
import { imagesAtTheEdge } from "./images-at-the-edge";
import { mailRecords } from "./mail-records";
import { moneyIsWatched } from "./money-is-watched";
import { noAutoPause } from "./no-auto-pause";
import { noOpenFirewall } from "./no-open-firewall";
import { noPlainSecrets } from "./no-plain-secrets";
import { place } from "./place";
import { privateDatabase } from "./private-database";
import { prodAlone } from "./prod-alone";
import type { Rule } from "./rule";
import { tags } from "./tags";
import { tlsOnly } from "./tls-only";
import { verifiedMail } from "./verified-mail";
import { watchReachesAPerson } from "./watch-reaches-a-person";

/** Every rule of the pack, in the order of the story: docs/policies.md has a section for each. */
export const rules: readonly Rule[] = [
  cutoverRecord,
  prodAlone,
  noAutoPause,
  enoughCapacity,
  identityOffsets,
  certificateReady,
  tlsOnly,
  imagesAtTheEdge,
  verifiedMail,
  mailRecords,
  watchReachesAPerson,
  alertForEachFailure,
  dataSurvives,
  noOpenFirewall,
  privateDatabase,
  noPlainSecrets,
  moneyIsWatched,
  place,
  tags,
];
