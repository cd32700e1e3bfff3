/** What is read of a table before it is known whether it can be handled. */
import { z } from "zod";
import { groupBy } from "../../collections";
import type { ForeignKey, Trigger } from "../../model";
import type { TextRow } from "../../port";
import * as catalogue from "./catalogue";
import type { ColumnInfo } from "./columns";
import type { Session } from "./session";

export interface FoundColumn {
  readonly info: ColumnInfo;
  readonly notNull: boolean;
  /** A type of the shop's own assembly. */
  readonly ownType: boolean;
  readonly codePage: string;
  /** Computed, a row version, a period of a temporal table, a set of sparse columns: never written. */
  readonly generated: boolean;
  readonly encrypted: boolean;
  readonly masked: boolean;
  readonly default: string;
}
export interface FoundIndex {
  readonly name: string;
  readonly primary: boolean;
  readonly filter: string | undefined;
  readonly columns: readonly string[];
}
export interface FoundReference {
  readonly foreignKey: ForeignKey;
  readonly disabled: boolean;
  readonly untrusted: boolean;
}
export interface FoundTrigger extends Trigger {
  readonly insteadOf: boolean;
}
export interface FoundTable {
  readonly name: string;
  readonly schema: string;
  readonly relation: string;
  readonly memoryOptimized: boolean;
  /** 1: holds another table's history, 2: keeps one. */
  readonly temporal: string;
  readonly external: boolean;
  readonly fileTable: boolean;
  readonly stretched: boolean;
  readonly graph: boolean;
  readonly readable: boolean;
  readonly columns: readonly FoundColumn[];
  readonly indexes: readonly FoundIndex[];
  readonly references: readonly FoundReference[];
  readonly looseChecks: readonly { readonly name: string; readonly disabled: boolean }[];
  readonly triggers: readonly FoundTrigger[];
  /** Policies that hide some of its rows. */
  readonly policies: readonly string[];
}

const yes = (text: string | null | undefined): boolean => text === "1";
const events = z.enum(["insert", "update", "delete"]);

export async function readTables(session: Session): Promise<readonly FoundTable[]> {
  const tables = await session.rows(catalogue.tablesQuery(session.server));
  const by = async (query: string): Promise<(table: string) => readonly TextRow[]> => {
    const found = groupBy(await session.rows(query), (row) => row[0] ?? "");
    return (table) => found.get(table) ?? [];
  };
  const columns = await by(catalogue.columnsQuery);
  const indexes = await by(catalogue.indexesQuery);
  const foreignKeys = await by(catalogue.foreignKeysQuery);
  const checks = await by(catalogue.looseChecksQuery);
  const triggers = await by(catalogue.triggersQuery);
  const policies = await by(catalogue.hiddenRowsQuery);
  const found = tables.map((row): FoundTable => {
    const table = row[0] ?? "";
    return {
      name: table,
      schema: row[1] ?? "",
      relation: row[2] ?? "",
      memoryOptimized: yes(row[3]),
      temporal: row[4] ?? "0",
      external: yes(row[5]),
      fileTable: yes(row[6]),
      stretched: yes(row[7]),
      graph: yes(row[8]),
      readable: yes(row[9]),
      columns: columns(table).map(columnOf),
      indexes: grouped(indexes(table)).map(indexOf),
      references: grouped(foreignKeys(table)).map(referenceOf),
      looseChecks: checks(table).map(([, check, off]) => ({ name: check ?? "", disabled: yes(off) })),
      triggers: grouped(triggers(table)).map(triggerOf),
      policies: policies(table).map(([, policy]) => policy ?? ""),
    };
  });
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

type Rows = readonly [first: TextRow, ...rest: TextRow[]];

/** Rows that describe one thing together, by its name. */
function grouped(rows: readonly TextRow[]): readonly Rows[] {
  return [...groupBy(rows, (row) => row[1] ?? "").values()].flatMap(([first, ...rest]): Rows[] =>
    first === undefined ? [] : [[first, ...rest]],
  );
}

function columnOf(row: TextRow): FoundColumn {
  const info = catalogue.columnInfo(row);
  const [nullable, computed, always, encryption, masked, set] = [
    row[7],
    row[9],
    row[13],
    row[14],
    row[15],
    row[16],
  ];
  return {
    info,
    notNull: !yes(nullable),
    ownType: yes(row[3]),
    codePage: row[12] ?? "",
    generated: yes(computed) || info.type === "timestamp" || (always ?? "0") !== "0" || yes(set),
    encrypted: encryption !== null && encryption !== undefined,
    masked: yes(masked),
    default: row[17] ?? "",
  };
}

const indexOf = (parts: Rows): FoundIndex => ({
  name: parts[0][1] ?? "",
  primary: yes(parts[0][2]),
  filter: parts[0][3] ?? undefined,
  columns: parts.map((row) => row[4] ?? ""),
});

/** NO ACTION is checked for all rows of a statement together, at its end. */
const deleteActions: Readonly<Record<string, ForeignKey["onDelete"]>> = {
  1: "cascade",
  2: "clear",
  3: "clear",
};

function referenceOf(parts: Rows): FoundReference {
  const [, key, , parent, , action, disabled, untrusted, notForReplication] = parts[0];
  return {
    foreignKey: {
      name: key ?? "",
      columns: parts.map((row) => row[2] ?? ""),
      parent: parent ?? "",
      parentColumns: parts.map((row) => row[4] ?? ""),
      deferrable: false,
      onDelete: deleteActions[action ?? ""] ?? "nothing",
    },
    disabled: yes(disabled),
    // One that is NOT FOR REPLICATION is never trusted, and in force all the same.
    untrusted: yes(untrusted) && !yes(notForReplication),
  };
}

function triggerOf(parts: Rows): FoundTrigger {
  const [, trigger, disabled, insteadOf, , body] = parts[0];
  return {
    name: trigger ?? "",
    enabled: yes(disabled) ? "disabled" : "enabled",
    insteadOf: yes(insteadOf),
    events: yes(disabled) ? [] : parts.map((row) => events.parse(row[4]?.toLowerCase())),
    body: body ?? undefined,
  };
}
