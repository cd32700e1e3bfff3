/**
 * Where a command's words go. With `--json`, stdout carries one document and nothing else; everything meant for a
 * person goes to stderr in any case, and `--quiet` leaves only warnings of it.
 */
export class Io {
  constructor(
    readonly json: boolean,
    readonly quiet: boolean,
    private readonly stdout: NodeJS.WritableStream = process.stdout,
    private readonly stderr: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
  ) {}

  /** One line of progress or explanation for a person. */
  say(line: string): void {
    if (!this.quiet) this.stderr.write(`${line}\n`);
  }

  /** A line a person must see even with `--quiet`. */
  warn(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  /** A counter: redrawn in place on a terminal, left out elsewhere except for its last state. */
  progress(line: string, last: boolean): void {
    if (this.quiet) return;
    if (this.stderr.isTTY === true) this.stderr.write(`\r\u001b[2K${line}${last ? "\n" : ""}`);
    else if (last) this.stderr.write(`${line}\n`);
  }

  /** The command's result: the document with `--json`, its human form otherwise. */
  result(document: unknown, human: () => string): void {
    this.stdout.write(this.json ? `${JSON.stringify(document, null, 2)}\n` : `${human()}\n`);
  }
}
