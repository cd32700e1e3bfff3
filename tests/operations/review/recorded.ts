import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** What the real engine printed, by record.ts beside this. */
export const recordedFolder = path.join(__dirname, "recorded");

export const recorded = (name: string): string =>
  gunzipSync(readFileSync(path.join(recordedFolder, `${name}.gz`))).toString();

/** A preview's output without the SDK's traces and the lists of rules that passed, two a resource. */
export const withoutNoise = (text: string): string =>
  text
    .split("\n")
    .filter(
      (line) => !line.includes('"severity":"debug"') && !/"policy(Remediate|Analyze)SummaryEvent"/.test(line),
    )
    .join("\n");
