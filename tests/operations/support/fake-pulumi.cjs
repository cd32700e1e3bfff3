// Stands in for the Pulumi CLI in tests of what the operations do with its answers: keeps two stacks in the JSON
// file named by FAKE_PULUMI and changes the record through Cloudflare's API, as the real provider would.
"use strict";
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");

const file = process.env.FAKE_PULUMI ?? "";
const args = process.argv.slice(2);
const flag = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const state = JSON.parse(readFileSync(file, "utf8"));
appendFileSync(`${file}.calls`, `${args.join(" ")}\n`);
const stackName = flag("--stack");
const stack = state[stackName];

const fail = (message, code = 255) => {
  process.stderr.write(`error: ${message}\n`);
  process.exit(code);
};
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const save = () => writeFileSync(file, JSON.stringify(state));
if (stack === undefined) fail(`no stack named '${stackName}' found`, 6);
if (stack.fails?.[args[0]] !== undefined) fail(stack.fails[args[0]]);

const config = () =>
  Object.fromEntries(
    Object.entries(stack.config).map(([key, value]) => [
      `warm-standby:${key}`,
      typeof value === "object"
        ? { value: JSON.stringify(value), objectValue: value, secret: false }
        : { value: String(value), secret: false },
    ]),
  );
const urn = (type, name) => `urn:pulumi:${stackName}::warm-standby::${type}::${name}`;
const record = urn("warm-standby:components:CutoverRecord$cloudflare:index/dnsRecord:DnsRecord", "www");
const wanted = () => stack.outputs.targets[stack.config.activeSite];
const changes = () => wanted() !== stack.outputs.record.content;

async function main() {
  const [verb, second] = args;
  // Slow enough to be interrupted: waits for as long as the file it names exists, and stops when it is told to.
  if (stack.slow === verb) {
    process.on("SIGINT", () => fail("canceled"));
    while (existsSync(`${file}.hold`)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (verb === "config" && second === "set") {
    stack.config[args[2].split(":").at(-1)] = args[3];
    save();
  } else if (verb === "config") print(config());
  else if (verb === "stack" && second === "output") print(stack.outputs ?? {});
  else if (verb === "stack" && second === "export")
    print({
      version: 3,
      deployment: {
        manifest: { time: "2026-11-20T06:00:00.123Z" },
        pending_operations: stack.pending ?? [],
      },
    });
  else if (verb === "preview")
    print({
      steps: [
        { op: "same", urn: urn("pulumi:pulumi:Stack", "warm-standby-prod") },
        { op: "read", urn: urn("pulumi:pulumi:StackReference", "standby") },
        { op: changes() ? (stack.op ?? "update") : "same", urn: record },
        ...(stack.more ?? []).map((name) => ({
          op: "create",
          urn: urn("cloudflare:index/dnsRecord:DnsRecord", name),
        })),
      ],
    });
  else if (verb === "up") {
    if (changes() && stack.upFails !== "before") {
      const { zoneId, id } = stack.outputs.record;
      const response = await fetch(`https://api.cloudflare.com/client/v4/zones/${zoneId}/dns_records/${id}`, {
        method: "PATCH",
        headers: { authorization: "Bearer good-token" },
        body: JSON.stringify({ content: wanted() }),
      });
      if (!response.ok) fail(`updating failed: ${response.status}`);
      if (stack.upFails !== "after") {
        print({ resOutputsEvent: { metadata: { op: "update", urn: record } } });
        stack.outputs = {
          ...stack.outputs,
          activeSite: stack.config.activeSite,
          record: { ...stack.outputs.record, content: wanted() },
        };
        save();
      }
    }
    if (stack.upFails !== undefined) {
      print({ diagnosticEvent: { severity: "error", message: "the API said no\n" } });
      process.exit(255);
    }
  } else fail(`the fake knows no ${args.join(" ")}`);
}
void main();
