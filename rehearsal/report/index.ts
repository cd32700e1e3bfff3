import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { page } from "./page";
import type { DrillReport } from "./types";

export { consoleTable } from "./console-table";
export type * from "./types";

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
