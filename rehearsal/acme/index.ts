import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import type { LocalCloud } from "../cloud";
import { freePort } from "../cloud/free-port";
import { runCommand } from "../engine/command";
import { cleanEnvironment } from "../network/environment";
import type { Scope } from "../processes/cleanup";
import { outside } from "../../operations/fault";
import { findPebble } from "./pebble";

/** Its name in the rehearsal's internet. */
const host = "acme.authority.example";
/** Milliseconds until it serves. */
const readyWithin = 15_000;
/** Days: what Let's Encrypt gives. */
const validDays = 90;

export interface AcmeServerOptions {
  readonly cloud: Pick<LocalCloud, "control" | "network">;
  /** A folder to be made for its configuration; belongs to the run. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Told of the process as soon as it exists. */
  readonly record?: (name: string, pid: number) => Promise<void>;
}

export interface AcmeServer {
  /** URL of its directory, for the setting `certificate.directory`. */
  readonly directory: string;
  /** Its root, PEM: the local cloud has it on its list, and every process started from now on trusts it. */
  readonly root: string;
}

/**
 * Starts a real ACME server, which looks for proofs at the rehearsal's own name server and takes no short cut (`-strict`,
 * a share of its nonces refused). It is reached by its name, as an authority in the internet is, and ends with the scope.
 */
export async function startAcmeServer(scope: Scope, options: AcmeServerOptions): Promise<AcmeServer> {
  const { cloud, folder, say } = options;
  const { control, network } = cloud;
  const pebble = await findPebble(say, scope.signal);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => path.join(folder, name);
  const own = await control.call("issueCertificate", { names: [host, "127.0.0.1"] });
  const [port, management] = [await freePort(), await freePort()];
  await writeFile(file("chain.pem"), own.chain, { mode: 0o600 });
  await writeFile(file("key.pem"), own.key, { mode: 0o600 });
  const configuration = {
    listenAddress: `127.0.0.1:${String(port)}`,
    managementListenAddress: `127.0.0.1:${String(management)}`,
    certificate: file("chain.pem"),
    privateKey: file("key.pem"),
    httpPort: 5002,
    tlsPort: 5001,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
    // No wait is told, so that the client's own growing pauses hold.
    retryAfter: { authz: 1, order: 1 },
    keyAlgorithm: "rsa",
    profiles: { default: { description: "As Let's Encrypt's", validityPeriod: validDays * 86_400 } },
  };
  await writeFile(file("pebble.json"), JSON.stringify({ pebble: configuration }));

  const stop = new AbortController();
  const lines: string[] = [];
  let serves: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    serves = resolve;
  });
  const ended = runCommand(pebble, {
    args: [
      "-config",
      file("pebble.json"),
      "-strict",
      "-dnsserver",
      `127.0.0.1:${String(network.nameServerPort)}`,
    ],
    // Its waits before each look stand for distance; here they would only be waited for.
    env: { ...cleanEnvironment(), PEBBLE_VA_NOSLEEP: "1" },
    cwd: folder,
    signal: stop.signal,
    onLine: (line) => {
      lines.push(line);
      if (line.includes("ACME directory available at")) serves();
    },
    record: options.record,
  });
  ended.catch(() => undefined);
  scope.onEnd("the ACME server", async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  const notReady = async (): Promise<never> => {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, readyWithin).unref())]);
    throw outside(`the ACME server does not serve: ${lines.slice(-3).join(" | ")}`);
  };
  await Promise.race([ready, notReady()]);
  await control.call("addHost", { host, port: 443, localPort: port });
  const root = await rootOf(management, network.authority);
  await control.call("trustAuthority", { root });
  return { directory: `https://${host}/dir`, root };
}

/** The root that it has made for itself, by its management interface. */
async function rootOf(management: number, authorityFile: string): Promise<string> {
  const ca = await readFile(authorityFile, "utf8");
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: management, path: "/roots/0", servername: host, ca }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    })
      .once("error", reject)
      .end();
  });
}
