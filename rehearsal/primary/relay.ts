import { SMTPServer } from "smtp-server";
import { readHeaders } from "../cloud/mail/headers";

/** A mail that reached its reader. */
export interface DeliveredMail {
  /** The `X-Order` header: the order's public number; empty where it has none. */
  readonly order: string;
  readonly to: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Relay {
  readonly port: number;
  delivered(): readonly DeliveredMail[];
  stop(): Promise<void>;
}

/** The shared host's own mail relay: on the same machine, without encryption, login or limit. */
export async function startRelay(): Promise<Relay> {
  const delivered: DeliveredMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 300,
    onData(stream, session, callback) {
      readHeaders(stream).then(
        (headers) => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          delivered.push({ order: headers["x-order"] ?? "", to, at: Date.now() });
          callback(null, "OK");
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  // A client that breaks off in the middle of a session is its own affair.
  server.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    port: address.port,
    delivered: () => delivered,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
