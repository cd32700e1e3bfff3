import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Io } from "../../../operations/io";
import { deploymentSettings } from "../../../operations/deployment";
import {
  hasCredentials,
  policyFlags,
  previewInCloud,
  previewsIn,
  reviewedStacks,
} from "../../../operations/review/run";
import { recorded } from "./recorded";

let folder: string;
let searchPath: string | undefined;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "standby-run-")));
  searchPath = process.env["PATH"];
  write("Pulumi.yaml", "name: warm-standby\nruntime: nodejs\n");
  write("policy/PulumiPolicy.yaml", "runtime: nodejs\n");
  write("Pulumi.prod.yaml", "config: { activeSite: primary }\n");
  write("Pulumi.standby.yaml", "config: { location: westeurope }\n");
});
afterEach(() => {
  process.env["PATH"] = searchPath;
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A Pulumi CLI on PATH that notes how it was called and prints what the real one once did. */
function playPulumi(printed: Readonly<Record<string, string>>, stderr = ""): void {
  for (const [stack, text] of Object.entries(printed)) write(`printed/${stack}`, text);
  const script = write(
    "bin/pulumi",
    `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const stack = args[args.indexOf("--stack") + 1];
const streaming = process.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW;
appendFileSync(${JSON.stringify(path.join(folder, "calls"))}, JSON.stringify({ args, streaming }) + "\\n");
const file = ${JSON.stringify(path.join(folder, "printed"))} + "/" + stack;
if (existsSync(file)) process.stdout.write(readFileSync(file));
process.stderr.write(${JSON.stringify(stderr)});
process.exitCode = 255;`,
  );
  chmodSync(script, 0o755);
  process.env["PATH"] = `${path.dirname(script)}${path.delimiter}${searchPath ?? ""}`;
}

const quiet = new Io(true, true);
const settings = () => deploymentSettings({}, folder);

test("the real stacks are previewed with the policies, in the form that tells of them; a failed one is read all the same", async () => {
  playPulumi({ prod: recorded("prod-flip"), standby: recorded("standby-refused") });
  const config = write("policy-config.json", "{}");
  const flags = policyFlags(settings(), undefined);
  expect(flags).toEqual(["--policy-pack", path.join(folder, "policy"), "--policy-pack-config", config]);
  const previews = await previewInCloud(settings(), await reviewedStacks(settings()), flags, quiet);
  expect(previews.map(({ stack, policies, errors }) => [stack, policies, errors.length])).toEqual([
    ["prod", "run", 0],
    ["standby", "run", 1],
  ]);
  const calls = readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n").sort();
  expect(calls.map((line): unknown => JSON.parse(line))).toEqual(
    ["prod", "standby"].map((stack) => ({
      args: ["preview", "--json", ...flags, "--stack", stack, "--non-interactive", "--color", "never"],
      streaming: "true",
    })),
  );
});

test("a preview that could not begin is a fault with the way out", async () => {
  playPulumi({}, "error: no stack named 'prod' found\n");
  const stacks = (await reviewedStacks(settings())).slice(0, 1);
  await expect(previewInCloud(settings(), stacks, [], quiet)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(
      "could not preview the changes of the stack prod: there is no such stack here",
    ) as string,
  });
});

test("a primary of this project's own is reviewed, too", async () => {
  write("Pulumi.standby.yaml", "config: { primaryStack: acme/warm-standby/primary }\n");
  expect((await reviewedStacks(settings())).map(({ short }) => short)).toEqual(["prod", "standby"]);
  write("Pulumi.primary.yaml", "config: { location: northeurope }\n");
  expect((await reviewedStacks(settings())).at(-1)).toEqual({
    settings: { name: "acme/warm-standby/primary", configFile: undefined },
    short: "primary",
  });
});

test("policies that are not there, or a config of them, are refused by name", () => {
  expect(() => policyFlags(settings(), "other.json")).toThrow(
    '--policy-config is "other.json"; there is no such file',
  );
  rmSync(path.join(folder, "policy"), { recursive: true });
  expect(existsSync(path.join(folder, "policy"))).toBe(false);
  expect(() => policyFlags(settings(), undefined)).toThrow("there is no policy pack in");
});

test("a config of the policies is looked through before anything is previewed, and every fault told", () => {
  const config = (text: string): string => write("other.json", text);
  const right = {
    all: "mandatory",
    "verified-mail": "advisory",
    place: { enforcementLevel: "mandatory", allowedRegions: ["westeurope"] },
  };
  config(JSON.stringify(right));
  expect(policyFlags(settings(), "other.json").at(-1)).toBe(path.join(folder, "other.json"));
  const wrong = {
    plase: { allowedRegions: ["westeurope"] },
    tags: "strict",
    "enough-capacity": { minimumInstances: "two" },
    "no-auto-pause": { minutes: 5 },
  };
  const file = config(JSON.stringify(wrong));
  let said = "";
  try {
    policyFlags(settings(), "other.json");
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    said = error instanceof Error ? error.message : "";
  }
  expect(said.split("\n  ")).toEqual([
    `${file} is wrong:`,
    expect.stringMatching(/^"plase" is no rule; allowed: all, cutover-record, .*, place, tags$/),
    'tags is "strict"; allowed: mandatory, advisory, disabled, or an object of parameters, with one of these as its ' +
      "enforcementLevel; see docs/policies.md#tags",
    'enough-capacity.minimumInstances is "two": Invalid input: expected number, received string; see ' +
      "docs/policies.md#enough-capacity",
    'no-auto-pause: Unrecognized key: "minutes"; see docs/policies.md#no-auto-pause',
  ]);
  for (const text of ["", "[]", "{"]) {
    config(text);
    expect(() => policyFlags(settings(), "other.json")).toThrow("is no config of policies");
  }
});

test("credentials of both clouds are wanted, whichever way one signs in to Azure", () => {
  const home = { HOME: folder };
  expect(hasCredentials(home)).toBe(false);
  expect(hasCredentials({ ...home, CLOUDFLARE_API_TOKEN: "t" })).toBe(false);
  expect(hasCredentials({ ...home, ARM_USE_OIDC: "true" })).toBe(false);
  expect(hasCredentials({ ...home, CLOUDFLARE_API_TOKEN: "t", ARM_USE_OIDC: "true" })).toBe(true);
  write(".azure/azureProfile.json", "{}");
  expect(hasCredentials({ ...home, CLOUDFLARE_API_TOKEN: "t" })).toBe(true);
});

test("previews made elsewhere are taken by stack, and not where they tell nothing of policies", () => {
  const [told, untold] = [
    write("told", recorded("prod-flip")),
    write("untold", recorded("prod-same-digest")),
  ];
  expect(previewsIn([`prod=${told}`], false).map(({ stack }) => stack)).toEqual(["prod"]);
  expect(() => previewsIn([`prod=${untold}`], false)).toThrow("tells nothing of policies");
  expect(previewsIn([`prod=${untold}`], true)).toHaveLength(1);
  expect(() => previewsIn([told], false)).toThrow("wanted: STACK=FILE");
  expect(() => previewsIn([`prod=${folder}/none`], false)).toThrow("there is no file");
});
