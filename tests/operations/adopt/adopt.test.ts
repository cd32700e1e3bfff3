import { readFileSync } from "node:fs";
import path from "node:path";
import { prodStack, zone, zoneId } from "../support/stacks";
import { World } from "../support/world";

const name = `www.${zone}`;
const address = "203.0.113.10";
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.forget();
  const { config } = prodStack();
  world.stacks({ prod: { config: { ...config, primaryAddress: address }, outputs: {} } });
  for (const id of ["made-0", "made-1"]) world.cloudflare.remove(id);
  world.cloudflare.put({ id: "old", name, type: "A", content: address, ttl: 300 });
});

interface Document {
  readonly importFile: string;
  readonly importCommand: string;
}

test("without --yes, where nobody can be asked, it shows the move and changes nothing", async () => {
  const ran = await world.run(["adopt", "--json"]);
  expect(ran.stderr.split("\n").slice(0, 3)).toEqual([
    `  delete  ${name} A ${address}`,
    `  make    origin.${zone} A ${address}`,
    `  make    ${name} CNAME origin.${zone}`,
  ]);
  expect(ran.stderr).toContain("Resolvers keep what they hold for up to 300 s");
  expect(ran.stderr).toContain("a dry run: nothing was changed. Add --yes to do it\n");
  expect(JSON.parse(ran.stdout)).toEqual({
    zone,
    dryRun: true,
    deletes: [{ name, type: "A", content: address }],
    posts: [
      { name: `origin.${zone}`, type: "A", content: address },
      { name, type: "CNAME", content: `origin.${zone}` },
    ],
    importFile: null,
    importCommand: null,
    imported: false,
    undo: null,
  });
  expect([ran.code, world.cloudflare.get("old")?.content]).toEqual([0, address]);
});

test("with --yes it moves the record, and tells the import and the way back", async () => {
  const ran = await world.run(["adopt", "--yes", "--json"]);
  expect(ran.code).toBe(0);
  expect(world.cloudflare.get("old")).toBeUndefined();
  const notes = path.join(world.folder, ".standby");
  const { importFile, importCommand } = JSON.parse(ran.stdout) as Document;
  expect(importCommand).toBe(
    `pulumi import --file ${notes}/adopt.json --generate-code=false --protect=false --stack prod`,
  );
  expect(JSON.parse(readFileSync(importFile, "utf8"))).toMatchObject({
    resources: [
      { component: true },
      { name: "origin", id: `${zoneId}/made-0` },
      { name: "www", id: `${zoneId}/made-1` },
    ],
  });
  expect(JSON.parse(readFileSync(path.join(notes, "adopt-undo.json"), "utf8"))).toEqual({
    deletes: [{ id: "made-0" }, { id: "made-1" }],
    posts: [{ name, type: "A", content: address, ttl: 300, proxied: false }],
  });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    dryRun: false,
    imported: false,
    undo:
      `curl --fail --request POST https://api.cloudflare.com/client/v4/zones/${zoneId}/dns_records/batch ` +
      '--header "Authorization: Bearer $CLOUDFLARE_API_TOKEN" --header "Content-Type: application/json" ' +
      `--data @${notes}/adopt-undo.json`,
  });
  expect(world.log()).toMatchObject([{ event: "adopted", deletes: [`${name} A ${address}`] }]);
});

test("a CNAME that is held already, or an address that config does not know, is left alone", async () => {
  const { config } = prodStack();
  world.stacks({
    prod: { config: { ...config, primaryAddress: address }, outputs: { record: { id: "old" } } },
  });
  expect(await world.run(["adopt", "--yes"])).toMatchObject({
    code: 1,
    stderr: "standby: the stack prod holds that record already; there is nothing to adopt\n",
  });
  world.stacks({ prod: { config, outputs: {} } });
  expect(await world.run(["adopt", "--yes"])).toMatchObject({
    code: 1,
    stderr:
      `standby: ${name} is A ${address}, and primaryAddress is not set. Fix: pulumi config set ` +
      `primaryAddress ${address} --stack prod\n`,
  });
  expect(world.cloudflare.get("old")?.content).toBe(address);
});

test("without a token it says which", async () => {
  const ran = await world.run(["adopt"], { CLOUDFLARE_API_TOKEN: "" });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("CLOUDFLARE_API_TOKEN is not set");
});
