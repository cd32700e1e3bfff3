// @ts-check
// Loaded into each process of a web app (`node --require`): the other end of the pipe on descriptor 3 is held by the
// process that started it, and is closed however that one ends, so that a `kill -9` leaves no app behind.
"use strict";
const { Socket } = require("node:net");

const tie = new Socket({ fd: 3, readable: true, writable: false });
tie.on("error", () => undefined);
tie.on("close", () => process.exit(1));
tie.resume();
// The app decides when its own work is done.
tie.unref();
