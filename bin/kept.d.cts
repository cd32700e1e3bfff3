/** What was made of files, found again while each of them is as it was when it was made. */
export class Kept {
  /**
   * @param root the project's folder; kept below its `node_modules/.cache`
   * @param file that it is made from, an absolute path
   * @param what is made of it
   * @returns `undefined` for a file outside the project
   */
  static of(root: string, file: string, what: string): Kept | undefined;
  private constructor(root: string, name: string);
  /** What {@link keep} was given, or `undefined` when it has to be made. */
  find(): Record<string, string> | undefined;
  /**
   * @param inputs absolute paths of all files that it was made of
   * @param made what {@link find} gives back
   * @param beside larger parts, by the ending of the file that each is kept in ({@link beside})
   */
  keep(
    inputs: readonly string[],
    made: Record<string, string>,
    beside: Record<string, string | Uint8Array>,
  ): void;
  /** The file in which a larger part is kept. */
  beside(ending: string): string;
}

/** Writes a file whole or not at all, also for one who reads it meanwhile. */
export function writeWhole(file: string, content: string | Uint8Array): void;
