import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startBlobService } from "../../../rehearsal/cloud/blobs";
import type { BlobService } from "../../../rehearsal/cloud/contracts";
import { azureSignIn, serveAzure, token } from "../support/azure";
import { World } from "../support/world";

let world: World;
let blobs: BlobService;
let admitted: string;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  await serveAzure(world, () => ({}));
  blobs = await startBlobService({ certificateFor: (host) => world.authority.issue([host]) });
  world.atEnd(() => blobs.stop());
  blobs.addAccount({
    name: "blanklabelimages",
    allowBlobPublicAccess: true,
    accessOf: ({ token }) => (token === admitted ? "granted" : "no-token"),
  });
  world.routes.add("blanklabelimages.blob.core.windows.net", 443, blobs.port);
  folder = path.join(world.folder, "pictures");
  mkdirSync(path.join(folder, "shirts"), { recursive: true });
  writeFileSync(path.join(folder, "logo.svg"), "<svg/>");
  writeFileSync(path.join(folder, "shirts/red.png"), Buffer.alloc(3000, 7));
  writeFileSync(path.join(folder, ".DS_Store"), "not an image");
});
afterAll(() => world.stop());
beforeEach(() => {
  admitted = token;
});

const push = (...args: string[]): ReturnType<World["run"]> =>
  world.run(["images", "push", ...args, "--json"], azureSignIn);

test("storage that is not there is a refusal that says what makes it", async () => {
  const ran = await push(folder);
  expect(ran).toMatchObject({
    code: 1,
    stderr:
      "standby: the image storage blanklabelimages/images does not exist; run `pulumi up` on the standby stack\n",
  });
});

test("uploads go to the files' own container, with no caching", async () => {
  blobs.addAccount({
    name: "blanklabelfiles",
    allowBlobPublicAccess: false,
    accessOf: ({ token }) => (token === admitted ? "granted" : "no-token"),
  });
  blobs.addContainer("blanklabelfiles", "uploads", "None");
  world.routes.add("blanklabelfiles.blob.core.windows.net", 443, blobs.port);
  const run = () => world.run(["uploads", "push", folder, "--json"], azureSignIn);
  const first = await run();
  expect(JSON.parse(first.stdout)).toMatchObject({ uploaded: 2, unchanged: 0 });
  expect(blobs.count("blanklabelfiles", "uploads")).toBe(2);
  expect(JSON.parse((await run()).stdout)).toMatchObject({ uploaded: 0, unchanged: 2 });
});

describe("with the container in place", () => {
  beforeAll(() => blobs.addContainer("blanklabelimages", "images", "Blob"));

  test("uploads what is new, then only what changed, with type and caching set", async () => {
    const first = await push(folder);
    expect(JSON.parse(first.stdout)).toEqual({ uploaded: 2, unchanged: 0, bytes: 3006 });
    expect(blobs.count("blanklabelimages", "images")).toBe(2);

    const second = await push(folder);
    expect(JSON.parse(second.stdout)).toEqual({ uploaded: 0, unchanged: 2, bytes: 0 });

    writeFileSync(path.join(folder, "logo.svg"), "<svg ></svg>");
    const third = await push(folder);
    expect(JSON.parse(third.stdout)).toEqual({ uploaded: 1, unchanged: 1, bytes: 12 });
    expect(third.stderr).toContain(
      "1 image(s) changed under their old name (logo.svg): the edge and browsers may show the old ones for up to an hour; " +
        "give images a content hash in their name, such as logo.3f9a1c2b.svg\n",
    );

    const served = await head("/images/shirts/red.png");
    expect(served).toEqual({
      "content-type": "image/png",
      "cache-control": "public, max-age=3600",
      "content-md5": expect.stringMatching(/==$/) as string,
    });
  });

  test("a name that carries a content hash is kept for good, and never means another content", async () => {
    const hashed = path.join(world.folder, "hashed");
    mkdirSync(hashed);
    writeFileSync(path.join(hashed, "logo.3f9a1c2b.svg"), "<svg/>");
    writeFileSync(path.join(hashed, "banner.20261125.svg"), "<svg/>");
    expect(JSON.parse((await push(hashed)).stdout)).toMatchObject({ uploaded: 2 });
    expect((await head("/images/logo.3f9a1c2b.svg"))["cache-control"]).toBe(
      "public, max-age=31536000, immutable",
    );
    expect((await head("/images/banner.20261125.svg"))["cache-control"]).toBe("public, max-age=3600");

    writeFileSync(path.join(hashed, "logo.3f9a1c2b.svg"), "<svg >");
    writeFileSync(path.join(hashed, "new.svg"), "<svg/>");
    const again = await push(hashed);
    expect(again).toMatchObject({
      code: 1,
      stderr:
        "standby: 1 image(s) whose name carries a content hash changed under it (logo.3f9a1c2b.svg), and browsers keep " +
        "the old ones for a year; nothing was uploaded. Give them the name that their content hashes to\n",
    });
    expect((await head("/images/new.svg"))["cache-control"]).toBeUndefined();
  });

  test("without the right it says which role to ask for", async () => {
    admitted = "another token";
    const ran = await push(folder);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('ask for the role "Storage Blob Data Contributor" on it');
  });

  test("with the storage out of reach it ends with 3", async () => {
    world.routes.remove("blanklabelimages.blob.core.windows.net", 443);
    const ran = await push(folder);
    world.routes.add("blanklabelimages.blob.core.windows.net", 443, blobs.port);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(
      "standby: the image storage blanklabelimages/images cannot be reached: connect ENOTFOUND",
    );
  });
});

describe("a folder that is not one is a usage fault", () => {
  test.each([
    [
      "nowhere",
      'FOLDER is "nowhere": there is no such file or folder; give the folder that holds the shop\'s images',
    ],
    [
      "pictures/logo.svg",
      'FOLDER is "pictures/logo.svg", which is a file; give the folder that holds the shop\'s images',
    ],
    ["empty", 'FOLDER is "empty", which holds no files; give the folder that holds the shop\'s images'],
  ])("%s", async (given, message) => {
    mkdirSync(path.join(world.folder, "empty"), { recursive: true });
    expect(await push(given)).toMatchObject({ code: 2, stderr: `standby: ${message}\n`, stdout: "" });
  });

  test("a link that leads nowhere is named", async () => {
    mkdirSync(path.join(world.folder, "linked"), { recursive: true });
    const link = path.join(world.folder, "linked/gone.png");
    symlinkSync("nowhere.png", link);
    const ran = await push("linked");
    expect(ran).toMatchObject({
      code: 2,
      stderr: `standby: ${link} cannot be read: there is no such file or folder; mend or remove it\n`,
    });
  });
});

/** The headers that storage serves a public blob with. */
async function head(blobPath: string): Promise<Record<string, string | undefined>> {
  const { request } = await import("node:https");
  const host = "blanklabelimages.blob.core.windows.net";
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: blobs.port,
        servername: host,
        path: blobPath,
        headers: { host },
        ca: world.authority.root,
        agent: false,
      },
      (response) => {
        response.resume();
        const names = ["content-type", "cache-control", "content-md5"] as const;
        resolve(Object.fromEntries(names.map((name) => [name, response.headers[name]?.toString()])));
      },
    );
    sent.once("error", reject);
    sent.end();
  });
}
