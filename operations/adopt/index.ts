import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { log } from "../check/notes";
import { Cloudflare, type CloudflareRecord } from "../check/probes/cloudflare";
import { patience } from "../cutover/flip";
import { confirm } from "../cutover/question";
import { untilAuthoritative, untilServed } from "../cutover/wait";
import {
  prodConfigSchema,
  readConfig,
  runPulumi,
  type DeploymentSettings,
  type ProdConfig,
} from "../deployment";
import { refusal } from "../fault";
import type { Io } from "../io";
import { importFile, planAdoption, type AdoptionPlan } from "./plan";

export interface AdoptOptions {
  /** Do not ask. */
  readonly yes: boolean;
  /** Run the import as well. */
  readonly import: boolean;
}

interface Shown {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** Result of an adoption: part of the command line's contract. */
export interface AdoptedRecords {
  readonly zone: string;
  /** Nothing was done: nobody could be asked, and `--yes` was not given. */
  readonly dryRun: boolean;
  readonly deletes: readonly Shown[];
  readonly posts: readonly Shown[];
  /** Absolute; null in a dry run. */
  readonly importFile: string | null;
  readonly importCommand: string | null;
  readonly imported: boolean;
  /** The command that takes the move back; null where nothing was moved. */
  readonly undo: string | null;
}

/**
 * Brings the records that are there into the form that the program declares, in one batch call, and under Pulumi.
 *
 * @throws Fault (1) where that would lead visitors elsewhere; (2) settings; (3) Cloudflare or Pulumi; (130) not confirmed.
 */
export async function adopt(
  settings: DeploymentSettings,
  options: AdoptOptions,
  io: Io,
): Promise<AdoptedRecords> {
  const { name: stack } = settings.prod;
  const cloudflare = Cloudflare.fromEnvironment(process.env);
  const config = await readConfig(settings, settings.prod, prodConfigSchema);
  const { domain, zoneId } = config;
  const [www, apex, origin] = await Promise.all([
    cloudflare.records(zoneId, `www.${domain}`),
    cloudflare.records(zoneId, domain),
    cloudflare.records(zoneId, `origin.${domain}`),
  ]);
  await demandNotHeld(settings, www);
  const plan = planAdoption(config, { www, apex, origin }, stack);
  showPlan(plan, io);
  const moves = plan.posts.length > 0;
  const base = {
    zone: domain,
    deletes: plan.deletes.map(brief),
    posts: plan.posts.map(({ record }) => brief(record)),
  };
  if ((moves || options.import) && !options.yes) {
    if (!process.stdin.isTTY) {
      io.say("a dry run: nothing was changed. Add --yes to do it");
      return { ...base, dryRun: true, importFile: null, importCommand: null, imported: false, undo: null };
    }
    await confirm(moves ? `Move ${domain}'s records as shown?` : "Import them into the stack?");
  }
  const { records, undo } = moves
    ? await move(settings, config, plan, cloudflare, io)
    : { records: plan.kept.map(({ as, record }) => ({ as, id: record.id })), undo: null };
  const file = note(settings, "adopt.json", importFile(zoneId, records));
  const args = ["import", "--file", file, "--generate-code=false", "--protect=false"];
  if (options.import) {
    await runPulumi(settings, settings.prod, [...args, "--yes"], "import the records");
    io.say(`the stack ${stack} holds them now`);
  }
  const importCommand = `pulumi ${args.join(" ")} --stack ${stack}`;
  return { ...base, dryRun: false, importFile: file, importCommand, imported: options.import, undo };
}

/** @throws Fault (1) where the stack's own outputs name the record that is there. */
async function demandNotHeld(settings: DeploymentSettings, www: readonly CloudflareRecord[]): Promise<void> {
  const text = await runPulumi(settings, settings.prod, ["stack", "output", "--json"], "read the outputs");
  const held = z.object({ record: z.object({ id: z.string() }) }).safeParse(JSON.parse(text)).data?.record.id;
  if (www.some(({ id }) => id === held))
    throw refusal(`the stack ${settings.prod.name} holds that record already; there is nothing to adopt`);
}

function showPlan({ deletes, posts, kept }: AdoptionPlan, io: Io): void {
  for (const { record } of kept) io.say(`  keep    ${line(record)}`);
  for (const record of deletes) io.say(`  delete  ${line(record)}`);
  for (const { record } of posts) io.say(`  make    ${line(record)}`);
  if (posts.length === 0) return;
  const longest = Math.max(...deletes.map(({ ttl }) => (ttl === 1 ? 300 : ttl)), 0);
  io.say(
    "in one call, which Cloudflare carries out as a whole; its name servers learn of each record by itself, within " +
      `seconds. Resolvers keep what they hold for up to ${longest} s: it leads to the same address`,
  );
}

interface Moved {
  readonly records: readonly { readonly as: AdoptionPlan["kept"][number]["as"]; readonly id: string }[];
  readonly undo: string;
}

async function move(
  settings: DeploymentSettings,
  { domain, zoneId, proxied }: ProdConfig,
  { deletes, posts, kept }: AdoptionPlan,
  cloudflare: Cloudflare,
  io: Io,
): Promise<Moved> {
  const made = await cloudflare.batch(
    zoneId,
    deletes.map(({ id }) => id),
    posts.map(({ record }) => record),
  );
  log(
    settings,
    { event: "adopted", deletes: deletes.map(line), posts: posts.map(({ record }) => line(record)) },
    new Date(),
  );
  const back = note(settings, "adopt-undo.json", {
    deletes: made.map(({ id }) => ({ id })),
    posts: deletes.map(({ name, type, content, ttl, proxied: was }) => ({
      name,
      type,
      content,
      ttl,
      proxied: was,
    })),
  });
  const name = `www.${domain}`;
  const seen = proxied
    ? await untilServed(name, "primary", patience)
    : await untilAuthoritative(domain, name, `origin.${domain}`, patience);
  if (seen.at === undefined) io.warn(`moved, but not seen by all name servers yet: ${seen.last}`);
  else io.say(`${name} is answered by way of origin.${domain} now`);
  const records = [
    ...kept.map(({ as, record }) => ({ as, id: record.id })),
    ...posts.flatMap(({ as }, index) => {
      const id = made[index]?.id;
      return id === undefined ? [] : [{ as, id }];
    }),
  ];
  const api = `https://api.cloudflare.com/client/v4/zones/${zoneId}/dns_records/batch`;
  const undo =
    `curl --fail --request POST ${api} --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN" ` +
    `--header "Content-Type: application/json" --data @${back}`;
  return { records, undo };
}

const brief = ({ name, type, content }: Shown): Shown => ({ name, type, content });
const line = ({ name, type, content }: Shown): string => `${name} ${type} ${content}`;

function note(settings: DeploymentSettings, file: string, content: object): string {
  mkdirSync(settings.notes, { recursive: true });
  const whole = path.join(settings.notes, file);
  writeFileSync(whole, `${JSON.stringify(content, null, 2)}\n`);
  return whole;
}
