import type { ShopSettings } from "../settings";
import { openCommunication } from "./communication";
import { openSmtp } from "./smtp";

export interface OutgoingMail {
  readonly orderNumber: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/**
 * What became of an attempt. `deferred`: try again, the server is busy, out of reach or refuses our login;
 * `rejected`: the server will never take this message.
 */
export type Outcome =
  | { readonly kind: "sent" }
  | {
      readonly kind: "deferred";
      readonly reason: string;
      /** How long the server asked to be left alone, in seconds. */
      readonly retryAfter?: number;
    }
  | { readonly kind: "rejected"; readonly reason: string };

export interface MailTransport {
  readonly connections: number;
  /** Tries once; never throws. */
  send(mail: OutgoingMail): Promise<Outcome>;
  close(): void;
}

/** Opens the way that the settings name; nothing is connected before the first message. */
export const openTransport = (mail: ShopSettings["mail"], from: string): MailTransport =>
  mail.kind === "smtp" ? openSmtp(mail, from) : openCommunication(mail, from);
