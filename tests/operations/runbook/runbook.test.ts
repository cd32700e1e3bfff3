import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { buildProgram } from "../../../operations/cli";
import { standbyOutputsSchema } from "../../../operations/deployment/schema";
import { Fault } from "../../../operations/fault";
import { runbookNames, type RunbookNames } from "../../../operations/runbook/names";
import { runbook } from "../../../operations/runbook/runbook";
import { standbyStack } from "../support/stacks";
import { World } from "../support/world";

const config = {
  domain: "blanklabel.example",
  zoneId: "0123456789abcdef0123456789abcdef",
  primaryHost: "shared.host.example",
  alertEmail: "owner@blanklabel.example",
  visitorsPerHour: "10000",
  ordersPerHour: "300",
  mailsPerHour: "600",
};
const stack = (name: string) => ({ name, configFile: undefined });
const stacks = { prod: stack("prod"), standby: stack("standby") };
const outputs = standbyOutputsSchema.parse(standbyStack().outputs);
const golden = (name: string): string => readFileSync(path.join(__dirname, `${name}.txt`), "utf8").trimEnd();

const beforeAnything = (): RunbookNames =>
  runbookNames(stacks, { prod: undefined, standby: config }, undefined);
const onceUp = (): RunbookNames =>
  runbookNames(
    { prod: stack("live"), standby: stack("warm") },
    {
      prod: { ttl: 60, proxied: "true" },
      standby: {
        ...config,
        size: "surge",
        databaseEngine: "sqlserver",
        alertPhone: "+1 5550100200",
        mailExchange: "mx.mailhost.example",
        mailSendLimits: { perMinute: 30, perHour: 600, ticket: "2610010040000123" },
      },
    },
    outputs,
  );

test("before anything is up: the project's own names, and what only Azure can name left open", () => {
  expect(runbook(beforeAnything())).toBe(golden("before-anything"));
});

test("once it is up: what Azure named, other stacks, a proxied record, a raised limit", () => {
  expect(runbook(onceUp())).toBe(golden("once-up"));
});

test("a primary of this project: its stack comes first, and closes it", () => {
  const own = { ...config, primaryHost: undefined, primaryStack: "organization/warm-standby/shop" };
  const text = runbook(runbookNames(stacks, { prod: undefined, standby: own }, undefined));
  expect(text).toContain(
    "\n1. `pulumi up --stack shop`, then the next step, and once www.blanklabel.example leads to it: `pulumi config set " +
      "managedCertificate true --stack shop` and `pulumi up --stack shop` again. App Service renews that certificate only " +
      "while www.blanklabel.example leads there: after weeks on the standby look at `npx standby check --for primary` " +
      "before a failback.\n2. `pulumi up --stack prod`",
  );
  expect(text).toContain(
    "only that site's own switch closes it: `pulumi config set shopOpen false --stack shop`, `pulumi up --stack shop` " +
      "puts the pause page in the app's place, in the minute that the app takes to start; `shopOpen true` opens it again.",
  );
  expect(text).toContain("| the primary | the primary (stack shop) |");
});

const webhook = (name: string, url: string) => ({ name, url });
const withWebhooks = (): RunbookNames => {
  const webhooks = [
    webhook("payments", "https://shared.host.example/hooks/pay"),
    webhook("parcels", "https://www.blanklabel.example/hooks/parcels"),
  ];
  return runbookNames(stacks, { prod: undefined, standby: { ...config, webhooks } }, undefined);
};

test("a webhook that leads to the old site is a step of its own, with the address to enter", () => {
  const text = runbook(withWebhooks());
  expect(text).toMatch(
    /\n\d+\. payments \(https:\/\/shared\.host\.example\/hooks\/pay\) leads to the primary whatever DNS says: set it to https:\/\/www\.blanklabel\.example\/hooks\/pay at the provider/,
  );
  expect(text).toMatch(
    /\n\d+\. parcels \(https:\/\/www\.blanklabel\.example\/hooks\/parcels\) follows the public name\./,
  );
});

test("every command that it names is one, with every option", () => {
  const text = [beforeAnything(), onceUp(), withWebhooks()].map(runbook).join("\n");
  const named = [...text.matchAll(/`npx standby ([^`]+)`/g)].map(([, line = ""]) => line);
  expect(named.length).toBeGreaterThan(30);
  const unknown = named.filter((line) => {
    let command: Command | undefined = buildProgram();
    const words = line.split(" ").filter((word) => /^(--)?[a-z][a-z-]*$/.test(word));
    for (const word of words) {
      if (word.startsWith("--")) {
        if (!command.options.some(({ long }) => long === word)) return true;
        continue;
      }
      const below: Command | undefined = command.commands.find((each) => each.name() === word);
      if (below !== undefined) command = below;
      else if (command.commands.length > 0) return true;
    }
    return false;
  });
  expect(unknown).toEqual([]);
});

test("a setting that is wrong is named", () => {
  const wrong = () =>
    runbookNames(stacks, { prod: undefined, standby: { ...config, domain: "Blank Label" } }, undefined);
  expect(wrong).toThrow(Fault);
  expect(wrong).toThrow("  domain: the zone's name, in lower case and without a trailing dot");
});

describe("the command", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  test("works from the stack's file alone, and says what it went without", async () => {
    const lines = Object.entries(config).map(([key, value]) => `  warm-standby:${key}: "${value}"`);
    writeFileSync(path.join(world.folder, "Pulumi.standby.yaml"), ["config:", ...lines].join("\n"));
    world.stacks({});
    const ran = await world.run(["runbook"]);
    expect({ code: ran.code, stdout: ran.stdout.trimEnd() }).toEqual({
      code: 0,
      stdout: golden("before-anything"),
    });
    expect(ran.stderr).toContain("without the standby's outputs: could not read");
  });
});
