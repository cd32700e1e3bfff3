import { StandbyNames } from "../../components/standby-names";
import { zoneId } from "./examples";
import { declared, runMocked } from "./mocked";

test("two names that never move", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new StandbyNames("names", {
        zoneId,
        edgeHost: "shop.azurefd.net",
        standbyName: "standby.blanklabel.example",
        imageName: "images.blanklabel.example",
      }),
  );
  expect(declared(registered)).toEqual({
    "cloudflare:index/dnsRecord:DnsRecord names-images": {
      comment: "Images, always from the edge",
      content: "shop.azurefd.net",
      name: "images.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "CNAME",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
    "cloudflare:index/dnsRecord:DnsRecord names-standby": {
      comment: "Always the standby",
      content: "shop.azurefd.net",
      name: "standby.blanklabel.example",
      proxied: false,
      ttl: 300,
      type: "CNAME",
      zoneId: "0123456789abcdef0123456789abcdef",
    },
  });
});
