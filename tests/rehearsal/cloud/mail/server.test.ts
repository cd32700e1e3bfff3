import { createTransport, type SendMailOptions } from "nodemailer";
import type { IssuedCertificate, MailServer, MailSettings } from "../../../../rehearsal/cloud/contracts";
import { startMailServer } from "../../../../rehearsal/cloud/mail";
import { selfSigned } from "../../../support/certificate";

const settings: MailSettings = {
  users: [{ username: "shop-mail", password: "the application's secret" }],
  domains: [{ name: "mail.blanklabel.example", senders: ["orders"] }],
  limits: { perMinute: 3, perHour: 100 },
};
let certificate: IssuedCertificate;
let server: MailServer;
let time: number;

beforeAll(async () => {
  certificate = await selfSigned("smtp.azurecomm.net");
});
beforeEach(async () => {
  time = 0;
  server = await startMailServer({ certificate, settings, millisecondsPerMinute: 100, now: () => time });
});
afterEach(() => server.stop());

const send = async (message: SendMailOptions = {}, over: object = {}) => {
  const transport = createTransport({
    host: "127.0.0.1",
    port: server.port,
    requireTLS: true,
    tls: { ca: certificate.chain, servername: "smtp.azurecomm.net" },
    auth: { user: "shop-mail", pass: "the application's secret" },
    ...over,
  });
  try {
    return await transport.sendMail({
      from: "Shop <orders@mail.blanklabel.example>",
      to: "customer@visitors.example",
      subject: "Your order",
      text: "Thank you",
      ...message,
    });
  } finally {
    transport.close();
  }
};

test("delivers a message and remembers its headers, not its text", async () => {
  time = 7;
  await send({
    subject: "Your shirt – 3 of them, and a subject so long that it must be folded somewhere on its way",
    headers: { "X-Order": "17" },
  });
  const [mail] = server.delivered();
  expect(mail).toMatchObject({
    from: "orders@mail.blanklabel.example",
    to: ["customer@visitors.example"],
    subject: "Your shirt – 3 of them, and a subject so long that it must be folded somewhere on its way",
    at: 7,
  });
  expect(mail?.headers["x-order"]).toBe("17");
  expect(JSON.stringify(mail)).not.toContain("Thank you");
  expect(server.counts()).toEqual({ accepted: 1, deferred: 0, rejected: 0 });
});

test("defers above the limit, and takes the message again once a minute has passed", async () => {
  for (let sent = 0; sent < 3; sent++) await send();
  await expect(send()).rejects.toMatchObject({
    responseCode: 450,
    response: "450 4.5.127 Message rejected. Excessive message rate from sender.",
  });
  time = 100;
  await send();
  expect(server.counts()).toEqual({ accepted: 4, deferred: 1, rejected: 0 });
});

test("refuses a wrong secret, and one that has been withdrawn since", async () => {
  await expect(send({}, { auth: { user: "shop-mail", pass: "wrong" } })).rejects.toMatchObject({
    responseCode: 535,
    response: "535 5.7.3 Authentication unsuccessful",
  });
  server.configure({ ...settings, users: [] });
  await expect(send()).rejects.toMatchObject({ responseCode: 535 });
});

test("offers no login before TLS, and takes nothing without a login", async () => {
  await expect(send({}, { requireTLS: false, ignoreTLS: true })).rejects.toThrow();
  await expect(send({}, { auth: undefined })).rejects.toMatchObject({ responseCode: 530 });
  expect(server.counts().accepted).toBe(0);
});

test("refuses a domain that is not linked and verified", async () => {
  server.configure({ ...settings, domains: [] });
  await expect(send()).rejects.toMatchObject({
    response:
      "550 5.7.1 The sender's domain mail.blanklabel.example is not verified and linked to this resource",
  });
});

test("refuses a sender user name that the domain does not have, in the envelope and in the header", async () => {
  await expect(send({ from: "info@mail.blanklabel.example" })).rejects.toMatchObject({
    response: "550 5.7.60 info@mail.blanklabel.example is no sender user name of the domain",
  });
  await expect(
    send({
      from: "info@mail.blanklabel.example",
      envelope: { from: "orders@mail.blanklabel.example", to: ["customer@visitors.example"] },
    }),
  ).rejects.toMatchObject({ responseCode: 550 });
  expect(server.counts()).toEqual({ accepted: 0, deferred: 0, rejected: 2 });
});

test("takes fifty recipients, and not one more", async () => {
  const to = Array.from({ length: 51 }, (_, n) => `customer${String(n)}@visitors.example`);
  const sent = await send({ to });
  expect(sent.rejected).toEqual(["customer50@visitors.example"]);
  expect(server.delivered()[0]?.to).toHaveLength(50);
});

test("refuses a message above 10 MB", async () => {
  await expect(send({ text: "x".repeat(76) + "\n" + "y".repeat(11 * 1024 * 1024) })).rejects.toMatchObject({
    responseCode: 552,
  });
  expect(server.delivered()).toEqual([]);
});

test("takes nothing before it is configured", async () => {
  const bare = await startMailServer({ certificate });
  try {
    await expect(send({}, { port: bare.port })).rejects.toMatchObject({ responseCode: 535 });
  } finally {
    await bare.stop();
  }
});
