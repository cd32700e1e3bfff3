import { z } from "zod";
import { parseSettings, type RawSettings, type SettingsShape } from "../parse";
import { onePrimary, primaryReference, saidByPrimaryStack } from "../primary-reference";
import { shared } from "../shared";
import { appSettings } from "./app";
import { certificateSettings, someoneIssues } from "./certificate";
import { appRules } from "./app-rules";
import { databaseSettings, identityForMysql, sizeOfTheEngine } from "./database";
import { forecastSettings } from "./forecast";
import { imageSettings } from "./images";
import { jobSettings } from "./job";
import { applicationGoesWithSmtp, mailSettings } from "./mail";
import { moneySettings } from "./money";
import { pauseSettings } from "./pause";
import { placeSettings } from "./place";
import { proofRule, proofSettings } from "./proof";
import { scaleRules, scaleSettings } from "./scale";
import { sizeSettings } from "./size";
import { watchSettings } from "./watch";

export type { CertificateSettings } from "./certificate";
export type { DatabaseEngine } from "./database";
export type { MailSender } from "./mail";
export type { Size } from "./size";

/** Every setting of the stack, a section a file, in the order in which the page of settings lists them. */
export const standbySchema = z
  .strictObject({
    ...shared,
    ...placeSettings,
    ...primaryReference,
    ...proofSettings,
    ...sizeSettings,
    ...scaleSettings,
    ...forecastSettings,
    ...databaseSettings,
    ...appSettings,
    ...imageSettings,
    ...pauseSettings,
    ...certificateSettings,
    ...mailSettings,
    ...watchSettings,
    ...jobSettings,
    ...moneySettings,
  })
  .readonly();

/** The settings of stack `standby`, checked and with their defaults; secrets are secret outputs. */
export type StandbySettings = z.output<typeof standbySchema>;

export const standbyKeys = Object.keys(standbySchema.unwrap().shape);

/**
 * @param inClear secret keys that are stored in clear text
 * @throws SettingsError naming every fault at once
 */
export function parseStandby(
  stack: string,
  raw: RawSettings,
  elsewhere: readonly string[],
  inClear: readonly string[] = [],
): StandbySettings {
  const shape: SettingsShape<StandbySettings> = {
    schema: standbySchema,
    elsewhere,
    together: [
      onePrimary,
      saidByPrimaryStack("primaryDatabaseUrl"),
      proofRule,
      ...appRules,
      ...scaleRules,
      sizeOfTheEngine,
      identityForMysql,
      applicationGoesWithSmtp,
      someoneIssues,
    ],
  };
  return parseSettings(shape, stack, raw, inClear);
}
