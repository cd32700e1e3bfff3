/** What the pause page and everyone who looks for it agree on. Imports nothing, so that anything may use it. */

/** The one path at which the page's own origin says that it stands ready; at the edge it always leads there. */
export const pauseReadyPath = "/.well-known/standby-pause";

/** The response header that tells the pause page from any answer of the shop, and its values. */
export const pauseHeader = "x-standby-pause";
export const pauseStates = { closed: "closed", ready: "ready" } as const;

/** The app settings by which the page gets its words. */
export const pauseVariables = {
  shop: "PAUSE_SHOP",
  title: "PAUSE_TITLE",
  text: "PAUSE_TEXT",
  language: "PAUSE_LANGUAGE",
  retryAfter: "PAUSE_RETRY_AFTER",
} as const;
