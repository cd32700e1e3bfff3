import { createHash } from "node:crypto";
import { renderPage } from "../../pause-page/page";

const settings = {
  shop: "blanklabel.example",
  title: "Back at 8",
  text: "Sold out for a moment.\n\nCome & see <later>.",
  language: "en",
  retryAfter: 600,
};

test("a page of its own, in the shop's name, every text escaped", () => {
  const { html } = renderPage(settings);
  expect(html).toContain('<html lang="en">');
  expect(html).toContain("<title>Back at 8 – blanklabel.example</title>");
  expect(html.slice(html.indexOf("<main>"))).toBe(
    "<main>\n<header>blanklabel.example</header>\n<h1>Back at 8</h1>\n<p>Sold out for a moment.</p>\n" +
      "<p>Come &amp; see &lt;later&gt;.</p>\n</main>\n</body>\n</html>\n",
  );
});

test("a setting cannot leave the place that it was put in", () => {
  const { html } = renderPage({ ...settings, language: 'en"><script>', title: "</title><script>alert(1)" });
  expect(html).not.toContain("<script>");
  expect(html).toContain('<html lang="en&quot;&gt;&lt;script&gt;">');
});

test("loads nothing, runs nothing, does not reload itself", () => {
  const { html, policy } = renderPage(settings);
  expect(html).not.toMatch(/<(script|link|img|iframe)|http-equiv|https?:/);
  const style = /<style>([^]*)<\/style>/.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'`);
});
