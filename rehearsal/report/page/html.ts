/** Markup that is safe to put into a page as it is. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | string | number | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Builds markup from a template: every text and number put into it is escaped, only {@link Html} is not. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.map((fixed, index) => {
    const part = parts[index];
    if (part === undefined) return fixed;
    if (part instanceof Html) return fixed + part.markup;
    if (typeof part === "string" || typeof part === "number") return fixed + escapeHtml(String(part));
    return fixed + part.map(({ markup: each }) => each).join("");
  });
  return new Html(markup.join(""));
}

export const nothing = new Html("");

/** Data for a script of the page: JSON that cannot end the element it stands in. */
export function jsonFor(data: unknown): Html {
  return new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
}
