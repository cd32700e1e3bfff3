import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../settings/settings-error";
import { parseStandby } from "../../settings/standby";
import { standbyExample } from "./examples";

const parse = (changes: Record<string, unknown>) =>
  parseStandby("standby", { ...standbyExample, ...changes }, []);

function faultsOf(changes: Record<string, unknown>): readonly string[] {
  try {
    parse(changes);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

const image = "registry.azurecr.io/shop:1.0.0";
const evening = { name: "evenings", days: ["Friday"], from: "18:00", to: "22:00" };
const sale = { name: "sale", date: "2026-11-27", from: "08:00", to: "23:59" };
const schedule = (...entries: object[]) => ({ appSchedule: JSON.stringify(entries) });

test.each<[string, Record<string, unknown>]>([
  ["a package by its path", { appPackage: "dist/shop-1.0.0.zip" }],
  ["an image in place of a package", { appPackage: undefined, appStart: undefined, appContainer: image }],
  ["an image by its digest", { appPackage: undefined, appContainer: `shop@sha256:${"0".repeat(64)}` }],
  ["what comes next", { appNext: "dist/shop-1.1.0.zip" }],
  ["further variables", { appSettings: '{"ConnectionStrings__Default":"x","WEBSITES_PORT":"8080"}' }],
  [
    "two times that do not meet",
    schedule(evening, { ...evening, name: "nights", from: "22:01", to: "23:00" }),
  ],
  ["a date beside a recurring time", schedule(evening, sale)],
  ["a plan of one's own", { planSku: "P2v3", minimumInstances: "2", maximumInstances: "2" }],
])("%s is taken", (_what, changes) => {
  expect(faultsOf(changes)).toEqual([]);
});

test("further secrets come out as secret outputs", async () => {
  const { appSecrets } = parse({ appSecrets: '{"PAYMENT_KEY":"sk-1"}' });
  expect(Object.keys(appSecrets)).toEqual(["PAYMENT_KEY"]);
  const [secret] = Object.values(appSecrets);
  expect(secret !== undefined && (await pulumi.isSecret(secret))).toBe(true);
});

test("a schedule in full", () => {
  expect(parse(schedule(sale, { ...evening, minimumInstances: 4 })).appSchedule).toEqual([
    { ...sale, timeZone: "UTC", minimumInstances: undefined },
    { ...evening, date: undefined, timeZone: "UTC", minimumInstances: 4 },
  ]);
});

const wrong: [Record<string, unknown>, string][] = [
  [
    { appPackage: "http://downloads.example/shop.zip" },
    "warm-standby:appPackage is 'http://downloads.example/shop.zip'; allowed: the https address of the app's zip package, or the path of a .zip from the project's folder. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ],
  [
    { appPackage: "https://me:word@downloads.example/shop.zip" },
    "warm-standby:appPackage is 'https://me:word@downloads.example/shop.zip'; allowed: the https address of the app's zip package, or the path of a .zip from the project's folder. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ],
  [
    { appContainer: image },
    "warm-standby:appContainer is set beside appPackage; allowed: one of the two. Fix: pulumi config rm appContainer --stack standby, or pulumi config rm appPackage --stack standby",
  ],
  [
    { appPackage: undefined },
    "warm-standby:appPackage is not set; allowed: the address of the app's zip package, or appContainer in its place. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ],
  [
    { appPackage: undefined, appContainer: "shop" },
    "warm-standby:appContainer is 'shop'; allowed: an image with its tag or digest, as in registry.azurecr.io/shop:1.0.0. Fix: pulumi config set appContainer registry.azurecr.io/shop:1.0.0 --stack standby",
  ],
  [
    { appStart: undefined },
    "warm-standby:appStart is not set; allowed: the command that starts the app from its package's folder. Fix: pulumi config set appStart 'node server.js' --stack standby",
  ],
  [
    { appRuntime: "PYTHON|3.12" },
    "warm-standby:appRuntime is 'PYTHON|3.12'; allowed: with appPackage, a runtime that App Service runs from a package: NODE, DOTNETCORE or PHP. Fix: use appContainer in place of appPackage, or pulumi config set appRuntime 'NODE|20-lts' --stack standby",
  ],
  [
    { appNext: "dist/shop-1.1.0.zip", appSlot: "false" },
    "warm-standby:appNext is set, but appSlot is 'false'; allowed: only with a slot to run it in. Fix: pulumi config rm appNext --stack standby, or pulumi config set appSlot true --stack standby",
  ],
  [
    { appSettings: '{"SMTP_HOST":"x"}' },
    "warm-standby:appSettings.SMTP_HOST is no name for a further variable; allowed: letters, digits and underscores, not first a digit, and none of the names that this program or App Service sets. Fix: pulumi config rm --path appSettings.SMTP_HOST --stack standby",
  ],
  [
    { appSecrets: '{"PAYMENT-KEY":"x"}' },
    "warm-standby:appSecrets.PAYMENT-KEY is no name for a further variable; allowed: letters, digits and underscores, not first a digit, and none of the names that this program or App Service sets. Fix: pulumi config rm --path appSecrets.PAYMENT-KEY --stack standby",
  ],
  [
    { appSettings: '{"KEY":"x"}', appSecrets: '{"Key":"x"}' },
    "warm-standby:appSecrets.Key is the name of another variable, KEY; allowed: each name once in appSettings and appSecrets together, in whatever case. Fix: pulumi config rm --path appSecrets.Key --stack standby",
  ],
  [
    { versionPath: "version" },
    "warm-standby:versionPath is 'version'; allowed: a path, starting with /. Fix: pulumi config set versionPath /version --stack standby",
  ],
  [
    { webhooks: '[{"name":"payments","url":"www.blanklabel.example"}]' },
    "warm-standby:webhooks.0.url is 'www.blanklabel.example'; allowed: the address that was entered at the provider. Fix: pulumi config set --path 'webhooks[0].url' https://www.blanklabel.example/webhooks/payments --stack standby",
  ],
  [
    { planSku: "S1" },
    "warm-standby:planSku is 'S1'; allowed: a size of Premium v3: P0v3, P1v3, P2v3, P3v3, P1mv3, P2mv3, P3mv3, P4mv3, P5mv3. Fix: pulumi config set planSku P1v3 --stack standby",
  ],
  [
    { minimumInstances: "31" },
    "warm-standby:minimumInstances is '31'; allowed: a whole number from 1 to 30. Fix: pulumi config set minimumInstances 2 --stack standby",
  ],
  [
    { minimumInstances: "3", maximumInstances: "2" },
    "warm-standby:maximumInstances is '2', below minimumInstances, 3; allowed: at least as many. Fix: pulumi config set maximumInstances 3 --stack standby",
  ],
  [
    schedule({ ...evening, date: "2026-11-27" }),
    "warm-standby:appSchedule.evenings has both days and a date; allowed: one of the two. Fix: pulumi config rm --path 'appSchedule[0].date' --stack standby",
  ],
  [
    schedule({ ...evening, days: undefined }),
    "warm-standby:appSchedule.evenings has neither days nor a date; allowed: one of the two. Fix: pulumi config set --path 'appSchedule[0].date' 2026-11-27 --stack standby",
  ],
  [
    schedule({ ...evening, to: "06:00" }),
    "warm-standby:appSchedule.evenings is from 18:00 to 06:00; allowed: a time that ends later on the same day than it begins; past midnight takes two entries. Fix: pulumi config set --path 'appSchedule[0].to' 23:59 --stack standby",
  ],
  [
    schedule(evening, sale, { ...sale, date: "2026-11-28" }),
    "warm-standby:appSchedule.sale is there twice; allowed: each name once. Fix: pulumi config set --path 'appSchedule[2].name' VALUE --stack standby",
  ],
  [
    schedule(evening, {
      ...evening,
      name: "lunch",
      from: "11:00",
      to: "13:00",
      timeZone: "Romance Standard Time",
    }),
    "warm-standby:appSchedule.lunch is in 'Romance Standard Time', evenings in 'UTC'; allowed: one time zone for all that recur. Fix: pulumi config set --path 'appSchedule[1].timeZone' UTC --stack standby",
  ],
  [
    schedule(evening, { ...evening, name: "late", from: "22:00", to: "23:00" }),
    "warm-standby:appSchedule.late meets evenings; allowed: a minute or more between two on the same day. Fix: pulumi config set --path 'appSchedule[1].from' VALUE --stack standby",
  ],
  [
    schedule(
      ...Array.from({ length: 20 }, (_, day) => ({
        ...sale,
        name: `day-${String(day)}`,
        date: `2026-12-${String(day + 1).padStart(2, "0")}`,
      })),
    ),
    "warm-standby:appSchedule has 20 entries; allowed: 20 profiles in all, of which each date takes one and each recurring entry two. Fix: pulumi config rm --path 'appSchedule[19]' --stack standby",
  ],
  [
    schedule({ ...sale, date: "2026-02-30" }),
    "warm-standby:appSchedule.0.date is '2026-02-30'; allowed: a date, YYYY-MM-DD. Fix: pulumi config set --path 'appSchedule[0].date' 2026-11-27 --stack standby",
  ],
  [
    schedule({ ...evening, timeZone: "Europe/Berlin" }),
    "warm-standby:appSchedule.0.timeZone is 'Europe/Berlin'; allowed: a time zone as Azure names it, as in 'W. Europe Standard Time' or 'UTC'. Fix: pulumi config set --path 'appSchedule[0].timeZone' UTC --stack standby",
  ],
  [
    schedule({ ...evening, from: "6pm" }),
    "warm-standby:appSchedule.0.from is '6pm'; allowed: a time of day from 00:00 to 23:59. Fix: pulumi config set --path 'appSchedule[0].from' 08:00 --stack standby",
  ],
];
test.each(wrong)("%j is refused", (changes, message) => {
  expect(faultsOf(changes)).toEqual([message]);
});
