import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { TooBusy, type Admission } from "../admission";
import { notice } from "../pages/layout";
import { Refusal } from "../refusal";
import type { App, Route } from "./app";
import { json, page, redirect, write, type Reply } from "./reply";
import { routes } from "./routes";
import { wantsJson } from "./request";

/** Turns requests into answers; every one passes the door first, and carries the site's name. */
export function createHandler(app: App, admission: Admission): RequestListener {
  const site = { "x-site": app.settings.site };
  return (request, response) => {
    void answer(app, admission, request).then((reply) => send(request, response, reply, site));
  };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  site: Readonly<Record<string, string>>,
): void {
  // What was not read of a refused body must not be taken for the next request.
  const extra = request.complete ? site : { ...site, connection: "close" };
  write(response, reply, extra);
}

async function answer(app: App, admission: Admission, request: IncomingMessage): Promise<Reply> {
  try {
    const url = new URL(request.url ?? "/", app.settings.publicUrl);
    const { route, part } = findRoute(request.method === "HEAD" ? "GET" : request.method, url.pathname);
    return await admission.run(1, () => route.handler({ app, request, url, part }));
  } catch (error) {
    return failure(request, error);
  }
}

/** What went wrong, for the one who asked: a defect is logged and told without its details. */
function failure(request: IncomingMessage, error: unknown): Reply {
  const asJson = wantsJson(request);
  if (error instanceof Refusal) {
    if (error.code === "login-needed" && !asJson) return redirect("/login");
    return asJson
      ? json({ error: error.code, message: error.message }, error.status)
      : page(notice("That did not work", error.message), error.status);
  }
  const busy = error instanceof TooBusy;
  // Who hung up in the middle of a request is no defect of ours, and reads no answer.
  if (!busy && !request.socket.destroyed) console.error(`${request.method ?? ""} ${pathOf(request)}:`, error);
  const text = busy
    ? "We are very busy at the moment. Please try again in a few seconds."
    : "Something went wrong on our side. Please try again.";
  const reply = asJson
    ? json({ error: busy ? "busy" : "defect", message: text }, busy ? 503 : 500)
    : page(notice(busy ? "One moment" : "We are sorry", text), busy ? 503 : 500);
  return busy ? { ...reply, headers: { ...reply.headers, "retry-after": "2" } } : reply;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

function findRoute(method: string | undefined, path: string): { route: Route; part: string } {
  for (const route of routes) {
    if (route.method !== method) continue;
    const [before = "", after] = route.path.split("*", 2);
    if (after === undefined) {
      if (route.path === path) return { route, part: "" };
      continue;
    }
    const part = path.slice(before.length, path.length - after.length);
    if (path === before + part + after && /^[\w-]+$/.test(part)) return { route, part };
  }
  throw new Refusal(404, "no-such-page", "There is no such page.");
}
