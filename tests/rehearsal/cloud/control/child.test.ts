import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startCloud, type LocalCloud } from "../../../../rehearsal/cloud";
import { networkEnvironment } from "../../../../rehearsal/network/environment";
import { zoneId } from "./test-cloud";

const run = promisify(execFile);
/** A program of the operator's: the official SDKs, unchanged, in the rehearsal's network. */
const program = `
const { CommunicationServiceManagementClient } = require("@azure/arm-communication");
const { DefaultAzureCredential } = require("@azure/identity");
(async () => {
  const credential = new DefaultAzureCredential();
  const { token } = await credential.getToken("https://management.azure.com/.default");
  const client = new CommunicationServiceManagementClient(credential, process.env.AZURE_SUBSCRIPTION_ID);
  const answer = await client.domains.get("rg", "post", "mail.blanklabel.example").catch((error) => error.message);
  const zones = await fetch("https://api.cloudflare.com/client/v4/zones", {
    headers: { authorization: "Bearer " + process.env.CLOUDFLARE_API_TOKEN },
  });
  console.log(JSON.stringify({ signedIn: token.length > 0, answer, zones: (await zones.json()).result }));
})();`;

let folder: string;
let cloud: LocalCloud;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "cloud-"));
  cloud = await startCloud({
    folder,
    logs: folder,
    zone: { id: zoneId, name: "blanklabel.example" },
    clock: { startedAt: Date.now(), speed: 1 },
    operatorAddress: "203.0.113.10",
    downloads: {},
  });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("official SDKs sign in and are answered over TLS in the clouds' own names", async () => {
  const { stdout } = await run(process.execPath, ["-e", program], {
    cwd: path.join(__dirname, "../../../.."),
    env: { ...networkEnvironment(cloud.network), ...cloud.operatorEnvironment },
  });
  expect(JSON.parse(stdout)).toMatchObject({
    signedIn: true,
    answer: expect.stringContaining("mail.blanklabel.example' was not found") as string,
    zones: [{ id: zoneId, name: "blanklabel.example" }],
  });
});

test("the drill turns limits, names and routes by the control API", async () => {
  await cloud.control.call("setMailLimits", { perMinute: 300, perHour: 3000 });
  await cloud.control.call("addHost", { host: "shared.host.example", port: 443, localPort: 9 });
  expect(await cloud.control.call("snapshot", {})).toMatchObject({
    resources: [],
    records: [],
    mail: { limits: { perMinute: 300, perHour: 3000 } },
  });
  await expect(cloud.control.call("demandRevalidation", { hostName: "www.other.example" })).rejects.toThrow(
    "the local cloud refused demandRevalidation: No custom domain has the host name www.other.example.",
  );
});
