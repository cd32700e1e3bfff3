import { parseProd, type ProdSettings } from "../../settings/prod";
import { SettingsError } from "../../settings/settings-error";
import { prodExample } from "./examples";

const parse = (changes: Record<string, unknown>): ProdSettings =>
  parseProd("prod", { ...prodExample, ...changes }, ["location", "domain"]);

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("few settings are required, the rest have defaults", () => {
  expect(parse({})).toEqual({
    role: undefined,
    domain: "blanklabel.example",
    zoneId: "0123456789abcdef0123456789abcdef",
    activeSite: "primary",
    primaryHost: "shared.host.example",
    primaryAddress: undefined,
    primaryStack: undefined,
    standbyStack: undefined,
    ttl: 60,
    primaryDatabaseUrl: undefined,
    proxied: false,
  });
});

test("text becomes numbers and booleans", () => {
  const settings = parse({
    ttl: "3600",
    proxied: "true",
    activeSite: "standby",
    standbyStack: "organization/warm-standby/standby",
    primaryAddress: "203.0.113.10",
  });
  expect(settings).toMatchObject({
    ttl: 3600,
    proxied: true,
    activeSite: "standby",
    standbyStack: "organization/warm-standby/standby",
    primaryAddress: "203.0.113.10",
  });
  expect(Object.isFrozen(settings)).toBe(true);
});

test("every missing setting is named at once", () => {
  expect(faultsOf(() => parseProd("prod", {}, []))).toEqual([
    "warm-standby:domain is not set; allowed: the zone's name, in lower case and without a trailing dot. Fix: pulumi config set domain blanklabel.example --stack prod",
    "warm-standby:zoneId is not set; allowed: the zone's id at Cloudflare, 32 hexadecimal digits. Fix: pulumi config set zoneId 0123456789abcdef0123456789abcdef --stack prod",
    "warm-standby:primaryHost is not set; allowed: the primary's host name, in lower case and without a trailing dot, or primaryStack in its place. Fix: pulumi config set primaryHost shared.host.example --stack prod",
  ]);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "a TTL that not every plan takes",
    { ttl: "30" },
    "warm-standby:ttl is '30'; allowed: a whole number of seconds from 60 to 86400. Fix: pulumi config set ttl 60 --stack prod",
  ],
  [
    "a TTL that is no number",
    { ttl: "1 minute" },
    "warm-standby:ttl is '1 minute'; allowed: a whole number of seconds from 60 to 86400. Fix: pulumi config set ttl 60 --stack prod",
  ],
  [
    "a site that there is not",
    { activeSite: "azure" },
    "warm-standby:activeSite is 'azure'; allowed: primary or standby. Fix: pulumi config set activeSite primary --stack prod",
  ],
  [
    "a flip without a standby",
    { activeSite: "standby" },
    "warm-standby:activeSite is 'standby', but no standby is configured; allowed: primary, until standbyStack is set. Fix: pulumi config set standbyStack organization/warm-standby/standby --stack prod",
  ],
  [
    "an address in place of a name",
    { primaryHost: "203.0.113.10" },
    "warm-standby:primaryHost is '203.0.113.10'; allowed: the primary's host name, in lower case and without a trailing dot. Fix: pulumi config set primaryHost shared.host.example --stack prod",
  ],
  [
    "a trailing dot",
    { primaryHost: "shared.host.example." },
    "warm-standby:primaryHost is 'shared.host.example.'; allowed: the primary's host name, in lower case and without a trailing dot. Fix: pulumi config set primaryHost shared.host.example --stack prod",
  ],
  [
    "two primaries",
    { primaryStack: "organization/warm-standby/primary" },
    "warm-standby:primaryStack is set beside primaryHost; allowed: one of the two. Fix: pulumi config rm primaryHost --stack prod, or pulumi config rm primaryStack --stack prod",
  ],
  [
    "no primary",
    { primaryHost: undefined },
    "warm-standby:primaryHost is not set; allowed: the primary's host name, in lower case and without a trailing dot, or primaryStack in its place. Fix: pulumi config set primaryHost shared.host.example --stack prod",
  ],
  [
    "the short name of the primary's stack",
    { primaryHost: undefined, primaryStack: "primary" },
    "warm-standby:primaryStack is 'primary'; allowed: organization/project/stack. Fix: pulumi config set primaryStack organization/warm-standby/primary --stack prod",
  ],
  [
    "an address of a primary that has a name",
    {
      primaryHost: undefined,
      primaryStack: "organization/warm-standby/primary",
      primaryAddress: "203.0.113.10",
    },
    "warm-standby:primaryAddress has no effect beside primaryStack, whose stack says it. Fix: pulumi config rm primaryAddress --stack prod",
  ],
  [
    "a database that the primary's stack knows",
    {
      primaryHost: undefined,
      primaryStack: "organization/warm-standby/primary",
      primaryDatabaseUrl: "postgres://u:p@h/d",
    },
    "warm-standby:primaryDatabaseUrl has no effect beside primaryStack, whose stack says it. Fix: pulumi config rm primaryDatabaseUrl --stack prod",
  ],
  [
    "an address with a part too large",
    { primaryAddress: "203.0.113.256" },
    "warm-standby:primaryAddress is '203.0.113.256'; allowed: an IPv4 or IPv6 address. Fix: pulumi config set primaryAddress 203.0.113.10 --stack prod",
  ],
  [
    "a stack's short name",
    { standbyStack: "standby" },
    "warm-standby:standbyStack is 'standby'; allowed: organization/project/stack. Fix: pulumi config set standbyStack organization/warm-standby/standby --stack prod",
  ],
  [
    "a word for a boolean",
    { proxied: "yes" },
    "warm-standby:proxied is 'yes'; allowed: true or false. Fix: pulumi config set proxied false --stack prod",
  ],
  [
    "a misspelt key",
    { activSite: "primary" },
    "warm-standby:activSite is not a setting. Fix: correct its name, or pulumi config rm activSite --stack prod",
  ],
  [
    "a key of the other stack",
    { location: "westeurope" },
    "warm-standby:location has no effect in this stack: it belongs to another. Fix: pulumi config rm location --stack prod",
  ],
])("refused: %s", (_title, changes, fault) => {
  expect(faultsOf(() => parse(changes))).toEqual([fault]);
});

test("a secret is neither printed nor taken in clear text", () => {
  expect(faultsOf(() => parse({ primaryDatabaseUrl: "not-a-url-but-a-password" }))).toEqual([
    "warm-standby:primaryDatabaseUrl is set, but not as it must be; allowed: the URL of the primary's database. Fix: pulumi config set --secret primaryDatabaseUrl --stack prod",
  ]);
  const inClear = () =>
    parseProd(
      "prod",
      { ...prodExample, primaryDatabaseUrl: "postgres://u:p@h/d" },
      [],
      ["primaryDatabaseUrl"],
    );
  expect(faultsOf(inClear)).toEqual([
    "warm-standby:primaryDatabaseUrl is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then pulumi config set --secret primaryDatabaseUrl --stack prod",
  ]);
});

test("the message lists all faults under one line", () => {
  expect(() => parse({ ttl: "5", proxied: "no" })).toThrow(
    new SettingsError("prod", [
      "warm-standby:ttl is '5'; allowed: a whole number of seconds from 60 to 86400. Fix: pulumi config set ttl 60 --stack prod",
      "warm-standby:proxied is 'no'; allowed: true or false. Fix: pulumi config set proxied false --stack prod",
    ]),
  );
  expect(new SettingsError("prod", ["a", "b"]).message).toBe("stack prod: 2 settings are wrong\n  a\n  b");
  expect(new SettingsError("prod", ["a"]).message).toBe("stack prod: 1 setting is wrong\n  a");
});
