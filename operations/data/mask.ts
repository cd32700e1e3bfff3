import type { ShownRow } from "./engine";

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
