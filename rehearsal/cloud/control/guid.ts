import { createHash } from "node:crypto";

/** Hex digits that follow from a text, so that the same declaration always gets the same ids. */
export const hexOf = (text: string, digits: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);

/** A GUID (version 4 in form) that follows from a text. */
export function guidOf(text: string): string {
  const hex = hexOf(text, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
