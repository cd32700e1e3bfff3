import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { values, type Configuration } from "../../../rehearsal/matrix/configurations";
import { holdAgainstTypes, writeExports } from "../../../rehearsal/matrix/export";

const resource = (type: string, inputs: object) => ({ urn: `urn:pulumi:s::p::${type}::test`, type, inputs });
const stack = (...resources: object[]) => ({ version: 3, deployment: { manifest: {}, resources } });

const webTest = resource("azure-native:applicationinsights:WebTest", {
  webTestName: "t",
  locations: [{ location: "x" }],
});
const record = resource("cloudflare:index/dnsRecord:DnsRecord", {
  name: "www",
  locations: [{ location: "x" }],
});

const [configuration] = values as readonly [Configuration];
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "matrix-export-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (...names: string[]): unknown =>
  JSON.parse(readFileSync(path.join(folder, ...names, `${configuration.name}.json`), "utf8"));

test("one file holds the resources of all stacks as Azure spells them, others each stack as it was exported", async () => {
  const exported = { standby: stack(webTest), prod: stack(record) };
  await writeExports(folder, { configuration, resources: 2, exported });
  expect(read()).toEqual({
    version: 3,
    deployment: {
      resources: [{ ...webTest, inputs: { webTestName: "t", Locations: [{ Id: "x" }] } }, record],
    },
  });
  expect(read("raw", "standby")).toEqual(exported.standby);
  expect(read("raw", "prod")).toEqual(exported.prod);
  expect(readdirSync(folder).sort()).toEqual([`${configuration.name}.json`, "raw"].sort());
  // States are an operator's own, secrets encrypted or not.
  expect(statSync(path.join(folder, `${configuration.name}.json`)).mode & 0o077).toBe(0);
});

test("Azure's own resources are counted, and each fault is named by its resource", () => {
  const profile = resource("azure-native:cdn:Profile", {
    resourceGroupName: "g",
    profileName: "p",
    colour: "blue",
  });
  const held = holdAgainstTypes(stack(record, profile));
  expect(held.resources).toBe(1);
  expect(held.faults.join("\n")).toContain("test.colour is not a property of Microsoft.Cdn/profiles");
});

test("a kind that no type describes is an error, never passed over", () => {
  expect(() => holdAgainstTypes(stack(resource("azure-native:web:Unheard", {})))).toThrow(
    "azure-native:web:Unheard is not known",
  );
});
