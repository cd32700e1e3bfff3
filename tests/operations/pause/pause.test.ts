import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { azureSignIn } from "../support/azure";
import { FakeRoute } from "../support/front-door";
import { prodStack, standbyHost, standbyStack, zone } from "../support/stacks";
import { World } from "../support/world";

const edge =
  "/subscriptions/41111111-2222-4333-8444-555555555555/resourceGroups/blanklabel-standby/providers/Microsoft.Cdn/profiles/blanklabel-edge";
const id = `${edge}/afdEndpoints/blanklabel/routes/shop`;
const [open, closed] = [`${edge}/originGroups/shop`, `${edge}/originGroups/pause`];
const standing = {
  customDomains: [{ id: `${edge}/customDomains/www` }],
  patternsToMatch: ["/*"],
  supportedProtocols: ["Http", "Https"],
  httpsRedirect: "Enabled",
  forwardingProtocol: "HttpsOnly",
  linkToDefaultDomain: "Disabled",
  enabledState: "Enabled",
};

let world: World;
let route: FakeRoute;
let file: string;
/** What the edge shows its visitors. */
let shown: "shop" | "pause page";
beforeAll(async () => {
  world = await World.start();
  route = await FakeRoute.serve(world, id);
  file = path.join(world.folder, "Pulumi.standby.yaml");
  await world.serve(
    standbyHost,
    (_request, response: ServerResponse) => {
      if (shown === "pause page")
        response.writeHead(503, { "x-standby-pause": "closed", "retry-after": "600" });
      response.end(shown);
    },
    [`www.${zone}`],
  );
});
afterAll(() => world.stop());
beforeEach(() => {
  world.forget();
  world.stacks({ prod: prodStack(), standby: standbyStack() });
  writeFileSync(file, "config:\n  # of the shop\n  warm-standby:size: warm\n");
  lead(open);
  route.puts.length = 0;
  route.refusals.length = 0;
  route.onPut = follow;
});

function lead(group: string): void {
  route.properties = { ...standing, originGroup: { id: group } };
  follow();
}
/** The edge shows what the route says. */
function follow(): void {
  shown = JSON.stringify(route.properties["originGroup"]).includes("pause") ? "pause page" : "shop";
}

const run = (
  args: readonly string[],
  meanwhile?: (child: ChildProcess, said: () => string) => Promise<void>,
) => world.run(args, azureSignIn, meanwhile);
const afterCutover = () => {
  const { config, outputs } = prodStack();
  return { config: { ...config, activeSite: "standby" }, outputs };
};

test("pause changes the route's origin group and nothing else, is seen, and is kept in the stack's file", async () => {
  world.stacks({ prod: afterCutover(), standby: standbyStack() });
  const ran = await run(["pause", "--json"]);
  expect(ran.stderr).toBe(
    `shopOpen is false in ${file}; commit it\n` +
      "the route leads to the pause page; the edge follows within minutes (3 to 20 on Azure)\n" +
      `visitors get the pause page after ${String(seconds(ran.stdout))} s\n`,
  );
  expect(JSON.parse(ran.stdout)).toEqual({
    open: false,
    secondsUntilSeen: expect.any(Number) as number,
    changed: true,
    activeSite: "standby",
  });
  expect(ran.code).toBe(0);
  expect(route.puts).toEqual([{ properties: { ...standing, originGroup: { id: closed } } }]);
  expect(readFileSync(file, "utf8")).toBe(
    'config:\n  # of the shop\n  warm-standby:size: warm\n  warm-standby:shopOpen: "false"\n',
  );
  expect(world.log()).toMatchObject([{ event: "shop-closed", changed: true }]);
});

test("resume leads it back, and says where visitors are", async () => {
  lead(closed);
  const ran = await run(["resume"]);
  expect(ran.stderr.split("\n")[0]).toBe(
    "visitors are led to the primary: this opens the standby only. A primary outside of this project can be closed and " +
      "opened only by its own switch",
  );
  expect(ran).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^the shop is open, seen at the edge after [\d.]+ s\n$/) as string,
  });
  expect(route.puts).toEqual([{ properties: { ...standing, originGroup: { id: open } } }]);
  expect(readFileSync(file, "utf8")).toContain('warm-standby:shopOpen: "true"');
});

test("a primary of this project has its own switch, which is named", async () => {
  const primaryStack = "organization/warm-standby/primary";
  world.stacks({
    prod: prodStack({ config: { ...prodStack().config, primaryHost: undefined, primaryStack } }),
    standby: standbyStack(),
  });
  const ran = await run(["pause"]);
  expect(ran.code).toBe(0);
  expect(ran.stderr.split("\n")[0]).toBe(
    `visitors are led to the primary: this closes the standby only. The primary is closed by \`pulumi config set shopOpen ` +
      `false --stack ${primaryStack}\` and \`pulumi up --stack ${primaryStack}\``,
  );
});

test("again, it changes nothing at Azure and still looks", async () => {
  lead(closed);
  const ran = await run(["pause", "--json"]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ open: false, changed: false, activeSite: "primary" });
  expect(ran.stderr).toContain("the route led already to the pause page");
  expect(route.puts).toEqual([]);
});

test("the shop can be closed without the prod stack and without a stack file", async () => {
  rmSync(file);
  world.stacks({ standby: standbyStack() });
  const ran = await run(["pause", "--json"]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ open: false, activeSite: null });
  expect(ran.stderr).toContain(
    "the prod stack cannot be read, so it is not known whether visitors are led here\n" +
      "there is no stack file here: run `pulumi config set shopOpen false --stack standby` before the next `pulumi up`, or " +
      "it opens the shop again\n",
  );
});

test("Ctrl-C while Azure is at work: it is waited for, kept in the stack's file and logged, and not for the edge", async () => {
  world.stacks({ prod: afterCutover(), standby: standbyStack() });
  const ran = await run(["pause", "--json"], async (child, said) => {
    const answered = new Promise<void>((resolve) => {
      route.onPut = async () => {
        child.kill("SIGINT");
        while (child.exitCode === null && !said().includes("interrupted: ")) await sleep(20);
        follow();
        resolve();
      };
    });
    await answered;
  });
  expect(ran).toMatchObject({ code: 130, stdout: "" });
  expect(ran.stderr).toBe(
    "interrupted: waiting for Azure's answer, so that it is known whether the shop is open\n" +
      `shopOpen is false in ${file}; commit it\n` +
      "standby: interrupted; the shop is closed at Azure all the same; run `standby pause` again to see when the edge has " +
      "followed\n",
  );
  expect(readFileSync(file, "utf8")).toContain('warm-standby:shopOpen: "false"');
  expect(world.log()).toMatchObject([{ event: "shop-closed", changed: true }]);
});

test("it is seen only once the edge has followed", async () => {
  route.onPut = () => void setTimeout(follow, 1_500);
  const ran = await run(["pause", "--json"]);
  expect(ran.code).toBe(0);
  expect(seconds(ran.stdout)).toBeGreaterThan(1.4);
});

test("Ctrl-C while the edge follows: the switch stands, and it says how to look again", async () => {
  route.onPut = () => undefined;
  const ran = await run(["pause", "--json"], async (child, said) => {
    while (!said().includes("the edge follows")) await sleep(20);
    child.kill("SIGINT");
  });
  expect(ran).toMatchObject({ code: 130, stdout: "" });
  expect(ran.stderr).toContain(
    "standby: interrupted; the shop is closed at Azure all the same; run `standby pause` again to see when the edge has " +
      "followed\n",
  );
  expect(readFileSync(file, "utf8")).toContain('warm-standby:shopOpen: "false"');
});

test("a throttled call is tried again", async () => {
  route.refusals.push({ status: 429, code: "TooManyRequests", headers: { "retry-after": "1" } });
  const ran = await run(["pause", "--json"]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ open: false, changed: true });
});

describe("nothing is written where Azure does not do it:", () => {
  const what = "the route shop of blanklabel-edge";
  test.each([
    [
      "not allowed",
      403,
      "AuthorizationFailed",
      1,
      `Azure does not let you change ${what} (403); ask for the role "CDN Profile Contributor" on its resource group`,
    ],
    [
      "not there",
      404,
      "ResourceNotFound",
      1,
      `${what} does not exist; run \`pulumi up\` on the standby stack`,
    ],
    [
      "at work on it",
      409,
      "Conflict",
      3,
      `Azure is busy with ${what} (409): Azure said Conflict.; run this again in a minute`,
    ],
    ["refused", 400, "BadRequest", 3, `${what} could not be changed: Azure said BadRequest.; run this again`],
  ])("%s", async (_what, status, code, exit, message) => {
    route.refusals.push({ status, code });
    const ran = await run(["pause"]);
    expect(ran).toMatchObject({ code: exit, stdout: "" });
    expect(ran.stderr).toContain(`standby: ${message}\n`);
    expect(route.puts).toEqual([]);
    expect(readFileSync(file, "utf8")).not.toContain("shopOpen");
  });

  test("a route that leads somewhere else", async () => {
    lead(`${edge}/originGroups/images`);
    const ran = await run(["pause"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(
      `standby: the route shop leads to ${edge}/originGroups/images, which is neither the shop nor the pause page; ` +
        "nothing was changed. Run `pulumi up` on the standby stack\n",
    );
  });

  test("an output that is no route", async () => {
    const standby = standbyStack();
    const shopSwitch = { route: "shop", open, closed };
    world.stacks({ prod: prodStack(), standby: { ...standby, outputs: { ...standby.outputs, shopSwitch } } });
    const ran = await run(["pause"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(
      "standby: the standby stack's output shopSwitch.route is \"shop\", which is not a Front Door route's id; run `pulumi " +
        "up` on it\n",
    );
  });
});

function seconds(stdout: string): number {
  return (JSON.parse(stdout) as { secondsUntilSeen: number }).secondsUntilSeen;
}
