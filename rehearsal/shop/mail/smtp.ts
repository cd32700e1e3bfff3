import net from "node:net";
import { createTransport } from "nodemailer";
import type { SMTPPoolOptions } from "nodemailer/lib/smtp-pool";
import type { SmtpSettings } from "../settings";
import type { MailTransport, Outcome } from "./transport";

const connections = 4;
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };

/** Opens a pool of SMTP connections. */
export function openSmtp(smtp: SmtpSettings, from: string): MailTransport {
  const { host, port, username, password } = smtp;
  const options: SMTPPoolOptions & { pool: true } = {
    pool: true,
    maxConnections: connections,
    maxMessages: 500,
    // A message whose connection broke is the outbox's to repeat, not the pool's.
    maxRequeues: 0,
    host,
    port,
    secure: false,
    ...(smtp.security === "starttls" ? { requireTLS: true } : { ignoreTLS: true }),
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? "" } }),
    ...timeouts,
    // The operating system's way to a host, as for every other connection: the default asks DNS on its own.
    getSocket: (_options, callback) => {
      const socket = net.connect({ host, port, timeout: timeouts.connectionTimeout });
      const fail = (error: Error): void => {
        socket.destroy();
        callback(error);
      };
      socket.once("error", fail);
      socket.once("timeout", () => fail(new Error(`${host}:${String(port)} did not answer`)));
      socket.once("connect", () => {
        socket.setTimeout(0);
        socket.removeAllListeners("error").removeAllListeners("timeout");
        callback(null, { connection: socket });
      });
    },
  };
  const transport = createTransport(options);
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "");
  return {
    connections,
    async send({ orderNumber, to, subject, body }) {
      try {
        await transport.sendMail({
          from,
          to,
          subject,
          text: body,
          // The same for each attempt: should one be repeated after its answer was lost, mailboxes know it again.
          messageId: `<${orderNumber}@${domain}>`,
          headers: { "X-Order": orderNumber },
        });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Reads an error of nodemailer: `responseCode` is the server's reply, `code` the stage at which it came. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Error)) return { kind: "deferred", reason: String(error) };
  const reply = "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : 0;
  const stage = "code" in error ? error.code : undefined;
  // A refused login says nothing about the message: it waits until the credentials are mended.
  const final = reply >= 500 && stage !== "EAUTH";
  return { kind: final ? "rejected" : "deferred", reason: error.message };
}
