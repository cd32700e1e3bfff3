import { AppHostName } from "../../components/app-host-name";
import { place, zoneId } from "./examples";
import { declared, runMocked } from "./mocked";

test("the proof in DNS, then the binding", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new AppHostName("app-public", {
        resourceGroupName: place.resourceGroupName,
        zoneId,
        appName: "shop-abc123",
        hostName: "www.blanklabel.example",
        verificationId: "PROOF",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:web:WebAppHostNameBinding app-public": {
      customHostNameDnsRecordType: "CName",
      hostName: "www.blanklabel.example",
      hostNameType: "Verified",
      name: "shop-abc123",
      resourceGroupName: "shop-standby-rg",
      siteName: "shop-abc123",
      sslState: "Disabled",
    },
    "cloudflare:index/dnsRecord:DnsRecord app-public-proof": {
      comment: "Proves to App Service whose name this is",
      content: '"PROOF"',
      name: "asuid.www.blanklabel.example",
      proxied: false,
      ttl: 60,
      type: "TXT",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
  });
});

test("a zone's own name is bound as one that has addresses", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new AppHostName("app-apex", {
        resourceGroupName: place.resourceGroupName,
        zoneId,
        appName: "shop-abc123",
        hostName: "blanklabel.example",
        apex: true,
        verificationId: "PROOF",
      }),
  );
  expect(declared(registered)).toMatchObject({
    "azure-native:web:WebAppHostNameBinding app-apex": {
      customHostNameDnsRecordType: "A",
      hostName: "blanklabel.example",
    },
    "cloudflare:index/dnsRecord:DnsRecord app-apex-proof": { name: "asuid.blanklabel.example" },
  });
});

test("no proof where another stack declares it", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new AppHostName("app-public", {
        resourceGroupName: place.resourceGroupName,
        zoneId,
        appName: "shop-abc123",
        hostName: "www.blanklabel.example",
      }),
  );
  expect(Object.keys(declared(registered))).toEqual(["azure-native:web:WebAppHostNameBinding app-public"]);
});
