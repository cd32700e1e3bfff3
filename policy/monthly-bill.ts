import { z } from "zod";
import { billOf, databasePrice, type Bill, type BillLine } from "../settings/cost";
import {
  databaseGigabytes,
  fileGigabytes,
  hoursPerMonth,
  imageGigabytes,
  monthlyUsage,
  vaultOperations,
} from "../settings/usage";
import { types } from "./resource-types";
import { unknownText } from "./unknown";

/** What is declared to stand. */
export interface Standing {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * A month's bill of what is declared, at list price and at the sizes that are declared.
 *
 * @param forecast the stack's own output; what follows from use alone (requests, traffic, logs, mails) is that of a usual
 *   month of it, and left out where it is no forecast
 */
export function billOfDeclared(standing: readonly Standing[], forecast: unknown): Bill {
  const usage = forecastSchema.safeParse(forecast).data;
  return billOf([
    ...standing.flatMap((each) => linesOf(each, standing)),
    ...(usage === undefined ? [] : usageLines(usage)),
  ]);
}

const forecastSchema = z.object({ visitorsPerHour: z.number(), mailsPerHour: z.number() });
type Forecast = z.output<typeof forecastSchema>;

function usageLines(forecast: Forecast): readonly BillLine[] {
  const usage = monthlyUsage(forecast, "warm");
  return [
    ["edge: requests", "edge/requests", usage.requests / 10_000],
    ["edge: traffic", "edge/egress", usage.egressGigabytes],
    ["logs", "watch/logs", usage.logGigabytes],
    ["mail", "mail/messages", usage.mails],
    ["mail: traffic", "mail/transfer", usage.mailMegabytes],
  ];
}

type Lines = (standing: Standing, all: readonly Standing[]) => readonly BillLine[];

const hourly =
  (key: string): Lines =>
  ({ name }) => [[name, key, hoursPerMonth]];
const once =
  (key: string, quantity = 1): Lines =>
  ({ name }) => [[name, key, quantity]];

const sku = z.object({ sku: z.object({ name: z.string(), capacity: z.number().optional() }) });
const flexible = z.object({ storage: z.object({ storageSizeGB: z.number() }) });
const profiles = z.object({
  profiles: z.array(
    z.object({
      capacity: z.object({ minimum: z.coerce.number() }),
      recurrence: z.unknown(),
      fixedDate: z.unknown(),
    }),
  ),
});
const webTest = z.object({
  frequency: z.number(),
  locations: z.array(z.unknown()),
  enabled: z.boolean().default(true),
});

/** A size that is only known once it exists is billed as unknown, never as nothing. */
const sizeIn = (inputs: unknown): string => {
  const name = sku.safeParse(inputs).data?.sku.name ?? unknownText;
  return name === unknownText ? "size not known yet" : name;
};

const flexibleServer =
  (engine: "postgres" | "mysql"): Lines =>
  ({ name, inputs }) => {
    const [key, each] = databasePrice(engine, sizeIn(inputs));
    const gigabytes = flexible.safeParse(inputs).data?.storage.storageSizeGB ?? databaseGigabytes;
    return [
      [name, key, each * hoursPerMonth],
      [`${name}: storage`, `${engine}/storage`, gigabytes],
    ];
  };

const plan: Lines = ({ name, inputs }, all) => {
  const size = sizeIn(inputs);
  // Basic plans cannot grow by themselves: the autoscale setting is of the other.
  const setting = /^B\d/i.test(size) ? undefined : all.find(({ type }) => type === types.autoscale);
  const usual = profiles
    .safeParse(setting?.inputs)
    .data?.profiles.filter(({ recurrence, fixedDate }) => recurrence === undefined && fixedDate === undefined)
    .map(({ capacity }) => capacity.minimum);
  const instances = usual?.[0] ?? sku.safeParse(inputs).data?.sku.capacity ?? 1;
  return [[name, `plan/${size}`, instances * hoursPerMonth]];
};

const linesByType: ReadonlyMap<string, Lines> = new Map<string, Lines>([
  [types.plan, plan],
  [types.postgresServer, flexibleServer("postgres")],
  [types.mysqlServer, flexibleServer("mysql")],
  [types.sqlDatabase, ({ name, inputs }) => [[name, `sqlserver/${sizeIn(inputs)}`, hoursPerMonth]]],
  [types.frontDoor, once("edge/base")],
  ["azure-native:frontdoor:Policy", once("edge/firewall")],
  ["azure-native:network:PrivateEndpoint", hourly("network/endpoint")],
  ["azure-native:privatedns:PrivateZone", once("network/zone")],
  [
    types.storageAccount,
    (each) => [[each.name, "storage/hot", each.name.includes("image") ? imageGigabytes : fileGigabytes]],
  ],
  [types.vault, once("vault/operations", vaultOperations / 10_000)],
  [
    types.webTest,
    ({ name, inputs }) => {
      const test = webTest.safeParse(inputs).data;
      if (test?.enabled !== true) return [];
      return [[name, "watch/tests", (test.locations.length * hoursPerMonth * 3600) / test.frequency]];
    },
  ],
  [types.alert, once("watch/alerts")],
  [types.logAlert, once("watch/queries")],
]);

const linesOf: Lines = (standing, all) => linesByType.get(standing.type)?.(standing, all) ?? [];
