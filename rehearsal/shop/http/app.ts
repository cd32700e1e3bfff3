import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import type { Outbox } from "../mail/outbox";
import type { ImageUrl } from "../pages/shop";
import { Refusal } from "../refusal";
import { cookieName, type Sessions, type Visitor } from "../sessions";
import type { ShopSettings } from "../settings";
import type { Reply } from "./reply";
import { cookie } from "./request";

/** What the pages and actions work with. */
export interface App {
  readonly settings: ShopSettings;
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly outbox: Outbox;
  readonly image: ImageUrl;
}

/** One request: the app, what was asked, and the parts of its path that the route names. */
export interface Asked {
  readonly app: App;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly part: string;
}

export type Handler = (asked: Asked) => Promise<Reply>;

/** A route; `path` is the whole path, in which one `*` stands for a part without slashes. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handler: Handler;
}

/**
 * The visitor who sent a request, with the session's key.
 *
 * @throws Refusal 401 `login-needed`, or 409 `unknown-account` for a right cookie of a customer who is not here
 */
export async function loggedIn({ app, request }: Asked): Promise<{ visitor: Visitor; key: string }> {
  const state = await app.sessions.read(app.pool, cookie(request, cookieName));
  if (state.kind === "visitor") return state;
  if (state.kind === "unknown-account")
    throw new Refusal(
      409,
      "unknown-account",
      "We cannot see your account at the moment. Nothing is lost; please come back a little later.",
    );
  throw new Refusal(401, "login-needed", "Please log in first.");
}
