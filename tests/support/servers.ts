/** Tests that hold for any engine, once for each server there is. */
import { isMysql, mariadbOrSkip, withMariadb } from "./mariadb";
import { withPostgres } from "./postgres";

export interface TestServer {
  /** Makes an empty database, named by the caller or by a counter, and returns its URL. */
  database(name?: string): Promise<string>;
  /** The URL of a database by name, whether it exists or not. */
  url(name: string): string;
  /** Runs statements as the host's own administrator. */
  asHost(sql: string): Promise<void>;
  /** Where a PostgreSQL server keeps its files. */
  folder?(): Promise<string>;
  /** Kills the whole server where that is one process, and waits until it is there again. */
  crash?(): Promise<void>;
}

export interface TestEngine {
  readonly engine: "postgres" | "mysql";
  /** Call it at the top of the tests, as `withPostgres`. */
  readonly start: (options?: { readonly tls?: boolean }) => TestServer;
}

/**
 * Describes the same tests on PostgreSQL and on MariaDB, or on MySQL where a run is to meet that; where there is no
 * MariaDB, the latter are skipped.
 */
export function describeServers(title: string, tests: (engine: TestEngine) => void): void {
  describe(`${title} (PostgreSQL)`, () => tests({ engine: "postgres", start: withPostgres }));
  mariadbOrSkip()(`${title} (${isMysql ? "MySQL" : "MariaDB"})`, () =>
    tests({ engine: "mysql", start: withMariadb }),
  );
}
