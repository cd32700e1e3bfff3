import { randomBytes } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { startDatabaseServer } from "../cloud/database";
import { startControl } from "../control/server";
import type { Fail, Running } from "../processes/main";
import { close, listen } from "../shop/http/listen";
import { writeImages } from "../shop/images";
import { openShop } from "../shop/shop";
import { createFront } from "./front";
import { writeHistory } from "./history";
import { startRelay } from "./relay";
import { primarySettingsSchema, type ParsedPrimarySettings, type PrimaryReady } from "./settings";

const databaseName = "shop";
const databaseUser = "shop_owner";
const lastAnswersMilliseconds = 1_500;

/** Undoes what was started, last first; every step is tried even when one before it failed. */
class Stack {
  private readonly steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  async unwind(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0).reverse())
      await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "the shared host did not stop cleanly");
  }
}

/**
 * Starts the shared host: a PostgreSQL server, a mail relay and the shop with too few workers, behind TLS.
 *
 * @param given PrimarySettings, untrusted
 * @param fail told should its database end by itself
 */
export async function startPrimary(given: unknown, fail?: Fail): Promise<Running<PrimaryReady>> {
  const settings = primarySettingsSchema.parse(given);
  const stack = new Stack();
  try {
    const ready = await start(settings, stack, fail);
    return { ready, stop: () => stack.unwind() };
  } catch (error) {
    await stack.unwind();
    throw error;
  }
}

async function start(
  settings: ParsedPrimarySettings,
  stack: Stack,
  fail: Fail | undefined,
): Promise<PrimaryReady> {
  const password = randomBytes(24).toString("base64url");
  const database = await startDatabaseServer({
    name: "primary-database",
    adminUser: databaseUser,
    adminPassword: password,
    certificate: { ...settings.certificate, expires: new Date(8.64e15) },
    parameters: {},
    folder: settings.folder,
    onLost: fail,
  });
  stack.add(() => database.stop());
  await database.createDatabase(databaseName);

  const relay = await startRelay();
  stack.add(() => relay.stop());

  const { imageMilliseconds, ...limits } = settings.limits;
  const shop = await openShop({
    site: "primary",
    database: {
      host: "127.0.0.1",
      port: database.port,
      user: databaseUser,
      password,
      database: databaseName,
      ssl: { ca: settings.certificate.chain, servername: settings.databaseHost },
    },
    mail: { kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none" },
    mailFrom: settings.mailFrom,
    adoptMailOf: [],
    imageBaseUrl: settings.imageBaseUrl.replace(/\/+$/, ""),
    publicUrl: settings.publicUrl.replace(/\/+$/, ""),
    sessionSecret: settings.sessionSecret,
    limits,
  });
  stack.add(() => shop.stop());
  if (settings.history > 0) await writeHistory(shop.pool, settings.history);

  const imageFolder = path.join(settings.folder, "images");
  writeImages(imageFolder);
  const front = createFront({ certificate: settings.certificate, shop, imageFolder, imageMilliseconds });
  const port = await listen(front.server, 0);
  stack.add(() => {
    setTimeout(() => front.server.closeAllConnections(), lastAnswersMilliseconds).unref();
    return close(front.server);
  });

  const control = await startControl({
    delivered: () => relay.delivered(),
    load: () => ({ ...shop.load(), ...front.counts() }),
    images: (body) => shop.setImageBaseUrl(z.object({ baseUrl: z.url() }).parse(body).baseUrl),
  });
  stack.add(() => control.stop());

  const user = `${databaseUser}:${encodeURIComponent(password)}`;
  return {
    port,
    databasePort: database.port,
    databaseUrl: `postgres://${user}@${settings.databaseHost}:5432/${databaseName}?sslmode=verify-full`,
    control: control.address,
  };
}
