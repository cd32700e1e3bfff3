export { databaseUrl, primaryDatabaseVariable } from "./databases";
export {
  deploymentFromEnvironment,
  deploymentVariable,
  standbyDatabaseVariable,
  withProdAsSeen,
} from "./environment";
export { ownKey, projectName } from "./project";
export { configFileFlags, pulumiFault, runPulumi, startPulumi, type Ended, type Running } from "./pulumi";
export {
  checkConfig,
  readConfig,
  readDeployment,
  readProd,
  readStandby,
  type Deployment,
  type Prod,
  type Standby,
} from "./read";
export {
  prodConfigSchema,
  sites,
  standbyConfigSchema,
  type ProdConfig,
  type ProdOutputs,
  type Site,
  type StandbyConfig,
  type StandbyOutputs,
} from "./schema";
export { plainConfig } from "./stack-config";
export { deploymentSettings, stackFile, type DeploymentSettings, type StackSettings } from "./settings";
