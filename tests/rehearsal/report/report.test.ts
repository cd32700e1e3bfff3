import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { consoleTable, writeReport } from "../../../rehearsal/report";
import { hours } from "../../../rehearsal/report/page/charts";
import { count, percent, storyDuration, verdictTitle } from "../../../rehearsal/report/words";
import { hostile, sample } from "./sample";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "report-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = (report = sample): string => {
  writeReport(path.join(folder, "drill-report"), report);
  return readFileSync(path.join(folder, "drill-report", "index.html"), "utf8");
};

const withoutScripts = (page: string): string => page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, "");

/** The page as a reader sees it: without styles and scripts, entities and layout. */
const text = (page: string): string =>
  withoutScripts(page)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("writeReport", () => {
  it("writes the report as it is, and nothing else beside the page", () => {
    written();
    expect(readdirSync(path.join(folder, "drill-report")).sort()).toEqual(["index.html", "report.json"]);
    const json: unknown = JSON.parse(readFileSync(path.join(folder, "drill-report", "report.json"), "utf8"));
    expect(json).toEqual(sample);
  });

  it("replaces the report before", () => {
    written();
    expect(text(written({ ...sample, seed: 42 }))).toContain("Seed 42,");
  });

  it("shows the verdict and the day's figures", () => {
    const page = text(written());
    expect(page).toContain("Nothing was lost.");
    for (const figure of [
      "Visitors placed 1,706 orders and made 842 accounts.",
      "137 of 137",
      "after a tail of 16 h 5 min",
      "to the first visit on the standby, 1 record changed",
      "Stragglers on the primary after the cutover 137 88",
      "Misattributed attached to the wrong person 0 0",
      "public.order_lines . id 98,770 115,200 16,430",
      "9,223,372,036,854,774,863",
      "Deferred at the limit 212",
      "Last visit on the primary after 48.3 s",
      "19:40 flip 27.4 s one record updated in place",
      "3 of 4 passed.",
      "Wanted: one within 7 days. Run `standby check --deep`.",
      "Pulumi 3.259.0 (built from its Go module)",
    ])
      expect(page).toContain(figure);
  });

  it("gives each chart's figures as a table too", () => {
    const page = text(written());
    expect(page).toContain("From Primary Standby 16:00 8 0 17:00 20 0");
    expect(page.match(/Figures by the hour/g)).toHaveLength(3);
  });

  it("loads nothing from anywhere", () => {
    const page = written();
    expect(withoutScripts(page)).not.toMatch(/<(link|img|iframe|object)\b/i);
    expect(/<style>[\s\S]*?<\/style>/.exec(page)?.[0]).not.toMatch(/@import|url\(/i);
    expect(/<script[^>]*\bsrc=/.exec(page)).toBeNull();
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("says what went wrong", () => {
    const page = text(written(hostile));
    expect(page).toContain("2 lost, 1 with the wrong person.");
    expect(page).toContain("misattributed");
  });

  it("lets no text become markup", () => {
    const page = written(hostile);
    for (const number of [2, 3, 4, 6]) expect(page.includes(`<script>alert(${number})`)).toBe(false);
    expect(/<(img|svg|cli|i|s|u)\b/.exec(withoutScripts(page))).toBeNull();
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(page).toContain("&lt;svg onload=alert(5)&gt;");
    // The data, the library and the drawing: no more scripts than that.
    expect(page.match(/<script\b/g)).toHaveLength(3);
  });

  it("does without charts where there is no series", () => {
    const { series, ...rest } = sample;
    expect(series).toBeDefined();
    const page = written(rest);
    expect(page).not.toContain("<script");
    expect(text(page)).toContain("Nothing was lost.");
  });
});

describe("consoleTable", () => {
  const line = (table: string, start: string): string | undefined =>
    table
      .split("\n")
      .map((each) => each.replace(/[│\s]+/g, " ").trim())
      .find((each) => each.startsWith(start));

  it("shows what became of orders and users, the headroom and the cutover", () => {
    const table = consoleTable(sample);
    expect(line(table, "placed")).toBe(
      "placed on primary on standby stragglers brought held lost duplicated misattributed",
    );
    expect(line(table, "orders")).toBe("orders 1,706 169 1,537 137 137 0 0 0 0");
    expect(line(table, "users")).toBe("users 842 120 722 88 88 0 0 0 0");
    expect(line(table, "public.orders.id")).toBe("public.orders.id 57,600 4,209 53,391");
    expect(line(table, "first visit")).toBe("first visit on the standby after 0.6 s");
    expect(line(table, "tail")).toBe("tail in the story 16 h 5 min");
    expect(table.split("\n").at(-1)).toBe("Nothing was lost.");
  });

  it("has no colours, and no characters that a terminal acts on", () => {
    const identities = [{ table: "public.\u001b[31m", column: "id\u0007", offset: 1, used: 0, headroom: 1 }];
    const table = consoleTable({ ...sample, identities });
    expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(line(table, "public.")).toBe("public.?[31m.id? 1 0 1");
  });
});

describe("words", () => {
  it.each([
    [0, 0, "–"],
    [0, 10, "0 %"],
    [1, 1_000, "under 1 %"],
    [2, 3, "67 %"],
    [12_266, 12_326, "99.5 %"],
    [99_999, 100_000, "99.9 %"],
    [10, 10, "100 %"],
  ])("%s of %s is %s", (part, whole, expected) => expect(percent(part, whole)).toBe(expected));

  it.each([
    [null, "–"],
    [0, "0 min"],
    [3_599, "1 h"],
    [57_900, "16 h 5 min"],
  ])("%s story seconds are %s", (value, expected) => expect(storyDuration(value)).toBe(expected));

  it("groups digits of numbers beyond a double", () => {
    expect(count("9223372036854775807")).toBe("9,223,372,036,854,775,807");
  });

  it("never calls a failed day a good one", () => {
    expect(verdictTitle({ ...sample, ok: false })).toBe("The day did not go as it must.");
    expect(verdictTitle({ ...sample, ok: false, mail: { ...sample.mail, lost: 3 } })).toBe("3 mails lost.");
  });
});

it("sums a series by the story's hours, midnight included", () => {
  const storyTime = ["23:20", "23:40", "00:00", "00:20", "01:00"];
  const series = { ...sample.series, at: [1, 2, 3, 4, 5], storyTime };
  if (sample.series === undefined) throw new Error("the sample has a series");
  expect(hours({ ...sample.series, ...series }, [["Orders", [1, 2, 3, 4, 5]]])).toEqual([
    ["23:00", [3]],
    ["00:00", [7]],
    ["01:00", [5]],
  ]);
});
