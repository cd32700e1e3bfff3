import { imageCacheControlOf, isImmutable } from "../../settings/image-cache";

test.each([
  ["logo.3f9a1c2b.svg", true],
  [`shirt.${"0a".repeat(32)}.webp`, true],
  ["fonts/inter.0123456789ab.woff2", true],
  ["logo.svg", false],
  ["logo.3f9a1c2.svg", false],
  ["logo.3F9A1C2B.svg", false],
  ["logo.3f9a1c2b", false],
  ["logo-3f9a1c2b.svg", false],
  ["banner.20261125.jpg", false],
])("%s: immutable is %s", (name, immutable) => {
  expect(isImmutable(name)).toBe(immutable);
  expect(imageCacheControlOf(name)).toBe(
    immutable ? "public, max-age=31536000, immutable" : "public, max-age=3600",
  );
});
