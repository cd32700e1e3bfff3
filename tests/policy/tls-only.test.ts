import { types, type ResourceType } from "../../policy/resource-types";
import { tlsOnly } from "../../policy/tls-only";
import { good, judge, unknownText, type Declared } from "./judge";

const inputs = {
  [types.webApp]: {
    httpsOnly: true,
    siteConfig: { minTlsVersion: "1.2", scmMinTlsVersion: "1.3", ftpsState: "Disabled" },
  },
  [types.customDomain]: {
    tlsSettings: { certificateType: "ManagedCertificate", minimumTlsVersion: "TLS12" },
  },
  [types.route]: { httpsRedirect: "Enabled", forwardingProtocol: "HttpsOnly" },
  [types.storageAccount]: { minimumTlsVersion: "TLS1_2" },
  [types.sqlServer]: { minimalTlsVersion: "1.2" },
} as const;
const secure = (value = "on"): Declared => ({
  type: types.postgresConfiguration,
  name: "secure",
  inputs: { configurationName: "require_secure_transport", value },
  from: { serverName: ["server"] },
});
const server: Declared = { type: types.postgresServer, name: "server" };

const only = (type: ResourceType, own: object) => judge(tlsOnly, [{ type, name: "it", inputs: own }]);

test("takes what speaks TLS 1.2 and nothing else", () => {
  for (const [type, own] of Object.entries(inputs))
    expect(judge(tlsOnly, [{ type, name: "it", inputs: own }])).toEqual(good);
  expect(judge(tlsOnly, [server, secure()])).toEqual(good);
});

test.each<[ResourceType, object, string]>([
  [
    types.webApp,
    { ...inputs[types.webApp], httpsOnly: false },
    "httpsOnly of it is false; wanted: true. Fix: set httpsOnly to true.",
  ],
  [
    types.webApp,
    { httpsOnly: true, siteConfig: { ...inputs[types.webApp].siteConfig, minTlsVersion: "1.0" } },
    'siteConfig.minTlsVersion of it is "1.0"; wanted: 1.2 or 1.3. Fix: set siteConfig.minTlsVersion to 1.2.',
  ],
  [
    types.webApp,
    { httpsOnly: true, siteConfig: { minTlsVersion: "1.2", ftpsState: "Disabled" } },
    "siteConfig.scmMinTlsVersion of it is not set; wanted: 1.2 or 1.3. Fix: set siteConfig.scmMinTlsVersion to 1.2.",
  ],
  [
    types.webApp,
    { httpsOnly: true, siteConfig: { ...inputs[types.webApp].siteConfig, ftpsState: "AllAllowed" } },
    'siteConfig.ftpsState of it is "AllAllowed"; wanted: Disabled or FtpsOnly, since plain FTP carries passwords in ' +
      "clear text. Fix: set siteConfig.ftpsState to Disabled.",
  ],
  [
    types.customDomain,
    { tlsSettings: { certificateType: "ManagedCertificate", minimumTlsVersion: "TLS10" } },
    'tlsSettings.minimumTlsVersion of it is "TLS10"; wanted: TLS12 or TLS13. Fix: set tlsSettings.minimumTlsVersion ' +
      "to TLS12.",
  ],
  [
    types.customDomain,
    { tlsSettings: { minimumTlsVersion: "TLS12" } },
    "tlsSettings.certificateType of it is not set; wanted: ManagedCertificate, or CustomerCertificate from a vault. " +
      "Fix: set tlsSettings.certificateType to ManagedCertificate.",
  ],
  [
    types.route,
    { httpsRedirect: "Disabled", forwardingProtocol: "HttpsOnly" },
    'httpsRedirect of it is "Disabled"; wanted: Enabled, so that a typed address ends up on TLS. Fix: set ' +
      "httpsRedirect to Enabled.",
  ],
  [
    types.route,
    { httpsRedirect: "Enabled", forwardingProtocol: "MatchRequest" },
    'forwardingProtocol of it is "MatchRequest"; wanted: HttpsOnly, so that the way from the edge to the origin is ' +
      "covered too. Fix: set forwardingProtocol to HttpsOnly.",
  ],
  [
    types.storageAccount,
    { enableHttpsTrafficOnly: false, minimumTlsVersion: "TLS1_2" },
    "enableHttpsTrafficOnly of it is false; wanted: true. Fix: set enableHttpsTrafficOnly to true, or leave it out.",
  ],
  [
    types.storageAccount,
    { enableHttpsTrafficOnly: true },
    "minimumTlsVersion of it is not set; wanted: TLS1_2 or TLS1_3. Fix: set minimumTlsVersion to TLS1_2.",
  ],
  [
    types.sqlServer,
    { minimalTlsVersion: "None" },
    'minimalTlsVersion of it is "None"; wanted: 1.2 or 1.3. Fix: set minimalTlsVersion to 1.2.',
  ],
  [
    types.webAppSlot,
    { ...inputs[types.webApp], httpsOnly: false },
    "httpsOnly of it is false; wanted: true. Fix: set httpsOnly to true.",
  ],
])("refuses %s %j", (type, own, message) => {
  expect(only(type, own).wrong).toEqual([["it", message]]);
});

test("refuses a PostgreSQL server that takes clear text, or leaves it to a default", () => {
  expect(judge(tlsOnly, [server, secure("OFF")]).wrong).toEqual([
    [
      "secure",
      'value of secure is "OFF"; wanted: "on", so that the server takes no connection in clear text. Fix: set ' +
        "require_secure_transport to on.",
    ],
  ]);
  expect(judge(tlsOnly, [server]).wrong).toEqual([
    [
      "server",
      'server has no Configuration of require_secure_transport; wanted: "on", held to by the program and not left to ' +
        "a default. Fix: declare it beside the server.",
    ],
  ]);
});

const mysql: Declared = { type: types.mysqlServer, name: "server" };
const parameter = (configurationName: string, value: string): Declared => ({
  type: types.mysqlConfiguration,
  name: configurationName,
  inputs: { configurationName, value },
  from: { serverName: ["server"] },
});

test("refuses a MySQL server that takes clear text or old TLS, or leaves it to a default", () => {
  const on = parameter("require_secure_transport", "ON");
  expect(judge(tlsOnly, [mysql, on, parameter("tls_version", "TLSv1.2, TLSv1.3")])).toEqual(good);
  expect(judge(tlsOnly, [mysql, parameter("require_secure_transport", "OFF")]).wrong).toEqual([
    [
      "require_secure_transport",
      'value of require_secure_transport is "OFF"; wanted: "ON", so that the server takes no connection in clear text. Fix: set ' +
        "require_secure_transport to ON.",
    ],
  ]);
  expect(judge(tlsOnly, [mysql, on, parameter("tls_version", "TLSv1.1,TLSv1.2")]).wrong).toEqual([
    [
      "tls_version",
      'value of tls_version is "TLSv1.1,TLSv1.2"; wanted: TLSv1.2, TLSv1.3 or both. Fix: set tls_version to TLSv1.2.',
    ],
  ]);
  expect(judge(tlsOnly, [mysql]).wrong).toEqual([
    [
      "server",
      'server has no Configuration of require_secure_transport; wanted: "ON", held to by the program and not left to ' +
        "a default. Fix: declare it beside the server.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  expect(only(types.sqlServer, { minimalTlsVersion: unknownText })).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: minimalTlsVersion of it",
  });
});
