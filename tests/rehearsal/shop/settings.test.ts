import { databaseFromUrl, readEnvironment } from "../../../rehearsal/shop/settings";

const complete = {
  DATABASE_URL: "postgres://shop:hidden@db.example:5432/shop",
  SMTP_HOST: "smtp.example",
  SMTP_PORT: "587",
  SMTP_USERNAME: "user",
  SMTP_PASSWORD: "hidden",
  MAIL_FROM: "orders@mail.example",
  IMAGE_BASE_URL: "https://images.example/",
  PUBLIC_URL: "https://www.example",
  SESSION_SECRET: "hidden-hidden-hidden",
  SITE: "standby",
  PORT: "8080",
};

function without(...names: readonly (keyof typeof complete)[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(complete).filter(([name]) => !names.some((left) => left === name)),
  );
}

describe("the shop's environment", () => {
  test("is read into typed settings", () => {
    const { shop, port } = readEnvironment(complete);
    expect(port).toBe(8080);
    expect(shop.site).toBe("standby");
    expect(shop.imageBaseUrl).toBe("https://images.example");
    expect(shop.mail).toEqual({
      kind: "smtp",
      host: "smtp.example",
      port: 587,
      security: "starttls",
      username: "user",
      password: "hidden",
    });
    expect(shop.adoptMailOf).toEqual([]);
  });

  test("lists everything that is missing or wrong at once, without its value", () => {
    const rest = without("MAIL_FROM", "SMTP_PASSWORD");
    const read = (): unknown =>
      readEnvironment({ ...rest, SITE: "moon", DATABASE_URL: "mysql://u:hidden@h/d" });
    expect(read).toThrow(/MAIL_FROM: missing/);
    expect(read).toThrow(/SITE: /);
    expect(read).toThrow(/DATABASE_URL: /);
    expect(read).not.toThrow(/hidden/);
    expect(() => readEnvironment(rest)).toThrow(/MAIL_FROM: missing/);
  });

  test("demands a login with STARTTLS, and the same machine without", () => {
    const rest = without("SMTP_PASSWORD");
    expect(() => readEnvironment(rest)).toThrow("SMTP_PASSWORD: missing; needed with starttls");
    expect(() => readEnvironment({ ...rest, SMTP_SECURITY: "none" })).toThrow(
      /this machine only; use starttls/,
    );
    expect(
      readEnvironment({ ...rest, SMTP_SECURITY: "none", SMTP_HOST: "localhost" }).shop.mail,
    ).toMatchObject({ security: "none" });
  });

  test("sends by Communication Services where its endpoint is set, and by SMTP else", () => {
    const rest = without("SMTP_HOST", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD");
    const endpoint = "https://shop.europe.communication.azure.com";
    const read = (more: NodeJS.ProcessEnv) => readEnvironment({ ...rest, ...more }).shop.mail;
    expect(read({ COMMUNICATION_ENDPOINT: `${endpoint}/` })).toEqual({ kind: "communication", endpoint });
    expect(read({ COMMUNICATION_ENDPOINT: endpoint, AZURE_CLIENT_ID: "who" })).toEqual({
      kind: "communication",
      endpoint,
      clientId: "who",
    });
    for (const name of ["SMTP_HOST", "SMTP_PORT"])
      expect(() => read({})).toThrow(`${name}: missing; needed where COMMUNICATION_ENDPOINT is not set`);
  });

  test("encrypts a database connection that leaves the machine", () => {
    expect(databaseFromUrl("postgres://u:p@db.example/shop").ssl).toEqual({ rejectUnauthorized: true });
    expect(databaseFromUrl("postgres://u:p@127.0.0.1/shop").ssl).toBeUndefined();
    expect(databaseFromUrl("postgres://u:p@db.example/shop?sslmode=verify-full").ssl).toBeUndefined();
  });
});
