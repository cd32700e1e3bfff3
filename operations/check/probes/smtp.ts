import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface SmtpCredentials {
  readonly username: string;
  readonly password: string;
}

export interface SmtpSession {
  /** What AUTH offers once the connection is encrypted. */
  readonly mechanisms: readonly string[];
  /** Undefined where no credentials were given; else what the server said to them. */
  readonly login: "accepted" | { readonly refused: string } | undefined;
}

interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/**
 * Greets a submission server, turns the connection into TLS (certificate verified), greets it again and signs in
 * where credentials are given. Sends no mail.
 *
 * @throws Error where a step fails; the message says which.
 */
export async function trySmtp(
  host: string,
  port: number,
  credentials: SmtpCredentials | undefined,
  signal?: AbortSignal,
): Promise<SmtpSession> {
  const plain = connect({ host, port, ...(signal === undefined ? {} : { signal }) });
  const opened: Socket[] = [plain];
  try {
    const clear = new Conversation(plain);
    await clear.expect(220, "the greeting");
    const offered = await clear.ask("EHLO standby-check", 250);
    if (!offered.lines.some((line) => line.toUpperCase() === "STARTTLS"))
      throw new Error(`${host}:${port} does not offer STARTTLS`);
    await clear.ask("STARTTLS", 220);
    clear.leave();
    const secure = connectTls({ socket: plain, servername: host });
    opened.push(secure);
    await new Promise<void>((resolve, reject) => {
      secure.once("secureConnect", resolve);
      secure.once("error", reject);
    });
    const encrypted = new Conversation(secure);
    const { lines } = await encrypted.ask("EHLO standby-check", 250);
    const mechanisms = lines
      .filter((line) => /^AUTH /i.test(line))
      .flatMap((line) => line.toUpperCase().split(" ").slice(1));
    const login = credentials === undefined ? undefined : await signIn(encrypted, credentials);
    encrypted.say("QUIT");
    return { mechanisms, login };
  } finally {
    for (const socket of opened) socket.destroy();
  }
}

async function signIn(
  conversation: Conversation,
  credentials: SmtpCredentials,
): Promise<SmtpSession["login"]> {
  const encode = (value: string): string => Buffer.from(value).toString("base64");
  await conversation.ask("AUTH LOGIN", 334);
  conversation.say(encode(credentials.username));
  await conversation.expect(334, "the user name");
  conversation.say(encode(credentials.password));
  const { code, lines } = await conversation.reply();
  return code === 235 ? "accepted" : { refused: `${code} ${lines.join(" ")}` };
}

/** Lines to and from one SMTP server. */
class Conversation {
  private buffered = "";
  private failure: Error | undefined;
  private wake: () => void = () => undefined;
  private readonly received = (chunk: Buffer): void => {
    this.buffered += chunk.toString("latin1");
    this.wake();
  };

  constructor(private readonly socket: Socket) {
    const failed = (error: Error): void => {
      this.failure ??= error;
      this.wake();
    };
    socket.on("data", this.received);
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("it ended the connection")));
  }

  say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  async ask(line: string, code: number): Promise<Reply> {
    this.say(line);
    return this.expect(code, line);
  }

  async expect(code: number, to: string): Promise<Reply> {
    const reply = await this.reply();
    if (reply.code !== code) throw new Error(`it answered ${to} with ${reply.code} ${reply.lines.join(" ")}`);
    return reply;
  }

  /** One reply, its continuation lines joined. */
  async reply(): Promise<Reply> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      const match = /^(\d{3})([ -]?)(.*)$/.exec(line);
      if (match === null) throw new Error(`it does not speak SMTP: ${line.slice(0, 80)}`);
      lines.push(match[3] ?? "");
      if (match[2] !== "-") return { code: Number(match[1]), lines };
    }
  }

  /** Lets go of the socket, so that TLS can take it over. */
  leave(): void {
    this.socket.off("data", this.received);
  }

  private async line(): Promise<string> {
    for (;;) {
      const end = this.buffered.indexOf("\n");
      if (end >= 0) {
        const line = this.buffered.slice(0, end).replace(/\r$/, "");
        this.buffered = this.buffered.slice(end + 1);
        return line;
      }
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
