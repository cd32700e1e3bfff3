import Table from "cli-table3";
import { plainBorders } from "../plain-borders";
import type { CheckResult, Finding, Status } from "./check";

const colour: Readonly<Record<Status, string>> = { pass: "32", warn: "33", fail: "31", unknown: "35" };

/** Whether a stream takes colours: a terminal, and nobody said no (https://no-color.org). */
export function takesColour(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && (env["NO_COLOR"] ?? "") === "";
}

/** The result for a person: one line a check, worst first, then what to do about each that is not well. */
export function checkTable(result: CheckResult, about: string, coloured: boolean): string {
  const paint = (status: Status, words: string): string =>
    coloured ? `\u001b[${colour[status]}m${words}\u001b[0m` : words;
  const ordered = [...result.checks].sort((a, b) => severity(b.status) - severity(a.status));
  const table = new Table({
    chars: plainBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    head: ["STATUS", "CHECK", "FOUND"],
    colWidths: [null, null, 90],
    wordWrap: true,
  });
  for (const { id, status, found } of ordered) table.push([paint(status, status), id, found]);
  const open = ordered.filter(({ status }) => status !== "pass");
  return [
    table.toString(),
    ...(open.length > 0 ? ["", ...open.flatMap(advice)] : []),
    "",
    result.ready
      ? paint("pass", `READY: ${about}`)
      : paint("fail", `NOT READY: ${open.filter(blocks).map(idOf).join(", ")}`),
  ].join("\n");
}

const idOf = ({ id }: Finding): string => id;
const blocks = ({ status }: Finding): boolean => status === "fail" || status === "unknown";
const advice = ({ id, wanted, fix }: Finding): readonly string[] => [
  id,
  `  wanted  ${wanted}`,
  `  fix     ${fix}`,
];
const severity = (status: Status): number => ["pass", "warn", "unknown", "fail"].indexOf(status);
