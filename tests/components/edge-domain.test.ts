import { certifiable, EdgeDomain } from "../../components/edge-domain";
import { currentToken } from "../../components/validation-token";
import { place, zoneId } from "./examples";
import { declared, one, runMocked } from "./mocked";

const { resourceGroupName } = place;
const domain = (hostName: string) =>
  new EdgeDomain("domain-public", { resourceGroupName, profileName: "shop-edge", zoneId, hostName });

test("a managed certificate, and the TXT record with the token of now", async () => {
  const { registered } = await runMocked("standby", () => domain("www.blanklabel.example"), ["renewed"]);
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDCustomDomain domain-public": {
      resourceGroupName,
      profileName: "shop-edge",
      customDomainName: "www-blanklabel-example",
      hostName: "www.blanklabel.example",
      tlsSettings: { certificateType: "ManagedCertificate", minimumTlsVersion: "TLS12" },
    },
    "cloudflare:index/dnsRecord:DnsRecord domain-public-validation": {
      zoneId,
      name: "_dnsauth.www.blanklabel.example",
      type: "TXT",
      content: '"renewed"',
      ttl: 60,
      proxied: false,
      comment: "Proves to Front Door whose name this is",
    },
  });
});

test("a certificate of one's own needs no record, and may be for a longer name", async () => {
  const hostName = `${"a".repeat(60)}.blanklabel.example`;
  const certificateId = "/id/Secret/certificate";
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgeDomain("domain-public", {
        resourceGroupName,
        profileName: "shop-edge",
        zoneId,
        hostName,
        certificateId,
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDCustomDomain domain-public": {
      resourceGroupName,
      profileName: "shop-edge",
      customDomainName: hostName.replaceAll(".", "-"),
      hostName,
      tlsSettings: {
        certificateType: "CustomerCertificate",
        minimumTlsVersion: "TLS12",
        secret: { id: certificateId },
      },
    },
  });
});

test("right after create, the token is the one that create gave", async () => {
  const { registered } = await runMocked("standby", () => domain("www.blanklabel.example"), [undefined]);
  const record = one(registered, "cloudflare:index/dnsRecord:DnsRecord", "domain-public-validation");
  expect(record["content"]).toBe('"token-at-create"');
});

test("the token of now goes before the one of create; neither may be empty", () => {
  expect(currentToken({ validationToken: "now" }, { validationToken: "before" })).toBe("now");
  expect(currentToken({ validationToken: "" }, { validationToken: "before" })).toBe("before");
  expect(currentToken({}, { validationToken: "before" })).toBe("before");
  expect(currentToken(undefined, {})).toBeUndefined();
});

test("a name too long for a managed certificate is refused", () => {
  const longest = `${"a".repeat(56)}.example`;
  expect(certifiable(longest)).toBe(longest);
  expect(() => certifiable(`b${longest}`)).toThrow(
    `b${longest} has 65 characters; a managed certificate takes 64 at most. Fix: use a shorter domain`,
  );
});
