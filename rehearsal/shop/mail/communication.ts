import type { EmailClient } from "@azure/communication-email";
import type { CommunicationSettings } from "../settings";
import type { MailTransport, Outcome } from "./transport";

const connections = 4;
/** Seconds after which an operation that still runs is left to the next attempt. */
const patience = 30;

/** What of the official client is needed here. */
export type Sender = Pick<EmailClient, "beginSend">;

/** Opens Communication Services as the app's managed identity, or by a client that was made before. */
export function openCommunication(
  { endpoint, clientId }: CommunicationSettings,
  from: string,
  open: () => Promise<Sender> = () => connect(endpoint, clientId),
): MailTransport {
  let client: Promise<Sender> | undefined;
  return {
    connections,
    async send({ orderNumber, to, subject, body }) {
      try {
        client ??= open();
        const poller = await (
          await client
        ).beginSend({
          senderAddress: from,
          content: { subject, plainText: body },
          recipients: { to: [{ address: to }] },
          headers: { "X-Order": orderNumber },
        });
        await poller.pollUntilDone({ abortSignal: AbortSignal.timeout(patience * 1_000) });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => undefined,
  };
}

/** A refusal is the outbox's to repeat, after the time that the service asks for: the client itself repeats none. */
export const clientOptions = { retryOptions: { maxRetries: 0 } } as const;

async function connect(endpoint: string, clientId: string | undefined): Promise<Sender> {
  // Loaded only here: a shop that sends by SMTP starts without them.
  const [{ EmailClient }, { ManagedIdentityCredential }] = await Promise.all([
    import("@azure/communication-email"),
    import("@azure/identity"),
  ]);
  const credential =
    clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  return new EmailClient(endpoint, credential, clientOptions);
}

/** How the SDK's poller words an operation that ended as Failed: the service took the message and dropped it. */
const dropped = /^The long-running operation has failed/;

/**
 * Reads an error of the SDK. 400 is said of the message itself; a wrong sign-in, a missing role or a domain that is not
 * linked (401, 403, 404) says nothing about it: it waits until that is mended, as it does for the rate (429).
 */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Error)) return { kind: "deferred", reason: String(error) };
  const { message: reason } = error;
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status === 400 || status === 413 || dropped.test(reason)) return { kind: "rejected", reason };
  const retryAfter = secondsAsked(error);
  return { kind: "deferred", reason, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

interface Refused {
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

function secondsAsked(error: Error & Refused): number | undefined {
  const seconds = Number(error.response?.headers?.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
