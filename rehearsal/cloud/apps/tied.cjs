// @ts-check
// Loaded into each Node.js process of a web app (NODE_OPTIONS): the other end of the pipe on descriptor 3 is held by the
// process that started it, and is closed however that one ends, so that a `kill -9` leaves no app behind.
"use strict";
const { fstatSync } = require("node:fs");
const { Socket } = require("node:net");

/** A process that the app itself has started has something else there, or nothing: it goes with the app. */
function isTied() {
  try {
    const about = fstatSync(3);
    return about.isSocket() || about.isFIFO();
  } catch {
    return false;
  }
}

if (isTied()) {
  const tie = new Socket({ fd: 3, readable: true, writable: false });
  tie.on("error", () => undefined);
  tie.on("close", () => process.exit(1));
  tie.resume();
  // The app decides when its own work is done.
  tie.unref();
}
