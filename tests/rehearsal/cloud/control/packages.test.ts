import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { zipSync } from "fflate";
import { placeholder } from "../../../../rehearsal/cloud/control/realise/packages";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "westeurope" };
const blob = "shopfiles/packages/shop-1.zip";
const url = "https://shopfiles.blob.core.windows.net/packages/shop-1.zip";
const identity = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who`;
const roles = {
  reader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  contributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  vault: "4633458b-17de-408a-b874-0445c86b69e6",
} as const;

const zip = (files: Record<string, string>): Buffer =>
  Buffer.from(
    zipSync(
      Object.fromEntries(Object.entries(files).map(([name, body]) => [name, new TextEncoder().encode(body)])),
    ),
  );

let cloud: TestCloud;
let containerId: string;
let principal: string;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("storage:StorageAccount", {
    ...place,
    accountName: "shopfiles",
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
  });
  const container = await cloud.make("storage:BlobContainer", {
    ...group,
    accountName: "shopfiles",
    containerName: "packages",
  });
  containerId = container.id;
  const who = await cloud.make("managedidentity:UserAssignedIdentity", { ...place, resourceName: "who" });
  principal = text(who.state["principalId"]);
  await cloud.make("web:AppServicePlan", {
    ...place,
    name: "plan",
    sku: { name: "S1", tier: "Standard", capacity: 2 },
    reserved: true,
  });
  cloud.realised.blobs.set(blob, zip({ "server.js": "one", "lib/two.js": "two" }));
});
afterEach(() => cloud.stop());

const grant = (role: keyof typeof roles, scope = containerId) =>
  cloud.make("authorization:RoleAssignment", {
    scope,
    roleAssignmentName: "33333333-4444-4555-8666-777777777777",
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
    principalId: principal,
    principalType: "ServicePrincipal",
  });

async function app(changes: Record<string, string> = {}, command = "node server.js", name = "shop") {
  const settings = {
    SITE: "standby",
    WEBSITE_RUN_FROM_PACKAGE: url,
    WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity,
    ...changes,
  };
  const appSettings = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  const id = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`;
  await cloud.make("web:WebApp", {
    ...place,
    name,
    serverFarmId: id,
    httpsOnly: true,
    identity: { type: "UserAssigned", userAssignedIdentities: [identity] },
    siteConfig: { appSettings, appCommandLine: command },
  });
  await cloud.realiser.settled();
  return settings;
}
const running = async (name = "shop") => {
  await cloud.realiser.settled();
  const found = cloud.realised.apps.get(name);
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
};
const notes = () => cloud.cloud.world.log.map(({ detail }) => detail);

test.each(["reader", "contributor"] as const)(
  "an app whose identity is a %s runs its package, unzipped, by its own command",
  async (role) => {
    await grant(role);
    const declared = await app();
    const { folder, environment, ...rest } = await running();
    expect(environment).toMatchObject(declared);
    expect(rest).toEqual({
      name: "shop",
      hostNames: ["shop.azurewebsites.net"],
      command: "node server.js",
      instances: 2,
      httpsOnly: true,
    });
    expect(readFileSync(path.join(folder, "server.js"), "utf8")).toBe("one");
    expect(readFileSync(path.join(folder, "lib", "two.js"), "utf8")).toBe("two");
    expect(notes().filter((note) => note.includes("does not run"))).toEqual([]);
  },
);

test("several apps run at once, each its own package", async () => {
  await grant("reader");
  cloud.realised.blobs.set("shopfiles/packages/job-1.zip", zip({ "main.js": "job" }));
  await app();
  const job = { WEBSITE_RUN_FROM_PACKAGE: url.replace("shop-1", "job-1") };
  await app(job, "node main.js", "job");
  expect(existsSync(path.join((await running()).folder, "server.js"))).toBe(true);
  const found = await running("job");
  expect(found.command).toBe("node main.js");
  expect(existsSync(path.join(found.folder, "main.js"))).toBe(true);
});

test("an identity that may not read the blob does not run it, until it may", async () => {
  await app();
  expect(await running()).toMatchObject(placeholder);
  expect(notes()).toContain(
    `does not run: package "${url}" cannot be fetched: the app's identity has no role that reads blobs there`,
  );
  await grant("vault");
  expect(await running()).toMatchObject(placeholder);
  await cloud.remove(
    "authorization:RoleAssignment",
    `${containerId}/providers/Microsoft.Authorization/roleAssignments/33333333-4444-4555-8666-777777777777`,
  );
  await grant("reader");
  expect((await running()).command).toBe("node server.js");
});

test.each([
  [
    "another's identity",
    { WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: `${identity}-else` },
    `package "${url}" cannot be fetched: WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID names no identity of the app`,
  ],
  [
    "no address of a blob",
    { WEBSITE_RUN_FROM_PACKAGE: "https://elsewhere.example/x.zip" },
    'package "https://elsewhere.example/x.zip" is no blob of a storage account, with an address that ends with .zip',
  ],
  [
    "no zip by its name",
    { WEBSITE_RUN_FROM_PACKAGE: url.replace(".zip", ".tar") },
    `package "${url.replace(".zip", ".tar")}" is no blob of a storage account, with an address that ends with .zip`,
  ],
  [
    "another container",
    { WEBSITE_RUN_FROM_PACKAGE: url.replace("/packages/", "/elsewhere/") },
    `package "${url.replace("/packages/", "/elsewhere/")}" lies in no container that is declared`,
  ],
  [
    "no such blob",
    { WEBSITE_RUN_FROM_PACKAGE: url.replace("shop-1", "shop-2") },
    `package "${url.replace("shop-1", "shop-2")}" does not exist`,
  ],
] as const)("%s runs nothing, and the log says why", async (_what, changes, why) => {
  await grant("reader");
  await app(changes);
  expect(await running()).toMatchObject(placeholder);
  expect(notes()).toContain(`does not run: ${why}`);
});

test("what is no zip archive, leads out of its folder, or has no start command runs nothing", async () => {
  await grant("reader");
  cloud.realised.blobs.set(blob, Buffer.from("no zip"));
  await app();
  expect(await running()).toMatchObject(placeholder);
  expect(notes().find((note) => note.includes("is no zip archive"))).toContain(`package "${url}"`);
  cloud.realised.blobs.set("shopfiles/packages/out-1.zip", zip({ "../out.js": "out" }));
  await app({ WEBSITE_RUN_FROM_PACKAGE: url.replace("shop-1", "out-1") }, "node out.js", "out");
  expect(await running("out")).toMatchObject(placeholder);
  cloud.realised.blobs.set(blob, zip({ "server.js": "one" }));
  await app({}, "", "idle");
  expect(await running("idle")).toMatchObject(placeholder);
  expect(notes()).toContain("does not run: siteConfig.appCommandLine is empty");
});

describe("a slot", () => {
  const plan = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`;
  const slot = (more: object = {}) =>
    cloud.make("web:WebAppSlot", {
      ...place,
      name: "shop",
      slot: "next",
      serverFarmId: plan,
      identity: { type: "UserAssigned", userAssignedIdentities: [identity] },
      siteConfig: {
        appCommandLine: "node server.js",
        appSettings: [
          { name: "WEBSITE_RUN_FROM_PACKAGE", value: url },
          { name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID", value: identity },
        ],
      },
      ...more,
    });

  test("runs beside the site, under a host name of its own", async () => {
    await grant("reader");
    await app();
    await slot();
    expect(await running("shop-next")).toMatchObject({
      hostNames: ["shop-next.azurewebsites.net"],
      command: "node server.js",
    });
    expect((await running()).hostNames).toEqual(["shop.azurewebsites.net"]);
  });

  test("that is stopped runs nothing", async () => {
    await app();
    await slot({ enabled: false });
    await cloud.realiser.settled();
    expect([...cloud.realised.apps.keys()]).toEqual(["shop"]);
  });

  test("needs its site, and a Standard plan or above; so does autoscale", async () => {
    await expect(slot()).rejects.toThrow("shop");
    const basic = await cloud.make("web:AppServicePlan", {
      ...place,
      name: "basic",
      sku: { name: "B1", tier: "Basic" },
      reserved: true,
    });
    await app();
    await expect(slot({ serverFarmId: basic.id })).rejects.toThrow(
      "A deployment slot needs a Standard plan or above; the plan is B1.",
    );
    await expect(autoscale(basic.id)).rejects.toThrow(
      "Autoscale needs a Standard plan or above; the plan is B1.",
    );
  });

  const profile = (minimum: string) => ({
    name: "load",
    capacity: { minimum, maximum: "2", default: "1" },
    rules: [],
  });
  const autoscale = (target: string, profiles = [profile("1")]) =>
    cloud.make("monitor:AutoscaleSetting", {
      ...place,
      autoscaleSettingName: "scale",
      targetResourceUri: target,
      enabled: true,
      profiles,
    });

  test("an autoscale setting has 20 profiles at most, each with its numbers in order", async () => {
    await expect(
      autoscale(
        plan,
        Array.from({ length: 21 }, () => profile("1")),
      ),
    ).rejects.toThrow("profiles has 21 entries; 0 to 20 are allowed");
    await expect(autoscale(plan, [profile("2")])).rejects.toThrow(
      "Autoscale profile load: minimum 2, default 1 and maximum 2 are not in order.",
    );
    await expect(autoscale(plan)).resolves.toBeDefined();
  });
});

test("a container is taken, but not run", async () => {
  await cloud.make("web:WebApp", {
    ...place,
    name: "image",
    serverFarmId: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`,
    siteConfig: { linuxFxVersion: "DOCKER|shop.azurecr.io/shop:1.0.0" },
  });
  expect(await running("image")).toMatchObject(placeholder);
  expect(notes()).toContain("container shop.azurecr.io/shop:1.0.0 is taken, but not run here");
});
