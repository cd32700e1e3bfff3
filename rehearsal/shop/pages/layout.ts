import { html, type Html } from "./html";

/** The shop's whole style sheet, served as `/style.css`. */
export const styleSheet = `
:root { color-scheme: light; --ink: #23262b; --soft: #6b7280; --line: #e3e3de; --accent: #27375a; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 Georgia, serif; color: var(--ink); background: #fbfbf8; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 1rem; }
header { display: flex; gap: 1.5rem; align-items: baseline; border-bottom: 1px solid var(--line); }
header strong { font-size: 1.3rem; margin-right: auto; }
a { color: var(--accent); }
footer { color: var(--soft); font-size: .85rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1.25rem; }
.card { background: #fff; border: 1px solid var(--line); padding: .75rem; }
.card img { width: 100%; height: auto; display: block; }
.card p { margin: .5rem 0 0; font-size: .9rem; }
form { display: grid; gap: .75rem; max-width: 26rem; }
label { display: grid; gap: .2rem; font-size: .9rem; }
input, select, button { font: inherit; padding: .45rem .6rem; border: 1px solid var(--line); background: #fff; }
button { background: var(--accent); color: #fff; border: 0; cursor: pointer; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
`.trim();

/** The frame around every page. */
export function layout(title: string, content: Html): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title} – Made-to-measure shirts</title>
      <link rel="stylesheet" href="/style.css" />
    </head>
    <body>
      <header>
        <strong>Made-to-measure shirts</strong><a href="/">Gallery</a><a href="/design">Design a shirt</a
        ><a href="/account">Your account</a>
      </header>
      <main>
        <h1>${title}</h1>
        ${content}
      </main>
      <footer>Cut and sewn to order. Free remakes within sixty days.</footer>
    </body>
  </html>`;
}

/** A short page that says one thing. */
export function notice(title: string, text: string): Html {
  return layout(title, html`<p>${text}</p>`);
}
