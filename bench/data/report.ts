/** `bench/RESULTS.md` and its plot. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { median, type Measured } from "./measure";

export interface Line {
  readonly what: string;
  readonly rounds: readonly Measured[];
}
export interface Demand {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly met: boolean;
}
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

const bench = path.resolve(__dirname, "..");
const seconds = (line: Line): number => median(line.rounds.map((one) => one.seconds));

async function plot({ title, lines }: Section): Promise<string> {
  const { init } = await import("echarts");
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 760, height: 60 + 34 * lines.length });
  chart.setOption({
    animation: false,
    title: { text: title, textStyle: { fontSize: 14 } },
    grid: { left: 260, right: 70, top: 40, bottom: 20 },
    xAxis: { type: "value", axisLabel: { formatter: "{value} s" } },
    yAxis: { type: "category", inverse: true, data: lines.map((line) => line.what) },
    series: [
      {
        type: "bar",
        data: lines.map((line) => Number(seconds(line).toFixed(2))),
        label: { show: true, position: "right", formatter: "{c} s" },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  // Else its clock would keep the program alive.
  chart.dispose();
  return svg;
}

const table = ({ title, lines }: Section): string =>
  [
    `## ${title}`,
    "",
    "| | median | rounds | peak memory |",
    "| --- | ---: | --- | ---: |",
    ...lines.map(
      (line) =>
        `| ${line.what} | ${seconds(line).toFixed(2)} s | ${line.rounds.map((one) => one.seconds.toFixed(2)).join(", ")} | ` +
        `${line.rounds.some((one) => one.megabytes > 0) ? `${Math.max(...line.rounds.map((one) => one.megabytes)).toFixed(0)} MB` : "–"} |`,
    ),
    "",
  ].join("\n");

/** Writes the page and the plot of its first section. */
export async function write(
  sections: readonly Section[],
  demands: readonly Demand[],
  versions: readonly string[],
): Promise<void> {
  const [first] = sections;
  if (first !== undefined) writeFileSync(path.join(bench, "results.svg"), await plot(first));
  const [cpu] = os.cpus();
  const machine =
    `${cpu?.model ?? "unknown processor"}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ` +
    `${os.type()} ${os.release()}, Node.js ${process.version}; load at the end ${os
      .loadavg()
      .map((one) => one.toFixed(1))
      .join(", ")}`;
  const page = [
    "# Measurements of the data side",
    "",
    "Made by `npm run bench:data`. Everything in a section was measured in turn, round by round, in one run; ratios are",
    "taken within a round, and their medians are given. Programs are measured whole, from their start to their end; scans",
    "and windows by one statement on a connection that is open, and once more by a program that does nothing else. (Five",
    "times the windows on an open connection is less than Node.js takes to start, so that no program could meet that.)",
    "",
    `Machine: ${machine}.`,
    `${versions.join("; ")}.`,
    "",
    "![medians](results.svg)",
    "",
    "| demand | wanted | found | |",
    "| --- | --- | --- | --- |",
    ...demands.map(
      (one) => `| ${one.what} | ${one.wanted} | ${one.found} | ${one.met ? "met" : "**not met**"} |`,
    ),
    "",
    ...sections.map(table),
  ].join("\n");
  const file = path.join(bench, "RESULTS.md");
  const { format, resolveConfig } = await import("prettier");
  writeFileSync(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
}
