/**
 * How long an image may be kept, by browsers and at the edge alike: short enough that one which is replaced under its
 * old name is seen without anybody purging a cache. Imports nothing, so that anything may use it.
 */
export const imageCacheControl = "public, max-age=3600";
