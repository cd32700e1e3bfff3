import { judgeChange } from "../../../operations/review/change";
import { costs } from "../../../operations/review/bill";
import { readPreview } from "../../../operations/review/preview";
import { plainSecrets } from "../../../operations/review/secrets";
import { reviewMarkdown } from "../../../operations/review/markdown";
import { review } from "../../../operations/review/review";
import { recorded } from "./recorded";

interface Given {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly parents?: string;
  readonly before?: object;
  readonly after?: object | undefined;
  readonly protect?: readonly [before: boolean, after: boolean];
  readonly diff?: readonly string[];
}

const urnOf = ({ type, name, parents = "" }: Given): string =>
  `urn:pulumi:any::warm-standby::${parents}${type}::${name}`;

/** What the engine prints with PULUMI_ENABLE_STREAMING_JSON_PREVIEW. */
function printed(given: readonly Given[], more: readonly object[] = []): string {
  const steps = given.map((each) => ({
    resourcePreEvent: {
      metadata: {
        op: each.op,
        urn: urnOf(each),
        type: each.type,
        old: each.before === undefined ? null : { inputs: each.before, protect: each.protect?.[0] ?? false },
        new: each.after === undefined ? null : { inputs: each.after, protect: each.protect?.[1] ?? false },
        diffs: each.diff ?? [],
      },
    },
  }));
  return [{ policyLoadEvent: {} }, ...steps, ...more, { summaryEvent: { result: "succeeded" } }]
    .map((event, sequence) => JSON.stringify({ sequence, timestamp: 0, ...event }))
    .join("\n");
}

const judged = (given: readonly Given[]) => judgeChange(readPreview("any", printed(given)));
const messages = (given: readonly Given[]) => judged(given).dangers.map(({ message }) => message);

const record = "cloudflare:index/dnsRecord:DnsRecord";
const www = (op: string, over: Partial<Given> = {}): Given => ({
  op,
  type: record,
  name: "www",
  parents: "warm-standby:index:CutoverRecord$",
  before: { name: "www.shop.example", content: "shared.host.example" },
  after: { name: "www.shop.example", content: "edge.example" },
  diff: ["content"],
  ...over,
});

test.each([
  ["azure-native:sql:Server", "the databases on it, with every order"],
  ["azure-native:sql:Database", "every order in it"],
  ["azure-native:dbforpostgresql:Server", "the databases on it, with every order"],
  ["azure-native:dbformysql:Server", "the databases on it, with every order"],
  ["azure-native:storage:StorageAccount", "the images, packages or uploaded files in it"],
  ["azure-native:keyvault:Vault", "the secrets and certificates in it, whose names stay taken for days"],
  ["azure-native:operationalinsights:Workspace", "the logs in it: what happened on the day"],
  ["azure-native:communication:Domain", "its verification, the raised limits and the sender's good name"],
  [
    "pulumi-nodejs:dynamic/standby:IdentityOffsets",
    "the record of how far ids are moved apart, so that two customers can get one id",
  ],
])("%s may be neither replaced nor deleted", (type, what) => {
  const [before, after] = [{ location: "a" }, { location: "b" }];
  expect(messages([{ op: "delete", type, name: "it", before }])).toEqual([
    `it would be deleted, which loses ${what}`,
  ]);
  const steps = ["create-replacement", "replace", "delete-replaced"];
  expect(messages(steps.map((op) => ({ op, type, name: "it", before, after, diff: ["location"] })))).toEqual([
    `it would be replaced (because of location), which loses ${what}`,
  ]);
  expect(messages([{ op: "update", type, name: "it", before, after, diff: ["tags"] }])).toEqual([]);
});

test("what holds nothing may come and go", () => {
  const type = "azure-native:monitor:MetricAlert";
  expect(
    messages(["create", "delete", "replace"].map((op) => ({ op, type, name: op, before: {}, after: {} }))),
  ).toEqual([]);
});

test("what holds data may not lose its protection", () => {
  const type = "azure-native:dbforpostgresql:Server";
  const server = { op: "update", type, name: "database", before: {}, after: {} };
  expect(messages([{ ...server, protect: [true, false] }])).toEqual([
    "database would lose its protection, after which the next change may delete or replace it",
  ]);
  expect(messages([{ ...server, op: "same", protect: [true, false] }])).toHaveLength(1);
  expect(messages([{ ...server, protect: [true, true] }])).toEqual([]);
});

test("a flip takes nothing along, and moves nothing but where the record leads", () => {
  expect(judged([www("update")])).toEqual({
    flip: { from: "shared.host.example", to: "edge.example" },
    dangers: [],
  });
  expect(messages([www("update"), { ...www("update"), name: "origin" }])).toEqual([
    `a flip may change one record in place and nothing else; this one would also update origin (${record})`,
  ]);
  expect(messages([www("update", { diff: ["content", "ttl"] })])).toEqual([
    "the flip would change ttl of the record along with where it leads",
  ]);
  // What groups resources is nothing that stands.
  const group = {
    op: "update",
    type: "warm-standby:index:CutoverRecord",
    name: "www",
    before: {},
    after: {},
  };
  expect(messages([www("update"), group])).toEqual([]);
});

test("a flip takes nothing of another stack along either", () => {
  const alert = "azure-native:monitor:MetricAlert";
  const of = (...given: readonly Given[]) =>
    review([readPreview("prod", printed([www("update")])), readPreview("standby", printed(given))], "cloud");
  const same = { op: "same", type: alert, name: "alert", before: {}, after: {} };
  expect(of(same)).toMatchObject({ verdict: "pass" });
  expect(of(same).summary).toContain("one DNS record changes in place, and nothing else.");
  const both = of({ ...same, op: "update" });
  expect(both.verdict).toBe("unsafe");
  expect(both.stacks.map(({ dangers }) => dangers)).toEqual([
    [
      {
        resource: "www",
        type: record,
        message:
          "a flip may change one record in place and nothing else; the stack standby would change along with it: update " +
          `alert (${alert})`,
        fix: "bring standby up first, by a pull request of its own, then flip",
      },
    ],
    [],
  ]);
  expect(both.summary).toContain("but not as one record changed in place and nothing else.");
});

test("a record is not replaced, and the shop's own name not deleted", () => {
  expect(messages([www("replace", { diff: ["type"] })])[0]).toBe(
    "the DNS record www would be replaced (because of type): its name vanishes in between",
  );
  expect(messages([www("delete", { after: undefined })])).toEqual([
    "the DNS record www would be deleted: the shop's own name leads nowhere",
  ]);
  const other = { type: record, name: "proof", before: { name: "_dnsauth.www.shop.example" } };
  expect(messages([{ ...other, op: "delete" }])).toEqual([]);
  expect(messages([{ ...other, op: "replace", after: other.before }])).toHaveLength(1);
});

test("a protected resource that the engine will not delete is told of, without the engine's advice to unprotect it", () => {
  const urn = urnOf({ op: "", type: "azure-native:sql:Database", name: "shop" });
  const message = `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove …`;
  const preview = readPreview("any", printed([], [{ diagnosticEvent: { message, severity: "error" } }]));
  expect(preview.errors).toEqual([]);
  expect(judgeChange(preview).dangers).toEqual([
    expect.objectContaining({
      message:
        "shop is protected and would be deleted, which would lose every order in it; Pulumi refuses, and looked no further",
      fix: "take back what asks for it, and leave the protection on",
    }),
  ]);
});

test("a size that is not known yet is no price, and what is left out is named", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const plan = {
    op: "create",
    type: "azure-native:web:AppServicePlan",
    name: "plan",
    after: { sku: { name: unknown } },
  };
  expect(costs(readPreview("any", printed([plan]))).after).toMatchObject({
    monthly: 0,
    unknown: ["plan"],
    items: [{ sku: "plan/size not known yet", monthly: null }],
  });
});

test("Pulumi's own document is read, too, and known to tell nothing of policies or of the whole", () => {
  const preview = readPreview("prod", recorded("prod-same-digest"));
  expect(preview).toMatchObject({ policies: "not told", whole: false, errors: [], violations: [] });
  expect(costs(preview)).toEqual({ before: null, after: null });
});

test("a preview cut short is a failed one", () => {
  const cut = recorded("standby-surge").split("\n").slice(0, 20).join("\n");
  expect(readPreview("standby", cut).errors).toEqual([
    "the preview ended before it was done, and said nothing of why",
  ]);
});

test.each(["", "{}x", "null", "[]", "pulumi: command not found"])("%p is no preview", (text) => {
  expect(() => readPreview("prod", text)).toThrow("is not what `pulumi preview --json` prints");
});

const root: Given = { op: "same", type: "pulumi:pulumi:Stack", name: "any", before: {}, after: {} };
const outputsOf = (outputs: object) =>
  printed(
    [],
    [{ resOutputsEvent: { metadata: { op: "same", urn: urnOf(root), type: root.type, new: { outputs } } } }],
  );

test("secrets that lie open in config, outputs and inputs are found, and not shown", () => {
  const config = {
    preludeEvent: {
      config: {
        "warm-standby:sessionSecret": "hunter2",
        "warm-standby:smtpApplication": '{"applicationId":"1","secret":"hunter2"}',
        "warm-standby:domain": "shop.example",
      },
    },
  };
  const url = {
    type: "azure-native:web:WebApp",
    name: "app",
    op: "create",
    after: { note: "postgres://a:hunter2@b/c" },
  };
  const found = plainSecrets(readPreview("any", printed([url], [config])));
  expect(found.map(({ message }) => message.split(" of the stack")[0])).toEqual([
    "config sessionSecret",
    "config smtpApplication.secret",
    "note of app",
  ]);
  expect(JSON.stringify(found)).not.toContain("hunter2");
  const open = plainSecrets(
    readPreview("any", outputsOf({ databaseUrl: "x", apiToken: "hunter2", place: { sasToken: "a" } })),
  );
  expect(open.map(({ message }) => message.split(" of the stack")[0])).toEqual([
    "output apiToken",
    "output place.sasToken",
  ]);
});

test("what is secret, unknown, empty or only a place is no open secret", () => {
  const outputs = {
    apiToken: {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "[secret]",
    },
    otherToken: "[secret]",
    laterToken: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    noToken: "",
    vaultSecretId: "/subscriptions/0/secrets/shop",
    reference: "@Microsoft.KeyVault(SecretUri=https://kv/secrets/password)",
  };
  expect(plainSecrets(readPreview("any", outputsOf(outputs)))).toEqual([]);
});

test("nothing that comes from a change gets out of its place in the comment", () => {
  const evil =
    "x`|<img src=x> @everyone #1 https://evil.example www.evil.example [a](b) **b**\n\n# head\n- [ ] ```";
  const policyEvent = {
    policyName: evil,
    enforcementLevel: "mandatory",
    message: `${evil}\n${evil} Fix: ${evil}. See docs/policies.md#x.`,
    resourceUrn: `urn:pulumi:any::p::azure-native:web:WebApp::${evil}`,
  };
  const error = { diagnosticEvent: { severity: "error", message: "```\n@everyone <b>" } };
  const changed = { op: "delete", type: "azure-native:sql:Server", name: evil, before: {}, diff: [evil] };
  const comment = reviewMarkdown(
    review(
      [readPreview("any", printed([changed], [{ policyEvent }])), readPreview("other", printed([], [error]))],
      "local",
    ),
  );
  // Code is taken away: GitHub renders nothing in it.
  const prose = comment
    .replaceAll(/(`{3,})text\n[\s\S]*?\n\1(?!`)/g, "")
    .replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/g, "");
  expect(prose).not.toMatch(/<img|@everyone|(?<!\\)#1|https:\/\/evil|www\.evil|(?<!\\)\[a|(?<!\\)\*\*b/);
  expect(prose).not.toContain("# head\n");
  expect(comment.split("\n").filter((line) => /^#+ /.test(line))).toEqual([
    "## ❌ Standby review: not safe",
    "### Not safe",
    "### To be mended",
    "### What failed",
    "### What would change",
  ]);
});

test("what no rule can see yet is neither kept nor broken", () => {
  const policyEvent = {
    policyName: "tls-only",
    enforcementLevel: "advisory",
    message:
      "can't run policy 'tls-only' from policy pack 'warm-standby@v0.1.0' during preview: cannot be judged before it exists: b of app, a of app\n",
  };
  const { verdict, summary, stacks } = review([readPreview("any", printed([], [{ policyEvent }]))], "cloud");
  expect([verdict, stacks[0]?.violations, stacks[0]?.open]).toEqual([
    "pass",
    [],
    [{ rule: "tls-only", what: "a of app, b of app" }],
  ]);
  expect(summary).toContain("no rule is broken, though 1 rule cannot see everything before it exists");
});

test("a comment stays within what GitHub takes", () => {
  const policyEvents = Array.from({ length: 400 }, (_, index) => ({
    policyEvent: {
      policyName: `rule-${String(index)}`,
      enforcementLevel: "mandatory",
      message: `${"long ".repeat(400)} Fix: ${"this ".repeat(100)}${String(index)}.`,
    },
  }));
  const many = review([readPreview("any", printed([], policyEvents))], "cloud");
  const comment = reviewMarkdown(many, { log: "https://github.com/a/b/actions/runs/1" });
  expect(comment.length).toBeLessThan(65_536);
  expect(comment).toContain(
    "The rest is too long for a comment: [the log](https://github.com/a/b/actions/runs/1) has it.",
  );
});
