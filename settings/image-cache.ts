/** How long images may be kept, by browsers and at the edge alike. Imports nothing, so that anything may use it. */

/** Short enough that an image which is replaced under its old name is seen without anybody purging a cache. */
export const imageCacheControl = "public, max-age=3600";

/** For a name that never comes to mean another content: a year, and no question in between (RFC 8246). */
export const immutableCacheControl = "public, max-age=31536000, immutable";

// Read by Front Door's rules and by JavaScript alike: Front Door has no lookarounds and no capturing groups
// (https://learn.microsoft.com/azure/frontdoor/rules-match-conditions#regular-expressions).

/** A file name that carries a content hash, such as `logo.3f9a1c2b.svg`. */
export const hashedFileName = String.raw`\.[0-9a-f]{8,64}\.[0-9A-Za-z]+$`;
/** One whose "hash" has digits only, such as `banner.20261125.jpg`: that can be a day, so it is no hash. */
export const datedFileName = String.raw`\.[0-9]{8,64}\.[0-9A-Za-z]+$`;

const hashed = new RegExp(hashedFileName);
const dated = new RegExp(datedFileName);

/** Whether another content would be another name. */
export const isImmutable = (name: string): boolean => hashed.test(name) && !dated.test(name);

/** The `Cache-Control` that an image is to be served with. */
export const imageCacheControlOf = (name: string): string =>
  isImmutable(name) ? immutableCacheControl : imageCacheControl;
