import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Kept } from "../../../bin/kept.cjs";
import { unzipSync, zipSync } from "fflate";
import { withPackage } from "../../../components/dynamic/package-content";
import type { PackageSource } from "../../../components/dynamic/package-upload-provider";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (source: PackageSource, limit?: number) =>
  withPackage(
    source,
    ({ file, version }) => Promise.resolve({ version, files: unzipSync(readFileSync(file)) }),
    limit,
  );
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("a bundle", () => {
  const entry = () => path.join(folder, "main.ts");
  const write = (word: string) => {
    writeFileSync(
      path.join(folder, "word.ts"),
      `/* ${folder} */ export const word: string = ${JSON.stringify(word)};`,
    );
    writeFileSync(entry(), 'import { word } from "./word"; process.stdout.write(word);');
  };

  test("is one main.js with all that it imports, the same bytes for the same sources", async () => {
    write("standby");
    const source: PackageSource = { kind: "bundle", entry: entry() };
    const one = await read(source);
    expect(Object.keys(one.files)).toEqual(["main.js"]);
    expect(textOf(one.files["main.js"])).toContain('"standby"');
    expect(textOf(one.files["main.js"])).not.toContain(folder);
    expect((await read(source)).version).toBe(one.version);
    write("primary");
    expect((await read(source)).version).not.toBe(one.version);
  });

  test("of this project is made once, and anew when what it imports has changed", async () => {
    const project = path.join(__dirname, "../../..");
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(path.join(project, "node_modules/.cache/test-"));
    write("standby");
    await pause(30);
    const source: PackageSource = { kind: "bundle", entry: entry() };
    const first = await read(source);
    const kept = Kept.of(project, entry(), "package of")?.beside("zip") ?? "";
    const { ino } = statSync(kept);
    try {
      expect((await read(source)).version).toBe(first.version);
      expect(statSync(kept).ino).toBe(ino);
      write("primary");
      expect(textOf((await read(source)).files["main.js"])).toContain('"primary"');
    } finally {
      for (const ending of ["zip", "json"]) rmSync(kept.replace(/zip$/, ending), { force: true });
    }
  });

  test("that cannot be made says of what and why", async () => {
    writeFileSync(entry(), 'import "./missing";');
    await expect(read({ kind: "bundle", entry: entry() })).rejects.toThrow(
      /^package of .*main\.ts cannot be bundled: (.|\n)*Could not resolve "\.\/missing"/,
    );
  });
});

test("a file larger than what App Service runs is refused", async () => {
  const file = path.join(folder, "shop.zip");
  writeFileSync(file, zipSync({ "server.js": new Uint8Array(10) }));
  await expect(read({ kind: "file", path: file }, 20)).rejects.toThrow(
    `package ${file} is larger than 20 bytes, which is the most that App Service runs. Fix: leave out of it what the app does not need`,
  );
});

describe("a download", () => {
  const url = "https://downloads.blanklabel.example/shop.zip";
  const source: PackageSource = { kind: "url", url };
  let server: Server | undefined;
  const original = globalThis.fetch;
  const asked: string[] = [];

  /** Serves `answer` for every https address, as the rehearsal's routes do. */
  const serve = async (answer: RequestListener): Promise<void> => {
    const made = createServer(answer);
    server = made;
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    const { port } = made.address() as AddressInfo;
    globalThis.fetch = (input, init) => {
      const target = new URL(input instanceof Request ? input.url : input);
      asked.push(target.href);
      return original(`http://127.0.0.1:${String(port)}${target.pathname}`, init);
    };
  };
  afterEach(async () => {
    globalThis.fetch = original;
    asked.length = 0;
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    ending.closeAllConnections();
    await new Promise((resolve) => ending.close(resolve));
  });
  const zip = zipSync({ "server.js": new TextEncoder().encode("one") });

  test("brings the zip, through redirects that stay on https", async () => {
    await serve((request, response) => {
      if (request.url === "/shop.zip")
        response.writeHead(302, { location: "https://cdn.example/real.zip" }).end();
      else response.end(zip);
    });
    expect(textOf((await read(source)).files["server.js"])).toBe("one");
    expect(asked).toEqual([url, "https://cdn.example/real.zip"]);
  });

  test.each<[string, RequestListener, string]>([
    [
      "an address that is answered with an error",
      (_request, response) => void response.writeHead(404).end(),
      `package ${url} is answered with 404. Fix: look at the address`,
    ],
    [
      "a redirect that leaves https",
      (_request, response) => void response.writeHead(302, { location: "http://cdn.example/real.zip" }).end(),
      `package ${url} leads to http://cdn.example, which is not https. Fix: give an https address`,
    ],
    [
      "redirects without end",
      (_request, response) => void response.writeHead(302, { location: url }).end(),
      `package ${url} redirects more than 5 times. Fix: look at the address`,
    ],
    [
      "a page instead of a package",
      (_request, response) => void response.end("<html>Sign in</html>"),
      `package ${url} is no zip archive. Fix: zip the app's folder without the folder itself`,
    ],
    [
      "more than announced",
      (_request, response) => {
        for (let sent = 0; sent < 4; sent++) response.write(Buffer.alloc(400));
        response.end();
      },
      `package ${url} is larger than 1000 bytes, which is the most that App Service runs. Fix: leave out of it what the app does not need`,
    ],
    [
      "a length beyond the limit",
      (_request, response) =>
        void response.writeHead(200, { "content-length": "2000" }).end(Buffer.alloc(2000)),
      `package ${url} is larger than 1000 bytes, which is the most that App Service runs. Fix: leave out of it what the app does not need`,
    ],
  ])("%s is refused", async (_what, answer, message) => {
    await serve(answer);
    await expect(read(source, 1000)).rejects.toThrow(message);
  });

  test("an address that cannot be reached says why", async () => {
    globalThis.fetch = () =>
      Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") }));
    await expect(read(source)).rejects.toThrow(
      `package ${url} cannot be downloaded: getaddrinfo ENOTFOUND. Fix: look at the address, then try again`,
    );
  });
});
