import { connect } from "node:net";
import { createTransport } from "nodemailer";
import { smtpHost, smtpPort } from "../../../settings/mail-service";
import { azureCredential } from "../../azure-credential";
import type { Standby } from "../../deployment";

/**
 * Sends one real message from the standby's sender to the person whom alerts reach: by Communication Services as us, or
 * by SMTP as the shop signs in. The limits of the subscription count it.
 *
 * @returns what was sent
 * @throws Error with what the service said
 */
export async function sendMessage({ config, outputs }: Standby, signal: AbortSignal): Promise<string> {
  const { sender, senderKind } = outputs.mail;
  const to = personOf({ config });
  const subject = `Test of the standby of ${outputs.publicHost}`;
  const text =
    "The standby can send mail. This message was asked for by `standby check --deep`; nothing needs to be done.\n";
  if (senderKind === "smtp") await bySmtp({ config, outputs }, { from: sender, to, subject, text });
  else await byService(outputs.mail.endpoint, { from: sender, to, subject, text }, signal);
  return `a message from ${sender} to ${to} was taken for delivery (${senderKind})`;
}

/** Whom alerts reach. */
export const personOf = ({ config }: Pick<Standby, "config">): string =>
  config.alertEmail ?? "(alertEmail is not set)";

interface Message {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

async function byService(endpoint: string, message: Message, signal: AbortSignal): Promise<void> {
  const { EmailClient } = await import("@azure/communication-email");
  const client = new EmailClient(endpoint, await azureCredential(), { retryOptions: { maxRetries: 1 } });
  const poller = await client.beginSend(
    {
      senderAddress: message.from,
      content: { subject: message.subject, plainText: message.text },
      recipients: { to: [{ address: message.to }] },
    },
    { abortSignal: signal },
  );
  // Throws where the service dropped the message.
  await poller.pollUntilDone({ abortSignal: signal });
}

async function bySmtp({ config, outputs }: Standby, message: Message): Promise<void> {
  const { smtpUsername: user } = outputs.mail;
  const pass = config.smtpApplication?.secret;
  if (user === undefined || pass === undefined)
    throw new Error(
      "smtpApplication is not set in the standby stack's config: there is nobody to sign in as",
    );
  const transport = createTransport({
    host: smtpHost,
    port: smtpPort,
    requireTLS: true,
    auth: { user, pass },
    // The operating system's way to a host, as for every other connection: the default asks DNS on its own.
    getSocket: (_options, callback) => {
      const connection = connect({ host: smtpHost, port: smtpPort, timeout: 10_000 });
      connection.once("error", callback);
      connection.once("timeout", () => connection.destroy(new Error(`${smtpHost} did not answer`)));
      connection.once("connect", () => {
        connection.setTimeout(0).off("error", callback);
        callback(null, { connection });
      });
    },
  });
  try {
    await transport.sendMail(message);
  } finally {
    transport.close();
  }
}
