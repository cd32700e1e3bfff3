import type { Check } from "../check";
import { certificateCaa } from "./certificate-caa";
import { certificateState } from "./certificate-state";
import { appVersion } from "./app-version";
import { certificates } from "./certificates";
import { cloudflare } from "./cloudflare";
import { database } from "./database";
import { dns } from "./dns";
import { identityCache } from "./identity-cache";
import { images } from "./images";
import { lastSync } from "./last-sync";
import { mailRecords, mailServer, mailVerified } from "./mail";
import { mailLimits } from "./mail-limits";
import { newIds } from "./new-ids";
import { pausePage, shopOpen } from "./pause-page";
import { primaryCertificate } from "./primary-certificate";
import { primarySite } from "./primary-site";
import { standbyAsPublic, standbySite } from "./standby-site";
import { providerRegistrations } from "./provider-registrations";
import { quotas } from "./quotas";
import { state } from "./state";
import { tables } from "./tables";
import { alertTried, mailSent } from "./tried";
import { webhooks } from "./webhooks";

/** Every check, in the order of the result. */
export const checks: readonly Check[] = [
  dns,
  standbySite,
  standbyAsPublic,
  shopOpen,
  pausePage,
  appVersion,
  webhooks,
  ...certificates,
  certificateState,
  certificateCaa,
  images,
  database,
  lastSync,
  newIds,
  tables,
  identityCache,
  mailRecords,
  mailVerified,
  mailServer,
  mailLimits,
  mailSent,
  alertTried,
  providerRegistrations,
  quotas,
  primarySite,
  primaryCertificate,
  state,
  cloudflare,
];
