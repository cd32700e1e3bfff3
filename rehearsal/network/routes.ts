import { renameSync, writeFileSync } from "node:fs";

/**
 * The rehearsal's internet: which `host:port` is served by which port of 127.0.0.1. Kept in one file, which every
 * process of the rehearsal reads through `preload.cjs`, so that the program and the operations run unchanged with
 * the names of the real clouds. A host that is not listed cannot be reached at all.
 */
export class RoutingTable {
  private readonly ports = new Map<string, number>();

  /** @param file where the table is written, as JSON `{ "host:port": localPort }`. */
  constructor(readonly file: string) {
    this.write();
  }

  /** Serves `host:port` from a local port; a second call for the same host and port replaces the first. */
  add(host: string, port: number, localPort: number): void {
    this.ports.set(`${host.toLowerCase()}:${String(port)}`, localPort);
    this.write();
  }

  remove(host: string, port: number): void {
    this.ports.delete(`${host.toLowerCase()}:${String(port)}`);
    this.write();
  }

  /** The local port that serves `host:port`; undefined where nothing does. */
  find(host: string, port: number): number | undefined {
    return this.ports.get(`${host.toLowerCase()}:${String(port)}`);
  }

  private write(): void {
    // Renamed into place: a reader sees the old table or the new one, never half of one.
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(Object.fromEntries(this.ports), null, 2));
    renameSync(next, this.file);
  }
}
