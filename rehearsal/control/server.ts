import { randomBytes, timingSafeEqual } from "node:crypto";
import http from "node:http";

/** Where a child process of the rehearsal takes commands while it runs; handed to the parent over IPC. */
export interface ControlAddress {
  readonly port: number;
  /** Sent as a bearer token: other users of this machine can reach the port as well. */
  readonly token: string;
}

/** A command by name: takes the parsed JSON body, untrusted, and returns what is sent back as JSON. */
export type ControlActions = Readonly<Record<string, (body: unknown) => unknown>>;

export interface ControlServer {
  readonly address: ControlAddress;
  stop(): Promise<void>;
}

/** Serves commands on 127.0.0.1: `POST /<name>`. An action that throws is answered with 400 and its message. */
export async function startControl(actions: ControlActions): Promise<ControlServer> {
  const token = randomBytes(24).toString("base64url");
  const wanted = Buffer.from(`Bearer ${token}`);
  const server = http.createServer((request, response) => {
    void answer(actions, wanted, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body ?? null));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the control server has no port");
  return {
    address: { port: address.port, token },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  actions: ControlActions,
  wanted: Buffer,
  request: http.IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const given = Buffer.from(request.headers.authorization ?? "");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return { status: 401, body: { error: "wrong token" } };
  const action = actions[(request.url ?? "/").slice(1)];
  if (request.method !== "POST" || action === undefined)
    return { status: 404, body: { error: `no such command; there are: ${Object.keys(actions).join(", ")}` } };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    return { status: 200, body: await action(text === "" ? undefined : JSON.parse(text)) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}
