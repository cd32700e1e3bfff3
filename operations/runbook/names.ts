import { z } from "zod";
import { hostsOf, localNames } from "../../components/names";
import { databaseSku, instances, planSku } from "../../settings/derive";
import { primaryReference } from "../../settings/primary-reference";
import { shared } from "../../settings/shared";
import { appSettings } from "../../settings/standby/app";
import { databaseSettings } from "../../settings/standby/database";
import { forecastSettings } from "../../settings/standby/forecast";
import { imageSettings } from "../../settings/standby/images";
import { placeSettings } from "../../settings/standby/place";
import { sizeSettings } from "../../settings/standby/size";
import { unraisedMailLimits } from "../../settings/mail-service";
import { webhookNotes } from "../webhooks";
import { checkConfig, type StackSettings, type StandbyOutputs } from "../deployment";

const limits = z.object({
  perMinute: z.coerce.number().default(unraisedMailLimits.perMinute),
  perHour: z.coerce.number().default(unraisedMailLimits.perHour),
  ticket: z.coerce.string().optional(),
});

/** The settings of stack `standby` that the runbook names; the others are not looked at. */
const standbyPart = z.object({
  domain: shared.domain,
  zoneId: shared.zoneId,
  ...primaryReference,
  ...placeSettings,
  ...sizeSettings,
  ...forecastSettings,
  databaseEngine: databaseSettings.databaseEngine,
  databaseSku: databaseSettings.databaseSku,
  watchedImage: imageSettings.watchedImage,
  mailSendLimits: limits.prefault({}),
  mailExchange: z.string().optional(),
  alertEmail: z.string(),
  alertPhone: z.string().optional(),
  webhooks: appSettings.webhooks,
});

const prodPart = z.object({
  ttl: z.coerce.number().default(60),
  proxied: z.coerce.string().default("false"),
});

type Config = Readonly<Record<string, unknown>>;

/** Everything that the runbook calls by its name. */
export interface RunbookNames {
  readonly stacks: { readonly prod: string; readonly standby: string };
  readonly hosts: ReturnType<typeof hostsOf>;
  readonly standby: z.output<typeof standbyPart>;
  /** The primary by its host, or by the stack that holds it; of an own one, that stack's name. */
  readonly primary: { readonly called: string; readonly stack: string | undefined };
  readonly ttl: number;
  readonly proxied: boolean;
  readonly local: ReturnType<typeof localNames>;
  /** What is to be done about each of the webhooks. */
  readonly webhooks: readonly string[];
  readonly surge: { readonly plan: string; readonly instances: number; readonly database: string };
  /** What Azure named; undefined while the standby is not up. */
  readonly outputs: StandbyOutputs | undefined;
}

/** @throws Fault (2) naming every setting that is wrong */
export function runbookNames(
  stacks: { readonly prod: StackSettings; readonly standby: StackSettings },
  config: { readonly prod: Config | undefined; readonly standby: Config },
  outputs: StandbyOutputs | undefined,
): RunbookNames {
  const standby = checkConfig(stacks.standby, standbyPart, config.standby);
  const prod = checkConfig(stacks.prod, prodPart, config.prod ?? {});
  const hosts = hostsOf(standby.domain);
  return {
    stacks: { prod: stacks.prod.name, standby: stacks.standby.name },
    hosts,
    standby,
    primary: primaryCalled(standby),
    ttl: prod.ttl,
    proxied: prod.proxied === "true",
    local: localNames(standby.domain),
    webhooks: webhookNotes(standby.webhooks, {
      publicHost: hosts.public,
      primary: standby.primaryHost === undefined ? [] : [standby.primaryHost],
      standby: [hosts.standby, ...(outputs === undefined ? [] : [outputs.standbyHost])],
    }),
    surge: {
      plan: planSku("surge").name,
      instances: instances("surge", standby).minimum,
      database: databaseSku(standby.databaseEngine, "surge", standby, standby.databaseSku).name,
    },
    outputs,
  };
}

function primaryCalled({ primaryHost, primaryStack }: z.output<typeof standbyPart>): RunbookNames["primary"] {
  const stack = primaryStack?.split("/").at(-1);
  return { called: primaryHost ?? `the primary (stack ${stack ?? "not set"})`, stack };
}
