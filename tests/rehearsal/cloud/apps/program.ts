/** A small program as a web app runs it: tells what it was given and what it was sent, and fails on demand. */
import { createServer } from "node:http";

if (process.env["REFUSE_TO_START"] !== undefined) {
  console.error("refusing to start");
  process.exit(7);
}

let slow = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/crash") process.exit(9);
    const reply = (): void => {
      response.setHeader("set-cookie", ["one=1", "two=2"]);
      response.end(
        JSON.stringify({
          pid: process.pid,
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
          environment: process.env,
          slow,
        }),
      );
    };
    if (request.url === "/slow") {
      slow++;
      setTimeout(reply, 400);
    } else reply();
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
