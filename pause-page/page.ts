import { createHash } from "node:crypto";
import type { PauseSettings } from "./settings";

/** A page, and the policy that lets a browser show it and nothing else. */
export interface Page {
  readonly html: string;
  /** Value of `Content-Security-Policy`. */
  readonly policy: string;
}

// Nothing is loaded from anywhere: what is needed to close the shop must not depend on what is overloaded.
const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f5f2; color: #1d1d1b; }
main { max-width: 34rem; padding: 2rem; }
header { font-weight: 600; }
h1 { font-size: clamp(1.6rem, 6vw, 2.4rem); line-height: 1.2; margin: 1rem 0; }
p { margin: 0 0 1rem; font-size: 1.1rem; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #1d1d1b; color: #f6f5f2; } }
`;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? "");

const paragraphs = (text: string): readonly string[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");

/**
 * The page that stands in for the shop. It does not reload by itself: that takes a reader by surprise (WCAG 2.2,
 * failure F41) and brings a crowd back all at once.
 */
export function renderPage({ shop, title, text, language }: PauseSettings): Page {
  const html = `<!doctype html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} – ${escape(shop)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>${escape(shop)}</header>
<h1>${escape(title)}</h1>
${paragraphs(text)
  .map((paragraph) => `<p>${escape(paragraph)}</p>`)
  .join("\n")}
</main>
</body>
</html>
`;
  const hash = createHash("sha256").update(style).digest("base64");
  return { html, policy: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'` };
}
