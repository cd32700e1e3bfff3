/** Never seen, and no part of any name: after it GitHub takes neither mention, reference nor address for one. */
const joiner = "\u2060";

/**
 * A text of somebody else's as Markdown that shows just that text, on one line: no markup, no HTML, no link, nobody
 * called by @ and no issue referred to by #.
 */
export function inert(text: string): string {
  return (
    printable(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*_[\]#~$]/g, "\\$&")
      // What begins a list, a heading's underline or a rule stands at the start alone.
      .replace(/^([-+=])/, "\\$1")
      .replace(/^(\d+)([.)])/, "$1\\$2")
      .replaceAll("@", `@${joiner}`)
      .replaceAll("\\#", `\\#${joiner}`)
      .replaceAll(/:(?=\/\/)/g, `:${joiner}`)
      .replaceAll(/\b(www|GH)(?=[.-])/gi, `$1${joiner}`)
  );
}

/** A name as code: GitHub looks for nothing in there. */
export function code(text: string): string {
  const shown = printable(text);
  if (shown === "") return "";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

/** Lines as a block of code that they cannot end; long ones are broken, since a block hides what stands too far right. */
export function block(text: string): string {
  const lines = text.replaceAll("\r", "").split("\n");
  const shown = lines
    .map((line) => wrapped(line.replaceAll(unprintable, "")))
    .join("\n")
    .trimEnd();
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}

const widest = 100;

/** A line broken between words, its rest indented further. */
function wrapped(line: string): string {
  const indent = `${/^ */.exec(line)?.[0] ?? ""}  `;
  const rows: string[] = [];
  let rest = line;
  while (rest.length > widest) {
    const at = rest.lastIndexOf(" ", widest);
    if (at <= indent.length) break;
    rows.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...rows, rest].join("\n");
}

// Controls, and what turns the direction of writing around: text must look like what it is.

const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const printable = (text: string): string =>
  text
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll(unprintable, "")
    .trim();

/** So much of a text that a reader still reads. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)} …`;
