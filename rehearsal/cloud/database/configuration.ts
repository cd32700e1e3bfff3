import type { DatabaseServerSettings } from "../contracts";

/** Suited to a day's rehearsal: survives a crash of the server, not of the machine. */
const defaults: Readonly<Record<string, string>> = {
  max_connections: "200",
  shared_buffers: "64MB",
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  jit: "off",
};

/** Azure's own parameters, which stand for something else here. */
const platformParameters = new Set(["require_secure_transport"]);

/**
 * `postgresql.conf`: defaults, then the declared parameters, then what the platform decides. Parameters of Azure's
 * own extensions (`azure.extensions`, `pgbouncer.enabled`) are kept as the custom settings that they are to the
 * server; one that PostgreSQL does not know fails the start, as it fails a deployment.
 *
 * @throws Error when a declared name or value cannot be written to the file.
 */
export function serverConfiguration(
  declared: DatabaseServerSettings["parameters"],
  files: { readonly certificate: string; readonly key: string },
): string {
  const own = Object.fromEntries(Object.entries(declared).filter(([name]) => !platformParameters.has(name)));
  const platform = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    // Shared memory as files of the data folder: nothing stays in /dev/shm, however the server ends.
    dynamic_shared_memory_type: "mmap",
    logging_collector: "off",
    log_destination: "stderr",
    password_encryption: "scram-sha-256",
    ssl: "on",
    ssl_cert_file: files.certificate,
    ssl_key_file: files.key,
  };
  return Object.entries({ ...defaults, ...own, ...platform })
    .map(([name, value]) => `${parameterName(name)} = ${parameterValue(name, value)}\n`)
    .join("");
}

/** `pg_hba.conf`: TLS and a password from 127.0.0.1, unless `require_secure_transport` was declared off. */
export function hostAccess(declared: DatabaseServerSettings["parameters"]): string {
  const secure = (declared["require_secure_transport"] ?? "on").toLowerCase() !== "off";
  return `${secure ? "hostssl" : "host"} all all 127.0.0.1/32 scram-sha-256\n`;
}

function parameterName(name: string): string {
  if (/^[a-z_][\w.]*$/i.test(name)) return name;
  throw new Error(`server parameter ${JSON.stringify(name)}: a name is letters, digits, _ and dots`);
}

function parameterValue(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new Error(`server parameter ${name}: a value is one line`);
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
