import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { writeReport, type DrillReport } from "../../../rehearsal/report";
import { hostile, sample } from "./sample";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (file) => existsSync(file),
);
const withBrowser = executablePath === undefined ? describe.skip : describe;

withBrowser(
  `in a browser (${executablePath ?? "skipped: install Debian's chromium package to run it"})`,
  () => {
    let browser: Browser;
    let folder: string;
    let complaints: string[];

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "report-test-"));
      browser = await chromium.launch({
        ...(executablePath === undefined ? {} : { executablePath }),
        // Chromium does not start as root otherwise; the page it opens is our own.
        args: ["--no-sandbox"],
      });
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    const open = async (report: DrillReport, width: number, colorScheme: "dark" | "light"): Promise<Page> => {
      writeReport(folder, report);
      complaints = [];
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("dialog", (dialog) => {
        complaints.push(dialog.message());
        void dialog.dismiss();
      });
      page.on("request", (request) => {
        if (!request.url().startsWith("file:")) complaints.push(request.url());
      });
      await page.goto(pathToFileURL(path.join(folder, "index.html")).href);
      return page;
    };

    it.each([
      ["a desktop, light", sample, 1280, "light"],
      ["a phone, dark", sample, 390, "dark"],
      ["a phone, with hostile text", hostile, 390, "light"],
    ] as const)("opens on %s without a complaint", async (_name, report, width, scheme) => {
      const page = await open(report, width, scheme);
      await page.waitForSelector("#chart-images canvas");
      expect(complaints).toEqual([]);
      expect(await page.locator("canvas").count()).toBe(3);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      await page.close();
    });

    it("draws the charts again in the other colours", async () => {
      const page = await open(sample, 1280, "light");
      const paper = (): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const light = await paper();
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await paper()).not.toBe(light);
      expect(await page.locator("canvas").count()).toBe(3);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("shows the figures of a chart on demand", async () => {
      const page = await open(sample, 1280, "light");
      const table = page.getByRole("table", { name: "Orders on each side over the story's day" });
      expect(await table.isVisible()).toBe(false);
      await page.getByText("Figures by the hour").first().click();
      expect(await table.isVisible()).toBe(true);
      await page.close();
    });
  },
);
