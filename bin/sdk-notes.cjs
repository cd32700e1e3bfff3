// @ts-check
// Pulumi's SDK has a stack trace written down for every property of every resource, so that one who hunts a promise that
// never ends sees where it began, another for every resource, and sends the engine a line of debugging at each step, one
// after the other. Together they are a third of a preview's time; they are left out unless somebody hunts, with
// PULUMI_DEBUG_PROMISE_LEAKS=1 (https://github.com/pulumi/pulumi, sdk/nodejs: runtime/debuggable.ts, resource.ts, log).
"use strict";

/** A module of the SDK that is loaded already. @param {string} name @returns {any} */
const loaded = (name) => require.cache[require.resolve(name)]?.exports;

/** @template {unknown[]} A @template R @param {(...args: A) => R} inner @returns {(...args: A) => R} */
const withoutTrace =
  (inner) =>
  (...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return inner(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };

let left = false;

/** Leaves them out from now on, in a process that has loaded the SDK. */
module.exports.leaveOutSdkNotes = () => {
  if (left || (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] ?? "") !== "") return;
  const debuggable = loaded("@pulumi/pulumi/runtime/debuggable");
  const resource = loaded("@pulumi/pulumi/resource");
  if (typeof debuggable?.debuggablePromise === "function")
    debuggable.debuggablePromise = withoutTrace(debuggable.debuggablePromise);
  if (typeof resource?.Resource?.callsites === "function") resource.Resource.callsites = () => [];
  const log = loaded("@pulumi/pulumi/log");
  if (typeof log?.debug === "function") log.debug = () => Promise.resolve();
  left = debuggable !== undefined;
};
