/** What tests of the data side begin with, whatever the engine: two databases, a sync, a run of reconcile. */
import { parseDatabaseUrl, type Connection } from "../../../operations/connection";
import {
  operations,
  type Progress,
  type ReconcileRequest,
  type ReconcileResult,
  type SyncRequest,
} from "../../../operations/data/engine";

export interface Sides {
  readonly primary: string;
  readonly standby: string;
}

/** Where databases are made, and how statements are run in one. */
export interface Place {
  readonly server: { database(): Promise<string> };
  readonly query: (url: string, sql: string) => Promise<unknown>;
}

/** Its tables are made on both sides, its rows on the primary alone. */
export interface Shop {
  readonly schema: string;
  readonly rows: string;
}

export const connection = (url: string): Connection => parseDatabaseUrl("test", url);
export const quiet = (): void => undefined;

export async function pair({ server, query }: Place, { schema, rows }: Shop): Promise<Sides> {
  const [primary, standby] = [await server.database(), await server.database()];
  await query(primary, schema + rows);
  await query(standby, schema);
  return { primary, standby };
}

/** Moves the standby's ids 1500 higher, unless told otherwise. */
export const sync = (primary: string, standby: string, more: Partial<SyncRequest> = {}) =>
  operations.sync(
    connection(primary),
    connection(standby),
    { rule: { kind: "fixed", ids: 1500n }, dryRun: false, maxDeletes: undefined, ...more },
    quiet,
  );

/** Both sides after a first sync. */
export async function synced(place: Place, shop: Shop, more: Partial<SyncRequest> = {}): Promise<Sides> {
  const sides = await pair(place, shop);
  await sync(sides.primary, sides.standby, more);
  return sides;
}

export const reconcile = (
  from: string,
  to: string,
  more: Partial<ReconcileRequest> = {},
  progress: Progress = quiet,
): Promise<ReconcileResult> =>
  operations.reconcile(
    connection(from),
    connection(to),
    { dryRun: false, insertsOnly: false, ...more },
    progress,
  );

/** Rows inserted, updated, deleted, and conflicts. */
export const counts = (result: ReconcileResult): readonly number[] => [
  result.inserted,
  result.updated,
  result.deleted,
  result.conflicts.length,
];

/** Each conflict's kind, table and key. */
export const kinds = (result: ReconcileResult): readonly unknown[] =>
  result.conflicts.map((one) => [one.kind, one.table, one.key.join()]);

const sorted = <T>(all: readonly T[]): readonly T[] =>
  [...all].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Two runs have the same outcome when this is equal: conflicts in whatever order, in whatever time. */
export const comparable = (result: ReconcileResult): ReconcileResult => ({
  ...result,
  conflicts: sorted(result.conflicts.map((one) => ({ ...one, held: sorted(one.held) }))),
  seconds: 0,
});
