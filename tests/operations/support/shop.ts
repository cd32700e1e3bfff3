import type { MailServer, MailSettings } from "../../../rehearsal/cloud/contracts";
import { startMailServer } from "../../../rehearsal/cloud/mail";
import type { Site, World } from "./world";
import { primaryHost, recordId, standbyHost, zone } from "./stacks";

/** The shop's two sites, its mail server and its DNS as they are on a good day. */
export interface Shop {
  readonly primary: Site;
  readonly edge: Site;
  readonly mail: MailServer;
}

export const mailSettings: MailSettings = {
  users: [{ username: `orders@mail.${zone}`, password: "smtp-secret" }],
  domains: [{ name: `mail.${zone}`, senders: ["orders"] }],
  limits: { perMinute: 30, perHour: 100 },
};

export const imagePath = "/shirt.0123456789.png";

/** What both sites run, as the stack deployed it. */
const version = "1.0.0";

export async function openShop(world: World): Promise<Shop> {
  const seen = new Set<string>();
  const primary = await world.serve(
    primaryHost,
    ({ url }, response) => response.end(url === "/version" ? version : "the primary"),
    [`www.${zone}`, zone, primaryHost],
  );
  const edge = await world.serve(
    standbyHost,
    (request, response) => {
      response.setHeader("x-azure-ref", "reference");
      const { host = "", url = "" } = { host: request.headers.host, url: request.url };
      if (host === `images.${zone}`) {
        response.writeHead(url === imagePath ? 200 : 404, {
          "content-type": "image/png",
          "cache-control": "public, max-age=31536000, immutable",
          "x-cache": seen.has(url) ? "TCP_HIT" : "TCP_MISS",
        });
        seen.add(url);
        response.end("picture");
      } else if (url === "/healthz") response.end("ok");
      else if (url === "/version") response.end(version);
      else if (url === "/.well-known/standby-pause")
        response.writeHead(200, { "x-standby-pause": "ready" }).end("ready");
      else response.end(`<img src="https://images.${zone}${imagePath}" alt="">`);
    },
    [`www.${zone}`, zone, `standby.${zone}`, `images.${zone}`, standbyHost],
  );
  const { cloudflare } = world;
  cloudflare.put({ id: recordId, name: `www.${zone}`, type: "CNAME", content: primaryHost, ttl: 60 });
  for (const name of ["standby", "images"])
    cloudflare.put({ id: name, name: `${name}.${zone}`, type: "CNAME", content: standbyHost, ttl: 300 });
  const text = (id: string, name: string, content: string): void =>
    cloudflare.put({ id, name, type: "TXT", content, ttl: 300 });
  text("spf", `mail.${zone}`, "v=spf1 include:spf.protection.outlook.com -all");
  text("dmarc", `_dmarc.mail.${zone}`, "v=DMARC1; p=quarantine");
  for (const selector of ["selector1", "selector2"])
    cloudflare.put({
      id: selector,
      name: `${selector}-azurecomm-prod-net._domainkey.mail.${zone}`,
      type: "CNAME",
      content: `${selector}-azurecomm-prod-net._domainkey.azurecomm.net`,
      ttl: 300,
    });
  const certificate = await world.authority.issue(["smtp.azurecomm.net"]);
  const mail = await startMailServer({ certificate, settings: mailSettings });
  world.routes.add("smtp.azurecomm.net", 587, mail.port);
  world.atEnd(() => mail.stop());
  return { primary, edge, mail };
}
