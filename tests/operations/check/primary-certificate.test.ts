import { judgeOwn } from "../../../operations/check/checks/primary-certificate";

const now = new Date("2026-11-25T00:00:00Z");
const name = "www.blanklabel.example";
const served = {
  names: [name],
  issuer: "DigiCert Inc GeoTrust",
  expires: new Date("2027-01-24T00:00:00Z"),
  invalid: undefined,
};

test.each([
  [served, "pass", `${name} has a certificate by DigiCert Inc GeoTrust until 2027-01-24 (60 days)`],
  [
    { ...served, names: ["*.azurewebsites.net"], invalid: "ERR_TLS_CERT_ALTNAME_INVALID" },
    "fail",
    `the certificate shown for ${name} (*.azurewebsites.net, until 2027-01-24 (60 days)) is not valid: ERR_TLS_CERT_ALTNAME_INVALID`,
  ],
  [
    { ...served, expires: new Date("2026-11-01T00:00:00Z"), invalid: "CERT_HAS_EXPIRED" },
    "fail",
    `the certificate shown for ${name} (${name}, until 2026-11-01 (-24 days)) is not valid: CERT_HAS_EXPIRED`,
  ],
  ["connect ECONNREFUSED", "fail", `no certificate for ${name}: connect ECONNREFUSED`],
] as const)("%j: %s", (shown, status, found) => {
  expect(judgeOwn(shown, name, now)).toMatchObject({ status, found });
});
