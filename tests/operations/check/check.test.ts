import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { allVerified, azureSignIn, serveAzure, serveEmails } from "../support/azure";
import { imagePath, mailSettings, openShop, type Shop } from "../support/shop";
import { prodStack, recordId, standbyHost, standbyStack, zone } from "../support/stacks";
import { World, type CommandRun } from "../support/world";

const document = z.object({
  ready: z.boolean(),
  checks: z.array(
    z.strictObject({
      id: z.string(),
      status: z.enum(["pass", "warn", "fail", "unknown"]),
      found: z.string(),
      wanted: z.string(),
      fix: z.string(),
      figures: z.record(z.string(), z.number()).optional(),
    }),
  ),
});

function findings(ran: CommandRun): Map<string, { status: string; found: string; fix: string }> {
  return new Map(document.parse(JSON.parse(ran.stdout)).checks.map((finding) => [finding.id, finding]));
}

let world: World;
let shop: Shop;
let states: Record<string, unknown>;
let notified: string;
beforeEach(async () => {
  world = await World.start();
  shop = await openShop(world);
  states = allVerified;
  notified = "Completed";
  await serveAzure(
    world,
    () => states,
    () => notified,
  );
});
afterEach(() => world.stop());

// The database checks have tests of their own, on a real server.
const aboutTheDatabase = new Set(["database", "last-sync", "new-ids", "tables", "identity-cache"]);
/** App Service's limits cannot be asked for: at its best this one is a warning. */
const atBestWarnings = new Set(["quotas"]);

/** As if a message and a test notification had gone out so many days ago. */
function triedBefore(days: number): void {
  const at = new Date(Date.now() - days * 86_400_000).toISOString();
  mkdirSync(path.join(world.folder, ".standby"), { recursive: true });
  const notes = {
    mail: { at, found: "a message went out" },
    alert: { at, found: "a notification went out" },
  };
  writeFileSync(path.join(world.folder, ".standby/tried.json"), JSON.stringify(notes));
}

/** On a machine that is busy with other tests, a good answer may come late. */
const isSlow = (found: string): boolean => / answered 200 in \d{4,} ms$/.test(found);

test("on a good day everything that is served passes, and a dated note is left", async () => {
  triedBefore(3);
  const ran = await world.run(["check", "--json"], azureSignIn);
  const open = [...findings(ran)].filter(
    ([id, { status, found }]) =>
      status !== (atBestWarnings.has(id) ? "warn" : "pass") && !aboutTheDatabase.has(id) && !isSlow(found),
  );
  expect(open).toEqual([]);
  expect([...findings(ran).keys()].filter((id) => !aboutTheDatabase.has(id))).toEqual([
    "dns",
    "standby-site",
    "standby-as-www",
    "shop-open",
    "pause-page",
    "app-version",
    "webhooks",
    "certificate-www",
    "certificate-domain",
    "certificate-standby",
    "certificate-images",
    "certificate-state",
    "certificate-caa",
    "images",
    "mail-dns",
    "mail-verified",
    "mail-server",
    "mail-limits",
    "mail-sent",
    "alert-test",
    "provider-registrations",
    "quotas",
    "primary-site",
    "pulumi-state",
    "cloudflare",
  ]);
  const note: unknown = JSON.parse(readFileSync(path.join(world.folder, ".standby/check.json"), "utf8"));
  expect(note).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    target: "standby",
    ready: false,
    failing: expect.arrayContaining(["database"]) as string[],
  });
  expect(JSON.parse(readFileSync(path.join(world.folder, ".standby/names.json"), "utf8"))).toMatchObject({
    domain: zone,
    name: `www.${zone}`,
    standby: standbyHost,
  });
});

test("no secret of the stacks is printed or noted", async () => {
  const ran = await world.run(["check", "--json"], azureSignIn);
  const written = `${ran.stdout}${ran.stderr}${readFileSync(path.join(world.folder, ".standby/check.json"), "utf8")}`;
  for (const secret of ["smtp-secret", "db-secret", "operator-secret", "good-token"])
    expect(written).not.toContain(secret);
});

test("each thing that is broken shows as what it is", async () => {
  const stranger = await createStranger();
  shop.edge.handler = (request, response) => {
    if (request.url === "/healthz") response.writeHead(503).end("no database");
    else if (request.url === imagePath) response.writeHead(404).end();
    else response.end(`<img src="https://images.${zone}${imagePath}">`);
  };
  shop.edge.present(`www.${zone}`, stranger);
  shop.edge.present(`images.${zone}`, await world.authority.issue([`pictures.${zone}`]));
  shop.primary.handler = (_request, response) => response.writeHead(502).end();
  world.cloudflare.put({
    id: recordId,
    name: `www.${zone}`,
    type: "CNAME",
    content: "elsewhere.example",
    ttl: 60,
  });
  world.cloudflare.put({ id: "spf", name: `mail.${zone}`, type: "TXT", content: "v=spf1 ~all", ttl: 300 });
  world.cloudflare.remove("selector2");
  states = { ...allVerified, SPF: { status: "VerificationFailed", errorCode: "NotFound" } };
  shop.mail.configure({ ...mailSettings, users: [] });
  world.stacks({
    prod: prodStack({ pending: [{ type: "updating", resource: { urn: "urn:pulumi:prod::w::t::www" } }] }),
    standby: standbyStack({ config: { mailSendLimits: { perMinute: 5, perHour: 1000 } } }),
  });

  const ran = await world.run(["check", "--json"], azureSignIn);
  const found = findings(ran);
  expect(ran.code).toBe(1);
  const ns = `127.0.0.1:${world.dns.port}`;
  const expected: Record<string, string> = {
    dns: `fail: ${ns} sends www.${zone} to elsewhere.example, not to shared.host.example`,
    "standby-as-www": `fail: ${standbyHost} asked for www.${zone}: its certificate is from an authority nobody trusts`,
    "mail-dns": `fail: not in DNS as wanted: SPF (TXT mail.${zone}), DKIM 2 (CNAME selector2-azurecomm-prod-net._domainkey.mail.${zone})`,
    "mail-verified": "fail: spf is VerificationFailed (NotFound)",
    "mail-limits": "fail: 1000 an hour, 5 a minute",
    "primary-site": "warn: shared.host.example answered 502 in",
    "pulumi-state": "fail: 1 operation(s) were cut short: updating www",
    cloudflare: "fail: the record leads to elsewhere.example; the last `pulumi up` wrote shared.host.example",
    "certificate-images": "is not valid: its certificate is for another name",
    "certificate-www": "is not valid: its certificate is from an authority nobody trusts",
    "standby-site": `fail: https://standby.${zone}/healthz answered 503 in`,
    images: `fail: https://images.${zone}${imagePath}: its certificate is for another name`,
  };
  for (const [id, words] of Object.entries(expected)) {
    const finding = found.get(id);
    expect(`${finding?.status ?? ""}: ${finding?.found ?? ""}`).toContain(words);
    expect(finding?.fix).not.toBe("");
  }
  // Renewing does not help where the edge does not know a name yet, as one set up before the bare domain was served.
  expect(found.get("certificate-images")?.fix).toContain(
    `does not name images.${zone}, run \`pulumi up\` of the standby first`,
  );
  // No application is configured here: the server was reached, but no sign-in was tried.
  expect(found.get("mail-server")?.status).toBe("warn");
});

const noted = (): unknown => JSON.parse(readFileSync(path.join(world.folder, ".standby/tried.json"), "utf8"));

test("--deep sends a message by SMTP and a test notification, and notes both", async () => {
  const found = findings(await world.run(["check", "--deep", "--json"], azureSignIn));
  const mail = `a message from orders@mail.${zone} to owner@${zone} was taken for delivery (smtp)`;
  const alert = "a test notification went to mail (Email)";
  expect([found.get("mail-sent"), found.get("alert-test")]).toMatchObject([
    { status: "pass", found: mail, fix: "" },
    { status: "pass", found: alert, fix: "" },
  ]);
  expect(shop.mail.delivered()).toMatchObject([
    { from: `orders@mail.${zone}`, to: [`owner@${zone}`], subject: `Test of the standby of www.${zone}` },
  ]);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
  expect(noted()).toEqual({ mail: { at, found: mail }, alert: { at, found: alert } });
});

test("--deep sends as the operator where the shop sends as its identity", async () => {
  const { sent } = await serveEmails(world);
  const { config, outputs } = standbyStack();
  const { smtpApplication, ...rest } = config;
  const mail = { ...(outputs["mail"] as object), senderKind: "identity", smtpUsername: undefined };
  world.stacks({ prod: prodStack(), standby: standbyStack({ config: rest, outputs: { ...outputs, mail } }) });
  expect(smtpApplication).toBeDefined();
  const found = findings(await world.run(["check", "--deep", "--json"], azureSignIn));
  expect([found.get("mail-server"), found.get("mail-sent")]).toMatchObject([
    {
      status: "pass",
      found: "https://blanklabel-talk.europe.communication.azure.com answers and has let us in",
    },
    {
      status: "pass",
      found: `a message from orders@mail.${zone} to owner@${zone} was taken for delivery (identity)`,
    },
  ]);
  expect(sent).toEqual([
    {
      senderAddress: `orders@mail.${zone}`,
      content: {
        subject: `Test of the standby of www.${zone}`,
        plainText:
          "The standby can send mail. This message was asked for by `standby check --deep`; nothing needs to be done.\n",
      },
      recipients: { to: [{ address: `owner@${zone}` }] },
    },
  ]);
});

test("--deep: what does not go out is a failure, and is not noted", async () => {
  notified = "Failed";
  shop.mail.configure({ ...mailSettings, users: [] });
  const found = findings(await world.run(["check", "--deep", "--json"], azureSignIn));
  expect(found.get("mail-sent")).toMatchObject({
    status: "fail",
    found: expect.stringContaining("535") as string,
  });
  expect(found.get("alert-test")).toMatchObject({
    status: "fail",
    found: "the test notification is Complete: mail Failed",
  });
  expect(noted).toThrow("ENOENT");
});

test("what was never tried, or long ago, is a warning that says what to do", async () => {
  const warned = async () => {
    const found = findings(await world.run(["check", "--json"], azureSignIn));
    return ["mail-sent", "alert-test"].map((id) => found.get(id));
  };
  const fix = "run `standby check --deep`: it sends one message and one test notification";
  expect(await warned()).toMatchObject([
    { status: "warn", found: `mail.${zone} is linked; it was never tried`, fix },
    { status: "warn", found: `the action group reaches owner@${zone}; it was never tried`, fix },
  ]);
  triedBefore(31);
  const old = /; last tried \d{4}-\d\d-\d\d, 31 days ago: a (message|notification) went out$/;
  expect(await warned()).toMatchObject([
    { status: "warn", found: expect.stringMatching(old) as string, fix },
    { status: "warn", found: expect.stringMatching(old) as string, fix },
  ]);
});

test("a mail password that has expired is a failure that names the user", async () => {
  shop.mail.configure({ ...mailSettings, users: [] });
  const finding = findings(await world.run(["check", "--json"], azureSignIn)).get("mail-server");
  expect(finding).toMatchObject({
    status: "fail",
    found: expect.stringContaining(`smtp.azurecomm.net:587 refuses orders@mail.${zone}: 535`) as string,
  });
});

test("what cannot be looked at is unknown, never a pass, and not ready", async () => {
  const ran = await world.run(["check", "--json"], { CLOUDFLARE_API_TOKEN: "bad-token" });
  const found = findings(ran);
  expect(found.get("mail-verified")?.status).toBe("unknown");
  expect(found.get("cloudflare")).toMatchObject({
    status: "unknown",
    found:
      "Cloudflare refuses the token in CLOUDFLARE_API_TOKEN: Authentication error (10000); " +
      'it needs the permission "DNS: Edit" on this zone',
  });
  expect(ran.code).toBe(1);
});

test("before a failback only what a failback needs is looked at, and a dead primary blocks it", async () => {
  shop.primary.handler = (_request, response) => response.writeHead(503).end();
  const ran = await world.run(["check", "--for", "primary", "--json"]);
  expect([...findings(ran)].map(([id, { status }]) => `${id} ${status}`)).toEqual([
    "dns pass",
    "app-version warn",
    "webhooks pass",
    "primary-site fail",
    "primary-certificate pass",
    "pulumi-state pass",
    "cloudflare pass",
  ]);
  expect(ran.code).toBe(1);
});

test("before a failback a primary of this project has to have its certificate still", async () => {
  const primaryStack = "organization/warm-standby/primary";
  world.stacks({
    prod: prodStack({ config: { ...prodStack().config, primaryHost: undefined, primaryStack } }),
    standby: standbyStack(),
  });
  const look = async () => {
    const ran = await world.run(["check", "--for", "primary", "--json"]);
    return findings(ran).get("primary-certificate");
  };
  expect(await look()).toMatchObject({
    status: "pass",
    found: expect.stringMatching(
      /^www\.blanklabel\.example has a certificate by .* until .*; blanklabel\.example has a certificate by/,
    ) as string,
  });
  shop.primary.present(`www.${zone}`, await createStranger());
  expect(await look()).toMatchObject({
    status: "fail",
    found: expect.stringContaining("is not valid") as string,
    fix:
      `it can be issued anew only once www.${zone} leads there: after the failback run \`pulumi config set ` +
      `managedCertificate false --stack ${primaryStack}\`, \`pulumi up --stack ${primaryStack}\`, and the same with true`,
  });
});

test("a primary that is too busy to answer does not hold up leaving it", async () => {
  shop.primary.handler = () => undefined;
  const ran = await world.run(["check", "--json"], azureSignIn);
  expect(findings(ran).get("primary-site")).toMatchObject({
    status: "warn",
    found: "shared.host.example: no answer in time",
  });
  expect(findings(ran).get("app-version")).toMatchObject({
    status: "warn",
    found: "the standby runs 1.0.0; the primary does not answer (no answer in time) at /version",
  });
});

test("the table for people names what blocks, without colours in a pipe", async () => {
  world.cloudflare.remove(recordId);
  const ran = await world.run(["check", "--for", "primary"], { CLOUDFLARE_API_TOKEN: "" });
  expect(ran.stdout).not.toContain("\u001b[");
  expect(ran.stdout).toContain(`127.0.0.1:${world.dns.port} says that www.${zone} does not exist`);
  expect(ran.stdout.trimEnd().split("\n").at(-1)).toBe("NOT READY: dns");
});

test("an unknown site is a usage fault that names what is allowed", async () => {
  const ran = await world.run(["check", "--for", "third"]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toBe('standby: --for "third": it is primary or standby\n');
});

async function createStranger(): Promise<{ chain: string; key: string; expires: Date }> {
  const other = await World.start();
  try {
    return await other.authority.issue([`www.${zone}`]);
  } finally {
    await other.stop();
  }
}
