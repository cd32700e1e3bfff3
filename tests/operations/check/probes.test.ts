import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import * as dnsPacket from "dns-packet";
import { askAuthority } from "../../../operations/check/probes/authority";
import { ask, DnsError } from "../../../operations/check/probes/dns";
import { trySmtp } from "../../../operations/check/probes/smtp";
import { startNameServer } from "../../../rehearsal/cloud/dns";
import { createServer, type AddressInfo, type Server } from "node:net";

describe("DNS packets", () => {
  test("an answer that does not fit a datagram is asked for again by TCP, whole", async () => {
    const server = await startNameServer();
    try {
      for (let n = 0; n < 12; n++)
        server.put({
          id: `t${n}`,
          name: "many.blanklabel.example",
          type: "TXT",
          content: "x".repeat(200),
          ttl: 60,
        });
      const answer = await ask({ host: "127.0.0.1", port: server.port }, "many.blanklabel.example", "TXT");
      expect(answer.records).toHaveLength(12);
      expect(answer.authoritative).toBe(true);
    } finally {
      await server.stop();
    }
  });

  test("a name that does not exist is an answer", async () => {
    const server = await startNameServer();
    try {
      const answer = await ask({ host: "127.0.0.1", port: server.port }, "no.blanklabel.example", "CNAME");
      expect(answer).toMatchObject({ missing: true, records: [] });
    } finally {
      await server.stop();
    }
  });

  describe("servers that cannot be believed", () => {
    let socket: Socket;
    let port: number;
    let flags: number;
    beforeAll(async () => {
      socket = createSocket("udp4");
      socket.on("message", (message, from) => {
        const { id, questions } = dnsPacket.decode(message);
        if (flags < 0 || id === undefined || questions === undefined) return;
        socket.send(
          dnsPacket.encode({ type: "response", id, flags, questions, answers: [] }),
          from.port,
          from.address,
        );
      });
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      ({ port } = socket.address());
    });
    afterAll(() => socket.close());

    test("an answer from a cache is no answer of the zone's", async () => {
      flags = 0;
      await expect(
        askAuthority([{ host: "127.0.0.1", port }], "www.blanklabel.example", "CNAME"),
      ).rejects.toThrow(`127.0.0.1:${port} answered CNAME www.blanklabel.example from a cache`);
    });

    test("a refusal names its code", async () => {
      flags = 5;
      await expect(ask({ host: "127.0.0.1", port }, "www.blanklabel.example", "CNAME")).rejects.toThrow(
        new DnsError(`127.0.0.1:${port} answered CNAME www.blanklabel.example with the error code 5`),
      );
    });

    test("silence ends after the patience given", async () => {
      flags = -1;
      await expect(
        ask({ host: "127.0.0.1", port }, "www.blanklabel.example", "CNAME", { patience: 50 }),
      ).rejects.toThrow(`127.0.0.1:${port} did not answer within 50 ms`);
    });
  });
});

describe("mail servers", () => {
  let server: Server;
  let greeting: string;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(greeting);
      socket.on("data", () => socket.write("250-mail.example\r\n250 SIZE 1000\r\n"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());
  const attempt = (): Promise<unknown> => {
    const { port } = server.address() as AddressInfo;
    return trySmtp("127.0.0.1", port, undefined, AbortSignal.timeout(5_000));
  };

  test("one that does not encrypt is not used", async () => {
    greeting = "220 mail.example\r\n";
    await expect(attempt()).rejects.toThrow(/does not offer STARTTLS$/);
  });

  test("one that is busy says so", async () => {
    greeting = "421 too busy\r\n";
    await expect(attempt()).rejects.toThrow("it answered the greeting with 421 too busy");
  });

  test("something else on the port is named", async () => {
    greeting = "SSH-2.0-something\r\n";
    await expect(attempt()).rejects.toThrow("it does not speak SMTP: SSH-2.0-something");
  });
});
