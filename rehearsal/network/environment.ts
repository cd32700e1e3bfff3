import path from "node:path";

/** The variables under which {@link file://./preload.cjs} finds the rehearsal's network. */
export interface NetworkSettings {
  /** The routing table's file. */
  readonly routes: string;
  /** Port of the authoritative name server on 127.0.0.1. */
  readonly nameServerPort: number;
  /** File of the rehearsal's certificate authority, PEM. */
  readonly authority: string;
}

/** Variables of the caller's environment that a process of the rehearsal may see: no credentials among them. */
const passedOn = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "TERM",
  "NO_COLOR",
  "CI",
] as const;

/** The few variables of this process that are safe to hand on; cloud credentials never are. */
export function cleanEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    passedOn.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  );
}

/** A clean environment in which every Node.js process resolves and reaches only what the rehearsal serves. */
export function networkEnvironment(network: NetworkSettings): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(),
    NODE_OPTIONS: `--require ${JSON.stringify(path.join(__dirname, "preload.cjs"))}`,
    NODE_EXTRA_CA_CERTS: network.authority,
    REHEARSAL_ROUTES: network.routes,
    REHEARSAL_DNS: `127.0.0.1:${String(network.nameServerPort)}`,
  };
}
