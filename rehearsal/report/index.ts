import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { usage } from "../../operations/fault";
import { page } from "./page";
import type { DrillReport } from "./types";

export { consoleTable } from "./console-table";
export type * from "./types";

/**
 * Makes sure, before a day is played, that its report can be written in the end.
 *
 * @throws Fault (usage) naming the folder and what is in the way
 */
export function prepareReport(folder: string): void {
  const probe = path.join(folder, "report.json.next");
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
    // Those of a day that failed before this one.
    rmSync(path.join(folder, "logs"), { recursive: true, force: true });
  } catch (cause) {
    throw usage(
      `the report cannot be written to ${folder} (${cause instanceof Error ? cause.message : String(cause)}); ` +
        "it must be a folder that you may write to: move away what has its name, or run this elsewhere",
      { cause },
    );
  }
}

/** Writes `report.json` and `index.html` into a folder, which is made where it is missing. */
export function writeReport(folder: string, report: DrillReport): void {
  mkdirSync(folder, { recursive: true });
  put(path.join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  put(path.join(folder, "index.html"), page(report));
}

/** Renamed into place: a reader sees the report before or this one, never half of one. */
function put(file: string, content: string): void {
  const next = `${file}.next`;
  writeFileSync(next, content);
  renameSync(next, file);
}
