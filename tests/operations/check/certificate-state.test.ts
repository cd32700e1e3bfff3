import { judgeCaa } from "../../../operations/check/checks/certificate-caa";
import { judgeDomains } from "../../../operations/check/checks/certificate-state";
import { caaRules } from "../../../operations/check/probes/caa";
import { setServers, getServers } from "node:dns";
import { startNameServer } from "../../../rehearsal/cloud/dns";
import type { NameServer } from "../../../rehearsal/cloud/contracts";

const domain = (name: string, validation: string, deployment = "Succeeded") => ({
  hostName: `${name}.blanklabel.example`,
  validation,
  deployment,
  token: "token",
});

test.each([
  [
    [domain("www", "Approved"), domain("images", "Approved", "NotStarted")],
    { status: "pass", found: "www.blanklabel.example is Approved, images.blanklabel.example is Approved" },
  ],
  [
    [domain("www", "PendingRevalidation"), domain("images", "Approved")],
    {
      status: "warn",
      found:
        "www.blanklabel.example is PendingRevalidation: the certificate ends within 45 days, and is not renewed while the name leads elsewhere",
    },
  ],
  [
    [domain("www", "PendingRevalidation"), domain("images", "TimedOut")],
    { status: "fail", found: "images.blanklabel.example is TimedOut" },
  ],
  [[domain("www", "Pending")], { status: "fail", found: "www.blanklabel.example is Pending" }],
  [
    [domain("www", "Approved", "Failed")],
    { status: "fail", found: "www.blanklabel.example is Approved, its deployment Failed" },
  ],
])("what Azure says of the names is judged", (domains, look) => {
  expect(judgeDomains(domains)).toEqual(look);
});

const names = ["www.blanklabel.example"];

test.each([
  [
    { at: undefined, issuers: undefined },
    { status: "pass", found: "digicert.com may issue for www.blanklabel.example" },
  ],
  [
    { at: "blanklabel.example", issuers: undefined },
    { status: "pass", found: "digicert.com may issue for www.blanklabel.example" },
  ],
  [
    { at: "blanklabel.example", issuers: ["letsencrypt.org", "DigiCert.com"] },
    { status: "pass", found: "digicert.com may issue for www.blanklabel.example" },
  ],
  [
    { at: "blanklabel.example", issuers: ["letsencrypt.org"] },
    {
      status: "warn",
      found:
        "the CAA records of blanklabel.example let only letsencrypt.org issue for www.blanklabel.example; its certificate is from digicert.com",
      fix: 'add the record CAA blanklabel.example 0 issue "digicert.com"',
    },
  ],
  [
    { at: "www.blanklabel.example", issuers: [] },
    {
      status: "warn",
      found:
        "the CAA records of www.blanklabel.example let nobody issue for www.blanklabel.example; its certificate is from digicert.com",
      fix: 'add the record CAA www.blanklabel.example 0 issue "digicert.com"',
    },
  ],
])("CAA rules are judged: %j", (rules, look) => {
  expect(judgeCaa([rules], names, ["digicert.com"])).toEqual(look);
});

describe("CAA rules are found by DNS", () => {
  let server: NameServer;
  const before = getServers();
  beforeAll(async () => {
    server = await startNameServer({ apexes: ["blanklabel.example"] });
    setServers([`127.0.0.1:${String(server.port)}`]);
  });
  afterAll(async () => {
    setServers(before);
    await server.stop();
  });
  const put = (id: string, name: string, content: string) =>
    server.put({ id, name, type: "CAA", content, ttl: 60 });
  const rules = (host = "www.blanklabel.example") => caaRules(host, "blanklabel.example");

  test("the nearest name's count, up to the zone's own", async () => {
    expect(await rules()).toEqual({ at: undefined, issuers: undefined });
    put("1", "blanklabel.example", '0 issue "letsencrypt.org; validationmethods=dns-01"');
    put("2", "blanklabel.example", '0 iodef "mailto:owner@blanklabel.example"');
    expect(await rules()).toEqual({ at: "blanklabel.example", issuers: ["letsencrypt.org"] });
    put("3", "www.blanklabel.example", '0 issue ";"');
    expect(await rules()).toEqual({ at: "www.blanklabel.example", issuers: [] });
    expect(await rules("blanklabel.example")).toEqual({
      at: "blanklabel.example",
      issuers: ["letsencrypt.org"],
    });
    put("4", "images.blanklabel.example", '0 iodef "mailto:owner@blanklabel.example"');
    expect(await rules("images.blanklabel.example")).toEqual({
      at: "images.blanklabel.example",
      issuers: undefined,
    });
  });
});
