/** What the command line asks of two databases, and what comes back. The engines are behind `port.ts`. */
import type { Connection } from "../connection";
import type { ConflictKind } from "./standing";
import type { IdentityPlan } from "./identities";
import type { Key, TableName } from "./model";
import type { OffsetPolicy, OffsetRule } from "./policy";
import { foresee, raiseFromBase } from "./runs/from-base";
import { identities } from "./runs/identities";
import { reconcile } from "./runs/reconcile";
import { sync } from "./runs/sync";
import type { GivenRules } from "./runs/treatment";
import { withDatabase } from "./runs/with-database";
import type { ShownNumber } from "./tables/numbers";
import type { LeftOut } from "./tables/scope";
import type { ShownReference } from "./tables/shown";

export type { GivenRules } from "./runs/treatment";

/** Tells a person how far a run has come. `last` closes a line that was redrawn. */
export type Progress = (line: string, last: boolean) => void;

/** What the commands show of tables that their definitions do not say. */
export interface ShownTreatment {
  readonly leftOut: readonly LeftOut[];
  readonly references: readonly ShownReference[];
  readonly numbers: readonly ShownNumber[];
  readonly warnings: readonly string[];
}

/** What every run may be told. */
export interface TablesRequest {
  /** What `standby.tables.yaml` says; undefined: as recorded with the base, else the defaults. */
  readonly tables?: GivenRules | undefined;
}

export interface IdentitiesRequest extends TablesRequest {
  /** Undefined: as recorded on the target. */
  readonly rule: OffsetRule | undefined;
  readonly apply: boolean;
}
export interface IdentitiesResult extends ShownTreatment {
  readonly identities: readonly IdentityPlan[];
  readonly applied: boolean;
}

export interface SyncRequest extends TablesRequest {
  readonly rule: OffsetRule | undefined;
  readonly dryRun: boolean;
  /** Undefined: a tenth of the base, and at least 1,000. */
  readonly maxDeletes: number | undefined;
}
export interface SyncedTable {
  readonly table: TableName;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly seconds: number;
}
export interface SyncResult extends ShownTreatment {
  readonly tables: readonly SyncedTable[];
  /** `at` is undefined where a dry run would be the first sync. */
  readonly base: { readonly at: string | undefined; readonly rows: number };
  readonly identities: readonly IdentityPlan[];
}

export interface ReconcileRequest extends TablesRequest {
  readonly dryRun: boolean;
  readonly insertsOnly: boolean;
  /** Tables whose colliding rows get ids of their own. */
  readonly remap?: readonly string[] | undefined;
  /** Tables whose rows are the target's where a unique value says so. */
  readonly merge?: readonly string[] | undefined;
  /** Conflicts that are settled for a side: of a whole table, or of one row as `schema.table:key`. */
  readonly take?: readonly Take[] | undefined;
  /** Commit about so many rows at a time; undefined: all in one transaction. */
  readonly batch?: number | undefined;
  /** From how many new rows on they are brought in sets where nothing is doubtful about them. */
  readonly enough?: number | undefined;
}
export interface Take {
  readonly side: "source" | "target";
  readonly row: string;
}

/** A row that got an id of its own on the target; `to` is a stand-in in a dry run. */
export interface Remapped {
  readonly table: TableName;
  readonly from: Key;
  readonly to: Key;
}
/** A row that is the target's, by the unique key `by`. */
export interface Merged extends Remapped {
  readonly by: string;
}

/** A row as text by column; secret-looking values are masked. */
export type ShownRow = Readonly<Record<string, string | null>>;

export interface ShownConflict {
  readonly table: TableName;
  readonly key: Key;
  readonly keyTypes: readonly string[];
  readonly kind: ConflictKind;
  /** For `unique`: the unique key that is taken; for `missing-parent`: the reference. */
  readonly constraint?: string;
  /** What the target said of the row, where it refuses it for a rule of its own: a check, a trigger. */
  readonly reason?: string;
  /** The columns on which source and target differ. */
  readonly columns: readonly string[];
  readonly source: ShownRow | undefined;
  readonly target: ShownRow | undefined;
  readonly held: readonly {
    readonly table: TableName;
    readonly key: Key;
    readonly keyTypes: readonly string[];
  }[];
}

export interface ShownMove {
  readonly table: TableName;
  readonly keyTypes: readonly string[];
  readonly from: Key;
  /** Undefined in a dry run, where only a run will know. */
  readonly to: Key | undefined;
}

/** A row that a run left as it is, as `--take target` said, or an earlier one. */
export interface ShownLeft {
  readonly table: TableName;
  readonly key: Key;
  readonly keyTypes: readonly string[];
  /** Who has it; `both`: each side keeps its own version. */
  readonly on: "source" | "target" | "both";
}

export interface Headroom {
  readonly table: TableName;
  readonly column: string;
  readonly used: bigint;
  readonly left: bigint;
}

export interface ReconcileResult extends ShownTreatment {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly remapped: readonly ShownMove[];
  readonly merged: readonly (ShownMove & { readonly by: string })[];
  readonly left: readonly ShownLeft[];
  readonly conflicts: readonly ShownConflict[];
  readonly headroom: readonly Headroom[];
  readonly compared: "all" | "inserts";
  readonly verified: boolean;
  readonly dryRun: boolean;
  readonly seconds: number;
}

export type RaisedFrom = "policy-only" | "base";

/** What a policy comes to on a standby, as far as can be told without the primary. */
export interface IdentityOutlook {
  /** Whether this very policy lies in the database. */
  readonly recorded: boolean;
  /** Whether a sync has recorded a base, from which seeds are counted. */
  readonly base: boolean;
  /** What the policy keeps free above the primary's highest, by `schema.table.column`; the same at every look. */
  readonly offsets: ReadonlyMap<string, bigint>;
  /** Identities that stand below their seed. */
  readonly moves: readonly IdentityMove[];
  /** Identities that no sync has seen yet. */
  readonly unsynced: readonly string[];
  /** One sentence for each identity without room for its offset. */
  readonly full: readonly string[];
}
export interface IdentityMove {
  readonly identity: string;
  /** The last id that the standby's generator handed out. */
  readonly stands: bigint;
  readonly seed: bigint;
}

export interface DataOperations {
  identities(
    from: Connection,
    to: Connection,
    request: IdentitiesRequest,
    progress: Progress,
  ): Promise<IdentitiesResult>;
  sync(from: Connection, to: Connection, request: SyncRequest, progress: Progress): Promise<SyncResult>;
  reconcile(
    from: Connection,
    to: Connection,
    request: ReconcileRequest,
    progress: Progress,
  ): Promise<ReconcileResult>;
  recordPolicy(to: Connection, policy: OffsetPolicy): Promise<void>;
  /** Looks, and writes nothing. */
  foresee(to: Connection, policy: OffsetPolicy, milliseconds: number): Promise<IdentityOutlook>;
  raiseFromBase(
    to: Connection,
    policy: OffsetPolicy,
  ): Promise<{ readonly from: RaisedFrom; readonly identities: readonly IdentityPlan[] }>;
}

/** The same for every engine: which one is behind a connection, `engines/index.ts` knows. */
export const operations: DataOperations = {
  identities,
  sync,
  reconcile,
  foresee,
  raiseFromBase,
  recordPolicy: (to, policy) => withDatabase(to, "identities", (target) => target.store.recordPolicy(policy)),
};
