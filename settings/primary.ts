import { z } from "zod";
import { flag, leaf } from "./leaf";
import { parseSettings, type RawSettings, type SettingsShape } from "./parse";
import { shared } from "./shared";
import { appSettings as standbyApp, isFreeOnPrimary } from "./standby/app";
import {
  eitherPackageOrContainer,
  packageHasAStart,
  runtimeRunsPackages,
  variablesAre,
} from "./standby/app-rules";
import { databaseSettings, identityForMysql } from "./standby/database";
import { imageSettings } from "./standby/images";
import { pauseSettings } from "./standby/pause";
import { proofHolder, type ProofHolder } from "./standby/proof";

const {
  sessionSecret,
  appPackage,
  appContainer,
  appRegistryId,
  appRuntime,
  appStart,
  appSettings,
  appSecrets,
} = standbyApp;
const { databaseEngine, databaseAdministrator, deletionLock, operatorAddresses } = databaseSettings;
const { operatorObjectIds, operatorKind } = imageSettings;

/** Every setting of the stack, in the order in which the page of settings lists them. */
export const primarySchema = z
  .strictObject({
    ...shared,
    location: leaf(
      z.string().regex(/^[a-z0-9]+$/),
      {
        allowed: "an Azure region's short name",
        example: "northeurope",
        why: "Where the primary stands. Not where the standby does: one region's trouble must not reach both, and App Service binds a host name to one app a region.",
      },
      "northeurope",
    ),
    managedCertificate: leaf(
      flag,
      {
        allowed: "true or false",
        example: "true",
        why: "true once `www` points here: App Service has its free certificate issued, and renewed, only while it does. Leave it on while the standby is live.",
      },
      false,
    ),
    publicProof: leaf<ProofHolder>(
      proofHolder,
      {
        allowed: "primary or standby",
        example: "primary",
        why: "Which stack declares TXT `asuid.www.<domain>` and `asuid.<domain>`, which are the same for every app of a subscription and can be there once: standby where that stack was up before this one. Both stacks have to say the same.",
      },
      "primary",
    ),
    databaseEngine,
    databaseAdministrator,
    deletionLock,
    operatorAddresses,
    sessionSecret,
    appPackage,
    appContainer,
    appRegistryId,
    appRuntime,
    appStart,
    appSettings,
    appSecrets,
    operatorObjectIds,
    operatorKind,
    ...pauseSettings,
  })
  .readonly();

/** The settings of stack `primary`, checked and with their defaults; secrets are secret outputs. */
export type PrimarySettings = z.output<typeof primarySchema>;

export const primaryKeys = Object.keys(primarySchema.unwrap().shape);

/**
 * @param inClear secret keys that are stored in clear text
 * @throws SettingsError naming every fault at once
 */
export function parsePrimary(
  stack: string,
  raw: RawSettings,
  elsewhere: readonly string[],
  inClear: readonly string[] = [],
): PrimarySettings {
  const shape: SettingsShape<PrimarySettings> = {
    schema: primarySchema,
    elsewhere,
    together: [
      eitherPackageOrContainer,
      packageHasAStart,
      runtimeRunsPackages,
      variablesAre(isFreeOnPrimary),
      identityForMysql,
    ],
  };
  return parseSettings(shape, stack, raw, inClear);
}
