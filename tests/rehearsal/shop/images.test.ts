import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inflateSync } from "node:zlib";
import { fabricKeys } from "../../../rehearsal/shop/catalogue";
import { imageNames, shopImages, writeImages } from "../../../rehearsal/shop/images";
import { encodePng } from "../../../rehearsal/shop/images/png";

test("some forty pictures are written under names that hold a digest of their content", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "shop-images-"));
  try {
    const files = writeImages(folder);
    expect(files.length).toBeGreaterThanOrEqual(40);
    expect(readdirSync(folder).sort()).toEqual([...files].sort());
    for (const file of files) {
      expect(file).toMatch(/^[\w-]+\.[0-9a-f]{10}\.(png|svg)$/);
      expect(readFileSync(path.join(folder, file))).toEqual(shopImages().get(file)?.content);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the names are the same on every machine", () => {
  // A change of a picture changes its name; this one stands for all.
  expect(imageNames().get("fabric-oxford-blue")).toMatchInlineSnapshot(`"fabric-oxford-blue.5c4a920bf0.png"`);
  for (const key of fabricKeys) expect(imageNames().has(`shirt-${key}`)).toBe(true);
});

test("a PNG holds the pixels that it was made of", () => {
  const png = encodePng(3, 2, (x, y) => (x + y) % 2, ["#000000", "#ff8040"]);
  const at = png.indexOf("IDAT");
  const data = png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
  expect([...inflateSync(data)]).toEqual([0, 0, 1, 0, 0, 1, 0, 1]);
  expect(png.subarray(png.indexOf("PLTE") + 4, png.indexOf("PLTE") + 10).toString("hex")).toBe(
    "000000ff8040",
  );
});
