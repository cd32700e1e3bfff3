// @ts-check
// What a web app answers with whose package is not one that the rehearsal knows.
"use strict";
const http = require("node:http");

const { PORT, WEBSITE_RUN_FROM_PACKAGE: wanted = "none" } = process.env;
http
  .createServer((_request, response) => {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8" });
    response.end(`Application Error: the rehearsal knows no package ${JSON.stringify(wanted)}.\n`);
  })
  .listen(Number(PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
process.once("disconnect", () => process.exit(0));
