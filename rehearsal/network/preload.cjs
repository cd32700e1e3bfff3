// @ts-check
// Loaded into every Node.js process of a rehearsal (`node --require`). Sends each outgoing connection to what the
// rehearsal serves on 127.0.0.1, and refuses everything else: a rehearsal never reaches a real cloud.
"use strict";
const dns = require("node:dns");
const { readFileSync } = require("node:fs");
const net = require("node:net");

const { REHEARSAL_ROUTES: routesFile, REHEARSAL_DNS: nameServer } = process.env;
const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

if (routesFile !== undefined && nameServer !== undefined) {
  // resolve4, resolveCname, … now ask the rehearsal's server, with real packets.
  dns.setServers([nameServer]);

  /** @returns {Record<string, number>} */
  const routes = () => JSON.parse(readFileSync(routesFile, "utf8"));

  /** Follows CNAMEs, and then an address, to what is served. @param {string} host @param {number} port @returns {Promise<number>} */
  async function localPort(host, port) {
    let name = host.toLowerCase().replace(/\.$/, "");
    for (let hops = 0; hops < 8; hops++) {
      const served = routes()[`${name}:${String(port)}`];
      if (served !== undefined) return served;
      if (net.isIP(name) !== 0) break;
      const [next] = await dns.promises.resolveCname(name).catch(() => []);
      const [address] = next === undefined ? await dns.promises.resolve4(name).catch(() => []) : [];
      if (next === undefined && address === undefined) break;
      name = (next ?? address ?? name).toLowerCase();
    }
    throw Object.assign(
      new Error(`connect ENOTFOUND ${host}:${String(port)}: the rehearsal serves no such host`),
      {
        code: "ENOTFOUND",
        syscall: "connect",
        hostname: host,
      },
    );
  }

  const connect = net.Socket.prototype.connect;
  /** @this {net.Socket} @param {any[]} received */
  net.Socket.prototype.connect = function (...received) {
    // net.connect hands over its normalised arguments as one array: [options, callback].
    const args = Array.isArray(received[0]) ? [...received[0]] : received;
    const first = args[0];
    const options =
      typeof first === "object" && first !== null
        ? first
        : typeof first === "number" || /^\d+$/.test(String(first))
          ? { port: Number(first), host: typeof args[1] === "string" ? args[1] : "localhost" }
          : { path: first };
    const callback = args.find((arg) => typeof arg === "function");
    const host = options.host ?? "localhost";
    // An HTTP agent says null where it means no path of a pipe.
    if (typeof options.path === "string" || loopback.has(host))
      return connect.apply(this, /** @type {any} */ (received));
    if (callback !== undefined) this.once("connect", callback);
    this.connecting = true;
    localPort(host, Number(options.port)).then(
      (port) => {
        if (!this.destroyed) connect.call(this, { ...options, host: "127.0.0.1", port, lookup: undefined });
      },
      (error) => this.destroy(error),
    );
    return this;
  };
}
