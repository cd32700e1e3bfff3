import type { RequestListener } from "node:http";
import { Pool } from "pg";
import { Admission, type AdmissionCounts } from "./admission";
import { createHandler } from "./http/handler";
import { Outbox, type MailCounts } from "./mail/outbox";
import { openTransport } from "./mail/transport";
import { imageUrls } from "./pages/shop";
import { migrate } from "./schema";
import { Sessions } from "./sessions";
import type { ShopSettings } from "./settings";

/** A running shop, short of the server that listens. */
export interface Shop {
  readonly handler: RequestListener;
  /** The door that every request passes; whoever serves more beside the shop's pages sends it through here too. */
  readonly admission: Admission;
  readonly pool: Pool;
  /** Pages reference pictures here from now on. */
  setImageBaseUrl(url: string): void;
  load(): AdmissionCounts & { readonly mail: MailCounts };
  /** Sends no more mail and closes the connections; call it once no request is under way. */
  stop(): Promise<void>;
}

/**
 * Brings the database to the shop's schema and starts the mail.
 *
 * @throws Error when the database cannot be reached
 */
export async function openShop(settings: ShopSettings): Promise<Shop> {
  const pool = new Pool({
    // Checkouts that wait for a bank hold a connection each.
    max: 16,
    connectionTimeoutMillis: 10_000,
    // A statement that hangs would keep its place at the door for ever.
    statement_timeout: 15_000,
    application_name: `shop-${settings.site}`,
    ...settings.database,
  });
  // An idle connection that the server closes is replaced at the next query.
  pool.on("error", (error) => console.error(`database: ${error.message}`));
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const outbox = new Outbox(pool, openTransport(settings.mail, settings.mailFrom), [
    settings.site,
    ...settings.adoptMailOf,
  ]);
  outbox.start();
  const admission = new Admission(settings.limits);
  let imageBaseUrl = settings.imageBaseUrl;
  const app = {
    settings,
    pool,
    sessions: new Sessions(settings.site, settings.sessionSecret),
    outbox,
    image: imageUrls(() => imageBaseUrl),
  };
  return {
    handler: createHandler(app, admission),
    admission,
    pool,
    setImageBaseUrl: (url) => {
      imageBaseUrl = url;
    },
    load: () => ({ ...admission.counts(), mail: outbox.counts() }),
    async stop() {
      await outbox.stop();
      // What the server says to connections on their way out is no news.
      pool.removeAllListeners("error").on("error", () => undefined);
      await pool.end();
    },
  };
}
