import { createHash, timingSafeEqual } from "node:crypto";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerEnvelope } from "smtp-server";
import type { DeliveredMail, IssuedCertificate, MailServer, MailSettings } from "../contracts";
import { addressOf, readHeaders } from "./headers";
import { Throttle } from "./throttle";

export interface MailServerOptions {
  /** For the name that clients connect to. */
  readonly certificate: IssuedCertificate;
  /** What is configured at the start; nobody may send where it is missing. */
  readonly settings?: MailSettings;
  /** Real milliseconds that a minute of the limits lasts; 60,000 unless the story is compressed. */
  readonly millisecondsPerMinute?: number;
  /** Milliseconds since the epoch (default: this machine's clock). */
  readonly now?: () => number;
}

// Service limits of Communication Services (its documentation, "Service limits", e-mail).
export const maxRecipients = 50;
const maxBytes = 10 * 1024 * 1024;

/** Delivered mails that are remembered; older ones are forgotten, though still counted. */
const remembered = 20_000;

const nobody: MailSettings = { users: [], domains: [], limits: { perMinute: 0, perHour: 0 } };

/**
 * The SMTP side of Communication Services on a port of 127.0.0.1: STARTTLS before AUTH, AUTH LOGIN alone (the real
 * endpoint offers no PLAIN), senders of linked and verified domains only, and a temporary refusal above the limits.
 */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const now = options.now ?? Date.now;
  const throttle = new Throttle(options.millisecondsPerMinute ?? 60_000);
  let settings = options.settings ?? nobody;
  const counts = { accepted: 0, deferred: 0, rejected: 0 };
  const delivered: DeliveredMail[] = [];

  const reject = (code: number, text: string): Error => {
    counts.rejected++;
    return reply(code, text);
  };
  const maySend = (address: string): boolean => {
    const [user, domain] = address.toLowerCase().split("@");
    return settings.domains.some(
      ({ name, senders }) =>
        name.toLowerCase() === domain && senders.some((sender) => sender.toLowerCase() === user),
    );
  };
  const checkSender = (address: string): Error | undefined => {
    if (maySend(address)) return undefined;
    const domain = address.split("@")[1] ?? "";
    return settings.domains.some(({ name }) => name.toLowerCase() === domain.toLowerCase())
      ? reject(550, `5.7.60 ${address} is no sender user name of the domain`)
      : reject(550, `5.7.1 The sender's domain ${domain} is not verified and linked to this resource`);
  };

  const submit: MailServer["submit"] = (message) => {
    if (!throttle.admit(now(), settings.limits)) {
      counts.deferred++;
      return "throttled";
    }
    counts.accepted++;
    delivered.push({ ...message, at: now() });
    if (delivered.length > remembered) delivered.splice(0, delivered.length - remembered);
    return "accepted";
  };

  /** Takes a message, or says why not. */
  const receive = async (
    stream: SMTPServerDataStream,
    envelope: SMTPServerEnvelope,
  ): Promise<Error | undefined> => {
    const headers = await readHeaders(stream);
    if (stream.sizeExceeded) return reject(552, "5.3.4 Message too big: at most 10 MB");
    const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
    const fault = checkSender(addressOf(headers["from"] ?? from));
    if (fault !== undefined) return fault;
    const to = envelope.rcptTo.map(({ address }) => address);
    return submit({ from, to, subject: headers["subject"] ?? "", headers }) === "accepted"
      ? undefined
      : reply(450, "4.5.127 Message rejected. Excessive message rate from sender.");
  };

  const server = new SMTPServer({
    name: "smtp.azurecomm.net",
    banner: "Azure Communication Services",
    cert: options.certificate.chain,
    key: options.certificate.key,
    minVersion: "TLSv1.2",
    authMethods: ["LOGIN"],
    size: maxBytes,
    // The replies carry Azure's own codes.
    hideENHANCEDSTATUSCODES: true,
    disableReverseLookup: true,
    closeTimeout: 500,
    onAuth(auth, _session, callback) {
      const known = settings.users.some(
        ({ username, password }) =>
          same(username, auth.username ?? "") && same(password, auth.password ?? ""),
      );
      if (known) callback(null, { user: auth.username ?? "" });
      else callback(reject(535, "5.7.3 Authentication unsuccessful"));
    },
    onMailFrom(address, _session, callback) {
      callback(checkSender(address.address));
    },
    onRcptTo(_address, session, callback) {
      if (session.envelope.rcptTo.length < maxRecipients) callback();
      else callback(reject(452, `4.5.3 Too many recipients: at most ${String(maxRecipients)}`));
    },
    onData(stream, session, callback) {
      receive(stream, session.envelope).then(
        (fault) => callback(fault, "2.0.0 OK: queued for delivery"),
        () => callback(reply(451, "4.3.0 The message could not be read")),
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
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");

  let stopping: Promise<void> | undefined;
  return {
    port: address.port,
    configure: (next) => {
      settings = next;
    },
    submit,
    counts: () => ({ ...counts }),
    delivered: () => delivered,
    stop: () => (stopping ??= new Promise<void>((resolve) => server.close(() => resolve()))),
  };
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

/** Compares without telling by its duration where two texts differ. */
function same(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
