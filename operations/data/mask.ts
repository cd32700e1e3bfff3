import { createHash } from "node:crypto";
import type { ShownRow } from "./engine";
import type { Key } from "./model";

const secret =
  /pass(?:word|wd|phrase)?|pwd|secret|token|hash|salt|api_?key|private|credential|card|cvv|cvc|iban|ssn|otp|session/i;

/** Hides the values of columns whose name suggests a secret; whether they differ can still be told. */
export const maskRow = (columns: readonly string[], values: readonly (string | null)[]): ShownRow =>
  Object.fromEntries(
    columns.map((column, at) => {
      const value = values[at] ?? null;
      return [column, value !== null && secret.test(column) ? "(masked)" : value];
    }),
  );

/** A key's values as they may be shown: those of secret-looking columns as a short digest, so that rows stay apart. */
export const maskKey = (columns: readonly string[], key: Key): Key =>
  key.map((value, at) =>
    secret.test(columns[at] ?? "")
      ? `(masked ${createHash("sha256").update(value).digest("hex").slice(0, 8)})`
      : value,
  );

/** Whether a key's column is masked, and so no longer prints as its type does. */
export const isMasked = (column: string): boolean => secret.test(column);
