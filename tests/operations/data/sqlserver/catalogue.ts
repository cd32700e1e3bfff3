/** A shop's catalogue, in the rows that the adapter asks for. */
import type { DriverRow } from "../../../../operations/data/engines/sqlserver/driver";
import type { Answer } from "./recorder";

export interface ColumnGiven {
  readonly type?: string;
  readonly bytes?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly nullable?: boolean;
  readonly identity?: boolean;
  readonly computed?: string;
  readonly collation?: string;
  readonly codePage?: string;
  readonly ownType?: boolean;
  readonly always?: string;
  readonly encryption?: string;
  readonly masked?: boolean;
  readonly set?: boolean;
  readonly default?: string;
}
export interface TableGiven {
  /** From the third flag of the tables' query on: memory, temporal, external, FileTable, stretched, graph, readable. */
  readonly flags?: Partial<
    Record<"memory" | "temporal" | "external" | "fileTable" | "stretched" | "graph" | "readable", string>
  >;
  readonly columns: Readonly<Record<string, ColumnGiven>>;
  readonly indexes?: readonly {
    readonly name: string;
    readonly primary?: boolean;
    readonly filter?: string;
    readonly columns: readonly string[];
  }[];
  readonly references?: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly parent: string;
    readonly parentColumns: readonly string[];
    readonly action?: string;
    readonly disabled?: boolean;
    readonly untrusted?: boolean;
    readonly notForReplication?: boolean;
  }[];
  readonly checks?: readonly { readonly name: string; readonly disabled: boolean }[];
  readonly triggers?: readonly {
    readonly name: string;
    readonly events: readonly string[];
    readonly disabled?: boolean;
    readonly insteadOf?: boolean;
    readonly body?: string;
  }[];
  readonly policies?: readonly string[];
}
export type ShopGiven = Readonly<Record<string, TableGiven>>;

const bit = (value: boolean | undefined): string => (value === true ? "1" : "0");
const collation = "SQL_Latin1_General_CP1_CI_AS";
const isText = (type: string): boolean => /char|text/.test(type);

function columnRow(table: string, column: string, given: ColumnGiven): DriverRow {
  const type = given.type ?? "int";
  return [
    table,
    column,
    type,
    bit(given.ownType),
    String(given.bytes ?? 4),
    String(given.precision ?? 0),
    String(given.scale ?? 0),
    bit(given.nullable),
    bit(given.identity),
    bit(given.computed !== undefined),
    given.computed ?? null,
    isText(type) ? (given.collation ?? collation) : null,
    isText(type) ? (given.codePage ?? "1252") : null,
    given.always ?? "0",
    given.encryption ?? null,
    bit(given.masked),
    bit(given.set),
    given.default ?? null,
  ];
}

/** Answers to every query of the catalogue. `sequences`: name, increment, maximum, cycling, cached, cache size. */
export function catalogueOf(
  shop: ShopGiven,
  sequences: readonly DriverRow[] = [],
): readonly (readonly [RegExp, Answer])[] {
  const tables = Object.entries(shop);
  const each = (rows: (table: string, given: TableGiven) => readonly DriverRow[]): readonly DriverRow[] =>
    tables.flatMap(([table, given]) => rows(table, given));
  return [
    [
      /t\.is_memory_optimized/,
      each((table, { flags = {} }) => [
        [
          table,
          table.slice(0, table.indexOf(".")),
          table.slice(table.indexOf(".") + 1),
          flags.memory ?? "0",
          flags.temporal ?? "0",
          flags.external ?? "0",
          flags.fileTable ?? "0",
          flags.stretched ?? "0",
          flags.graph ?? "0",
          flags.readable ?? "1",
        ],
      ]),
    ],
    [
      /sys\.types y/,
      each((table, { columns }) =>
        Object.entries(columns).map(([column, given]) => columnRow(table, column, given)),
      ),
    ],
    [
      /sys\.index_columns/,
      each((table, { indexes = [] }) =>
        indexes.flatMap((index) =>
          index.columns.map((column) => [
            table,
            index.name,
            bit(index.primary),
            index.filter ?? null,
            column,
          ]),
        ),
      ),
    ],
    [
      /sys\.foreign_keys/,
      each((table, { references = [] }) =>
        references.flatMap((one) =>
          one.columns.map((column, at) => [
            table,
            one.name,
            column,
            one.parent,
            one.parentColumns[at] ?? "",
            one.action ?? "0",
            bit(one.disabled),
            bit(one.untrusted),
            bit(one.notForReplication),
          ]),
        ),
      ),
    ],
    [
      /sys\.check_constraints/,
      each((table, { checks = [] }) => checks.map((check) => [table, check.name, bit(check.disabled)])),
    ],
    [
      /sys\.trigger_events/,
      each((table, { triggers = [] }) =>
        triggers.flatMap((one) =>
          one.events.map((event) => [
            table,
            one.name,
            bit(one.disabled),
            bit(one.insteadOf),
            event,
            one.body ?? null,
          ]),
        ),
      ),
    ],
    [
      /sys\.security_predicates/,
      each((table, { policies = [] }) => policies.map((policy) => [table, policy])),
    ],
    [
      /c\.increment_value/,
      each((table, { columns }) =>
        Object.entries(columns).flatMap(([column, given]) =>
          given.identity === true ? [[table, column, "1"]] : [],
        ),
      ),
    ],
    [/FROM sys\.sequences t/, sequences],
  ];
}

const id: ColumnGiven = { type: "int", identity: true };
const primary = (columns: readonly string[]) => ({ name: "pk", primary: true, columns });

/** Every type, every kind of key, and names that need to be quoted. */
export const shop: ShopGiven = {
  "dbo.customers": {
    columns: {
      id,
      email: { type: "nvarchar", bytes: 160 },
      referrer: { type: "int", nullable: true },
      lower_email: { type: "nvarchar", bytes: 160, nullable: true, computed: "(lower([email]))" },
      version: { type: "timestamp", bytes: 8 },
    },
    indexes: [
      primary(["id"]),
      { name: "one_email", columns: ["lower_email"] },
      { name: "one_referrer", columns: ["referrer"], filter: "([referrer] IS NOT NULL)" },
      { name: "one_plain", columns: ["email", "referrer"] },
    ],
    references: [{ name: "referred", columns: ["referrer"], parent: "dbo.customers", parentColumns: ["id"] }],
    triggers: [
      { name: "count ]it", events: ["insert", "update"], body: "INSERT INTO dbo.[odd ]names] VALUES (1)" },
      { name: "resting", events: ["delete"], disabled: true },
    ],
  },
  "dbo.odd ]names": {
    columns: {
      "k']1": { type: "nvarchar", bytes: 100 },
      "k 2": { type: "datetime2", scale: 7 },
      number: { type: "bigint", default: "(NEXT VALUE FOR [dbo].[numbers])" },
      customer: { type: "int", nullable: true },
    },
    indexes: [primary(["k']1", "k 2"])],
    references: [
      {
        name: "of",
        columns: ["customer"],
        parent: "dbo.customers",
        parentColumns: ["id"],
        action: "1",
      },
    ],
  },
  "sales.every": {
    columns: {
      id: { type: "bigint", identity: true },
      a_tinyint: { type: "tinyint", nullable: true },
      a_smallint: { type: "smallint", nullable: true },
      a_bit: { type: "bit", nullable: true },
      a_decimal: { type: "decimal", precision: 38, scale: 10, nullable: true },
      a_money: { type: "money", nullable: true },
      a_float: { type: "float", precision: 53, nullable: true },
      a_real: { type: "real", precision: 24, nullable: true },
      a_date: { type: "date", nullable: true },
      a_time: { type: "time", scale: 7, nullable: true },
      a_datetime: { type: "datetime", nullable: true },
      a_smalldatetime: { type: "smalldatetime", nullable: true },
      a_datetime2: { type: "datetime2", scale: 3, nullable: true },
      a_datetimeoffset: { type: "datetimeoffset", scale: 7, nullable: true },
      a_char: { type: "char", bytes: 10, nullable: true },
      a_varchar: { type: "varchar", bytes: 8000, nullable: true },
      a_nvarchar: { type: "nvarchar", bytes: -1, nullable: true },
      a_text: { type: "text", bytes: 16, nullable: true },
      a_ntext: { type: "ntext", bytes: 16, nullable: true },
      a_binary: { type: "binary", bytes: 16, nullable: true },
      a_varbinary: { type: "varbinary", bytes: -1, nullable: true },
      an_image: { type: "image", bytes: 16, nullable: true },
      a_guid: { type: "uniqueidentifier", bytes: 16, nullable: true },
      an_xml: { type: "xml", bytes: -1, nullable: true },
      a_path: { type: "hierarchyid", bytes: 892, nullable: true },
      a_shape: { type: "geography", bytes: -1, nullable: true },
    },
    indexes: [primary(["id"])],
  },
};

export const sequences: readonly DriverRow[] = [
  ["dbo.numbers", "2", "9223372036854775807", "0", "1", null],
  ["dbo.loose", "1", "2147483647", "0", "0", null],
];
