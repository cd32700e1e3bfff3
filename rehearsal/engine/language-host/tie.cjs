// @ts-check
// Preloaded (`node --require`) into each process that an engine starts through this folder: ends the process once
// the one that started it is gone, so that an engine ended by force leaves no program, provider or policy running.
"use strict";

const parent = process.ppid;
const lookEvery = 250;

setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, lookEvery).unref();
