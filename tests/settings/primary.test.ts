import { parsePrimary, type PrimarySettings } from "../../settings/primary";
import { SettingsError } from "../../settings/settings-error";
import { primaryExample } from "./examples";

const parse = (changes: Record<string, unknown>): PrimarySettings =>
  parsePrimary("primary", { ...primaryExample, ...changes }, ["ttl"]);

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
  expect(parse({})).toMatchObject({
    domain: "blanklabel.example",
    location: "northeurope",
    managedCertificate: false,
    publicProof: "primary",
    databaseEngine: "postgres",
    deletionLock: true,
    operatorAddresses: [],
    appPackage: "https://downloads.blanklabel.example/shop-1.0.0.zip",
    appRuntime: "NODE|20-lts",
    appSettings: {},
    operatorObjectIds: [],
    shopOpen: true,
    pauseRetryAfter: 600,
  });
});

test("text becomes booleans, and mail is set as the shop has it", () => {
  const appSettings = { MAIL_FROM: "orders@mail.blanklabel.example", SMTP_HOST: "smtp.mailhost.example" };
  expect(
    parse({ managedCertificate: "true", shopOpen: "false", appSettings: JSON.stringify(appSettings) }),
  ).toMatchObject({ managedCertificate: true, shopOpen: false, appSettings });
});

test("every missing setting is named at once", () => {
  expect(faultsOf(() => parsePrimary("primary", {}, []))).toEqual([
    "warm-standby:domain is not set; allowed: the zone's name, in lower case and without a trailing dot. Fix: pulumi config set domain blanklabel.example --stack primary",
    "warm-standby:zoneId is not set; allowed: the zone's id at Cloudflare, 32 hexadecimal digits. Fix: pulumi config set zoneId 0123456789abcdef0123456789abcdef --stack primary",
    "warm-standby:sessionSecret is not set; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack primary",
    "warm-standby:appPackage is not set; allowed: the address of the app's zip package, or appContainer in its place. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack primary",
  ]);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "a region by its long name",
    { location: "North Europe" },
    "warm-standby:location is 'North Europe'; allowed: an Azure region's short name. Fix: pulumi config set location northeurope --stack primary",
  ],
  [
    "a word for a boolean",
    { managedCertificate: "yes" },
    "warm-standby:managedCertificate is 'yes'; allowed: true or false. Fix: pulumi config set managedCertificate true --stack primary",
  ],
  [
    "a stack that has no app",
    { publicProof: "prod" },
    "warm-standby:publicProof is 'prod'; allowed: primary or standby. Fix: pulumi config set publicProof primary --stack primary",
  ],
  [
    "a package without TLS",
    { appPackage: "http://downloads.blanklabel.example/shop.zip" },
    "warm-standby:appPackage is 'http://downloads.blanklabel.example/shop.zip'; allowed: the https address of the app's zip package, or the path of a .zip from the project's folder. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack primary",
  ],
  [
    "a package without a start",
    { appStart: undefined },
    "warm-standby:appStart is not set; allowed: the command that starts the app from its package's folder. Fix: pulumi config set appStart 'node server.js' --stack primary",
  ],
  [
    "a variable of the program's own",
    { appSettings: { DATABASE_URL: "mine" } },
    "warm-standby:appSettings.DATABASE_URL is no name for a further variable; allowed: letters, digits and underscores, not first a digit, and none of the names that this program or App Service sets. Fix: pulumi config rm --path appSettings.DATABASE_URL --stack primary",
  ],
  [
    "a short secret",
    { sessionSecret: "short" },
    "warm-standby:sessionSecret is set, but not as it must be; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack primary",
  ],
  [
    "a slot, which no Basic plan has",
    { appSlot: "true" },
    "warm-standby:appSlot is not a setting. Fix: correct its name, or pulumi config rm appSlot --stack primary",
  ],
  [
    "a key of another stack",
    { ttl: "60" },
    "warm-standby:ttl has no effect in this stack: it belongs to another. Fix: pulumi config rm ttl --stack primary",
  ],
])("refused: %s", (_title, changes, fault) => {
  expect(faultsOf(() => parse(changes))).toEqual([fault]);
});
