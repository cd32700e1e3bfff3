import { accessRules } from "./access";
import { appCertificateRules } from "./app-certificate";
import { cdnRules } from "./cdn";
import { communicationRules } from "./communication";
import { consumptionRules } from "./consumption";
import { customCertificateRules } from "./custom-certificate";
import { groupRules } from "./groups";
import { keyVaultRules } from "./keyvault";
import { logAlertRules } from "./log-alerts";
import { monitorRules } from "./monitor";
import { mysqlRules } from "./mysql";
import { networkRules } from "./network";
import { postgresRules } from "./postgres";
import type { RuleBook } from "./rules";
import { sqlServerRules } from "./sqlserver";
import { storageRules } from "./storage";
import { webRules } from "./web";

/** The rules of every service. A kind without any is taken as declared: Azure's types still hold for it. */
export const ruleBook: RuleBook = {
  ...groupRules,
  ...accessRules,
  ...networkRules,
  ...postgresRules,
  ...sqlServerRules,
  ...mysqlRules,
  ...keyVaultRules,
  ...storageRules,
  ...webRules,
  ...appCertificateRules,
  ...cdnRules,
  ...customCertificateRules,
  ...communicationRules,
  ...monitorRules,
  ...logAlertRules,
  ...consumptionRules,
};

/** Kinds that the local cloud takes as declared without anything real behind them. */
export const unrealised: readonly string[] = [
  "sql:Server",
  "sql:Database",
  "dbformysql:Server",
  "dbformysql:Database",
  "frontdoor:Policy",
  "cdn:SecurityPolicy",
  "applicationinsights:WebTest",
  "monitor:ActionGroup",
  "monitor:AutoscaleSetting",
  "monitor:DiagnosticSetting",
  "monitor:MetricAlert",
  "monitor:ScheduledQueryRule",
  "applicationinsights:Workbook",
  "operationalinsights:Workspace",
  "applicationinsights:Component",
  "consumption:Budget",
];
