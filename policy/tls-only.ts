import { types, type ResourceType } from "./resource-types";
import { rule, type Stack, type Verdict } from "./rule";
import { at, type Value } from "./values";

const sinceTls12 = (value: Value): boolean => value === "1.2" || value === "1.3";
const sinceTls12Spelled = (value: Value): boolean => value === "TLS1_2" || value === "TLS1_3";
const sinceEdgeTls12 = (value: Value): boolean => value === "TLS12" || value === "TLS13";

export const tlsOnly = rule(
  "tls-only",
  "Customers and their data are reached over TLS alone, with a certificate that is there before the name moves. In " +
    "the story it was requested and installed by hand while the shop stood still.",
  (stack, verdict) => {
    judgeApps(stack, verdict);
    judgeEdge(stack, verdict);
    judgeStorage(stack, verdict);
    judgeDatabases(stack, verdict);
  },
);

function judgeApps(stack: Stack, verdict: Verdict): void {
  for (const app of stack.of(types.webApp, types.webAppSlot)) {
    verdict.check(app, "httpsOnly", (value) => value === true, "true", "set httpsOnly to true");
    for (const path of ["siteConfig.minTlsVersion", "siteConfig.scmMinTlsVersion"])
      verdict.check(app, path, sinceTls12, "1.2 or 1.3", `set ${path} to 1.2`);
    verdict.check(
      app,
      "siteConfig.ftpsState",
      (value) => value === "Disabled" || value === "FtpsOnly",
      "Disabled or FtpsOnly, since plain FTP carries passwords in clear text",
      "set siteConfig.ftpsState to Disabled",
    );
  }
}

function judgeEdge(stack: Stack, verdict: Verdict): void {
  for (const domain of stack.of(types.customDomain)) {
    verdict.check(
      domain,
      "tlsSettings.minimumTlsVersion",
      sinceEdgeTls12,
      "TLS12 or TLS13",
      "set tlsSettings.minimumTlsVersion to TLS12",
    );
    verdict.check(
      domain,
      "tlsSettings.certificateType",
      (value) => value === "ManagedCertificate" || value === "CustomerCertificate",
      "ManagedCertificate, or CustomerCertificate from a vault",
      "set tlsSettings.certificateType to ManagedCertificate",
    );
  }
  for (const route of stack.of(types.route)) {
    verdict.check(
      route,
      "httpsRedirect",
      (value) => value === "Enabled",
      "Enabled, so that a typed address ends up on TLS",
      "set httpsRedirect to Enabled",
    );
    verdict.check(
      route,
      "forwardingProtocol",
      (value) => value === "HttpsOnly",
      "HttpsOnly, so that the way from the edge to the origin is covered too",
      "set forwardingProtocol to HttpsOnly",
    );
  }
}

function judgeStorage(stack: Stack, verdict: Verdict): void {
  for (const account of stack.of(types.storageAccount)) {
    verdict.check(
      account,
      "enableHttpsTrafficOnly",
      // Azure's own default since 2019.
      (value) => value === undefined || value === true,
      "true",
      "set enableHttpsTrafficOnly to true, or leave it out",
    );
    verdict.check(
      account,
      "minimumTlsVersion",
      sinceTls12Spelled,
      "TLS1_2 or TLS1_3",
      "set minimumTlsVersion to TLS1_2",
    );
  }
}

function judgeDatabases(stack: Stack, verdict: Verdict): void {
  for (const server of stack.of(types.sqlServer))
    verdict.check(server, "minimalTlsVersion", sinceTls12, "1.2 or 1.3", "set minimalTlsVersion to 1.2");
  for (const [serverType, configurationType, on] of flexible)
    judgeFlexible(stack, verdict, serverType, configurationType, on);
}

/** Flexible servers, the parameters beside them, and how each engine spells that it is on. */
const flexible = [
  [types.postgresServer, types.postgresConfiguration, "on"],
  [types.mysqlServer, types.mysqlConfiguration, "ON"],
] as const;

function judgeFlexible(
  stack: Stack,
  verdict: Verdict,
  serverType: ResourceType,
  configurationType: ResourceType,
  on: string,
): void {
  const named = (wanted: string) =>
    stack.of(configurationType).filter(({ inputs }) => at(inputs, "configurationName") === wanted);
  const settings = named("require_secure_transport");
  for (const setting of settings)
    verdict.check(
      setting,
      "value",
      (value) => typeof value === "string" && value.toLowerCase() === "on",
      `"${on}", so that the server takes no connection in clear text`,
      `set require_secure_transport to ${on}`,
    );
  for (const setting of named("tls_version"))
    verdict.check(
      setting,
      "value",
      (value) =>
        typeof value === "string" && value.split(",").every((each) => /^TLSv1\.[23]$/i.test(each.trim())),
      "TLSv1.2, TLSv1.3 or both",
      "set tls_version to TLSv1.2",
    );
  for (const server of stack.of(serverType))
    if (!settings.some((setting) => setting.madeFrom(server)))
      verdict.wrong(
        server,
        `${server.name} has no Configuration of require_secure_transport; wanted: "${on}", held to by the program ` +
          "and not left to a default. Fix: declare it beside the server.",
      );
}
