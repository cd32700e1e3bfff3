// @ts-check
// What a web app answers with whose package cannot be run; the cloud's log says why.
"use strict";
const http = require("node:http");

const { PORT, WEBSITE_RUN_FROM_PACKAGE: wanted = "none" } = process.env;
http
  .createServer((_request, response) => {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8" });
    response.end(`Application Error: package ${JSON.stringify(wanted)} does not run.\n`);
  })
  .listen(Number(PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
