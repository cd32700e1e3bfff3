import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { createPauseServer } from "../../pause-page/server";

const settings = {
  shop: "blanklabel.example",
  title: "Back at 8",
  text: "Sold out for a moment.",
  language: "en",
  retryAfter: 600,
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createPauseServer(settings);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${origin}${path}`, init);
  const { status } = answer;
  const header = (name: string) => answer.headers.get(name);
  return { status, header, body: await answer.text() };
};

test.each([
  ["/", "GET"],
  ["/cart?item=7", "GET"],
  ["/orders", "POST"],
  ["/healthz", "GET"],
  ["/.well-known/standby-pause/more", "GET"],
  ["/.well-known/standby-pause", "POST"],
])("503 for %s %s", async (path, method) => {
  const { status, header, body } = await ask(path, {
    method,
    ...(method === "POST" ? { body: "x".repeat(100_000) } : {}),
  });
  expect([status, header("retry-after"), header("cache-control"), header("x-standby-pause")]).toEqual([
    503,
    "600",
    "no-store",
    "closed",
  ]);
  expect(header("content-type")).toBe("text/html; charset=utf-8");
  expect(header("content-security-policy")).toContain("default-src 'none'");
  expect(body).toContain("<h1>Back at 8</h1>");
});

test("200 at its own path alone", async () => {
  const { status, header, body } = await ask("/.well-known/standby-pause?x=1");
  expect([status, header("x-standby-pause"), header("cache-control"), header("retry-after")]).toEqual([
    200,
    "ready",
    "no-store",
    null,
  ]);
  expect(body).toBe("The pause page stands ready.\n");
});

test.each(["application/json", "application/vnd.shop+json;q=0.9, */*"])(
  "a problem for a program that accepts %s",
  async (accept) => {
    const { status, header, body } = await ask("/api/orders", { headers: { accept } });
    expect([status, header("content-type"), header("x-standby-pause"), header("vary")]).toEqual([
      503,
      "application/problem+json",
      "closed",
      "Accept",
    ]);
    expect(JSON.parse(body)).toEqual({
      type: "about:blank",
      title: "Back at 8",
      status: 503,
      detail: "Sold out for a moment.",
      retryAfterSeconds: 600,
    });
  },
);

test("a browser that takes JSON too gets the page", async () => {
  const { header } = await ask("/", { headers: { accept: "text/html,application/json;q=0.9,*/*;q=0.8" } });
  expect(header("content-type")).toBe("text/html; charset=utf-8");
});

test("HEAD has the headers and no body", async () => {
  const { status, header, body } = await ask("/", { method: "HEAD" });
  expect([status, body]).toEqual([503, ""]);
  expect(Number(header("content-length"))).toBeGreaterThan(500);
});
