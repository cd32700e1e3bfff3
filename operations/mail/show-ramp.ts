import type { Ramp } from "./ramp";

const padded = (texts: readonly string[], widths: readonly number[]): string =>
  `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;

/** The plan as a Markdown table. */
export function showRamp({ days, dayOfEvent, target }: Ramp): string {
  const rows = days.map(({ date, mails, growth }) => [
    date,
    mails.toLocaleString("en-US"),
    growth === null ? "" : `x ${growth.toFixed(2)}`,
  ]);
  const all = [["day", "mails", "growth"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...body] = all;
  return [
    padded(head, widths),
    padded(
      widths.map((width) => "-".repeat(width)),
      widths,
    ),
    ...body.map((row) => padded(row, widths)),
    "",
    `Ready for ${target.toLocaleString("en-US")} mails on ${dayOfEvent}.`,
    "",
  ].join("\n");
}
