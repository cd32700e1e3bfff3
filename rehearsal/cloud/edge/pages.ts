import type { ServerResponse } from "node:http";
import type { HeaderMap } from "./cache";

/** The edge's own answers. */
const pages = {
  400: ["Bad request", "The request names no host."],
  404: ["Page not found", "No route leads from this address to a site."],
  503: ["Our services aren't available right now", "The site behind this address could not be reached."],
  504: ["Gateway timeout", "The site behind this address did not answer in time."],
} as const;

export type PageStatus = keyof typeof pages;

/** Answers with one of the edge's own pages, unless an answer is under way already: then that is cut off. */
export function sendPage(
  response: ServerResponse,
  status: PageStatus,
  reference: string,
  headers: HeaderMap = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [title, text] = pages[status];
  const body = `<!doctype html><title>${title}</title><h1>${title}</h1><p>${text}</p><p>Reference: ${reference}</p>\n`;
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-azure-ref": reference,
    ...headers,
  });
  response.end(body);
}
