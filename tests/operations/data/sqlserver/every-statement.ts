/** Drives the adapter through everything it can do, so that every statement it can send is seen. */
import { Readable } from "node:stream";
import {
  storedColumns,
  type ForeignKey,
  type Key,
  type Table,
  type UniqueKey,
} from "../../../../operations/data/model";
import type { RowLock, TextRow } from "../../../../operations/data/port";
import {
  readIdentityCache,
  switchOffIdentityCache,
} from "../../../../operations/data/engines/sqlserver/identity-cache";
import { catalogueOf, sequences, shop } from "./catalogue";
import { connection, recorder, type Answer } from "./recorder";
import { SqlServerDatabase } from "../../../../operations/data/engines/sqlserver/database";
import { Session } from "../../../../operations/data/engines/sqlserver/session";

const key = (table: Table, from: number): Key =>
  table.key.map((column) => (column === "k 2" ? "2026-11-25T12:00:00.0000001" : `${from}`));

const rowOf = (table: Table, from: number): TextRow =>
  storedColumns(table).map((column) =>
    column.name === "a_nvarchar" ? "back\\\nslash and 'quote' \0 ]" : column.notNull ? `${from}` : null,
  );

const everything: readonly (readonly [RegExp, Answer])[] = [
  [/m\(kind, securable/, [["object", "[dbo].[orders]", "SELECT", "dbo.orders", "[shop]"]]],
  [/OBJECT_ID\(N'\[warm_standby\]\.\[self\]', N'U'\) IS NULL THEN/, [["1"]]],
  [/SELECT id FROM/, [["server/shop/guid"]]],
  [/FROM \[warm_standby\]\.\[base\] b/, [["2026-11-25T12:00:00.123", "one", "other"]]],
  [/HOLDLOCK\) WHERE/, (sql) => [sql.includes("[k 2]") ? ["1", "2026-11-25T12:00:00.0000001"] : ["1"]]],
  [/MIN\(p\.standby_key\)/, [['["1"]', "5"]]],
  [/sp_sequence_get_range/, [["1000"]]],
  [/c\.last_value/, [["41", "41"]]],
  [
    /q\.(?:current|last_used)_value/,
    (() => {
      let last = 10;
      return () => [[String((last += 1000))]];
    })(),
  ],
  [
    /IDENT_CURRENT/,
    (() => {
      let asked = 0;
      return () => [[String(100 - (asked++ % 2))]];
    })(),
  ],
];

/** @returns every statement, in the order it was sent */
export async function everyStatement(): Promise<readonly string[]> {
  const catalogue = catalogueOf(shop, sequences);
  const { statements, open } = recorder([...everything, ...catalogue]);
  const database = new SqlServerDatabase(await Session.open(connection, "test", undefined, open));
  const { tables, generators } = await database.introspect();
  for (const use of ["read", "raise", "write", "mirror"] as const)
    await database.missingRights({ tables, generators }, use);
  await opening(database);
  for (const table of tables) await reading(database, table, tables);
  for (const table of tables) await writing(database, table);
  for (const generator of generators) {
    await database.generators.last(generator);
    await database.generators.raise(generator, 5000n);
    await database.generators.draw(generator, 3, 6000n);
    for (const use of generator.uses)
      if (use.column !== "") await database.generators.maximum(use.table, use.column);
  }
  for (const table of tables) await keeping(database, table);
  await database.close();
  // Where nothing is there yet, everything is made; and a newer server tells more.
  const fresh = recorder([
    [/SERVERPROPERTY\(N'ProductVersion'\)/, [["16.0.4003.1", "3"]]],
    [/IS NULL THEN/, [["0"]]],
    [/ROWCOUNT_BIG/, [["0"]]],
    ...catalogue,
  ]);
  const empty = new SqlServerDatabase(await Session.open(connection, "test", undefined, fresh.open));
  await empty.introspect();
  await empty.store.ensure();
  await empty.store.recordHead("one", "other");
  await empty.store.recordPolicy({ rowsPerHour: 1, tailHours: 1, syncAgeHours: 1, safety: 1 });
  const cache = await cacheStatements();
  return [...statements, ...fresh.statements, ...cache];
}

async function cacheStatements(): Promise<readonly string[]> {
  const cached = recorder([[/IDENTITY_CACHE'/, [["1"]]]]);
  await readIdentityCache("sqlserver://a@b/c", 1, cached.open);
  await switchOffIdentityCache("sqlserver://a@b/c", 1, cached.open).catch(() => undefined);
  return cached.statements;
}

async function opening(database: SqlServerDatabase): Promise<void> {
  await database.id();
  await database.probe();
  await database.tryLock("warm-standby");
  await database.unlock("warm-standby");
  await database.countRows("orders");
  await database.countRows("dbo.orders");
  await database.refreshStatistics((await database.introspect()).tables);
  await database.limitStatements(3000);
  await database.begin("snapshot");
  await database.rollback();
  await database.begin("write");
  await database.save();
  await database.rollbackToSave();
  await database.commit();
}

async function reading(database: SqlServerDatabase, table: Table, tables: readonly Table[]): Promise<void> {
  const { read } = database;
  const keys = [key(table, 1), key(table, 2)];
  const rows = [rowOf(table, 1), rowOf(table, 2)];
  await read.sample(table, table.key, 10);
  await read.count(table);
  await read.isEmpty(table);
  await read.rows(table, keys);
  const locks: readonly RowLock[] = ["none", "parent", "update", "delete"];
  for (const lock of locks) await read.digests(table, keys, lock);
  await read.digestsOf(table, rows);
  const [first = ""] = table.key;
  await read.sample(
    table,
    storedColumns(table).map(({ name }) => name),
    7,
  );
  await read.samplesOf(table, first, ["it's", "7"], first, 7);
  await read.distinct(table, first, 7);
  await read.keysBehind(table, table.key, keys);
  const own: UniqueKey = {
    name: "own",
    expressions: table.key.map((column) => `[${column.replaceAll("]", "]]")}]`),
    predicate: undefined,
    nullsDistinct: false,
    deferrable: false,
  };
  for (const unique of [own, ...table.uniqueKeys])
    await read.holders(
      table,
      unique,
      rows.map((values) => ({ key: key(table, 1), values })),
    );
  for (const foreignKey of table.foreignKeys)
    for (const parent of tables)
      if (parent.name === foreignKey.parent)
        for (const one of [foreignKey, inText(table, foreignKey)])
          await read.dependents(parent, table, one, [key(parent, 1)]);
  await compared(read.digested(table));
}

/** As if it were an id in a text, and the row said of which table. */
const inText = (table: Table, foreignKey: ForeignKey): ForeignKey => ({
  ...foreignKey,
  inText: true,
  when: { column: table.columns[0]?.name ?? "", values: ["1", "it's"] },
});

async function compared(digested: ReturnType<SqlServerDatabase["read"]["digested"]>): Promise<void> {
  await digested.estimate();
  await digested.range();
  for (const bucketing of [
    { kind: "range", shift: 6 },
    { kind: "hash", mask: 255 },
  ] as const) {
    try {
      await digested.buckets(bucketing);
      const seen: bigint[] = [];
      for await (const { group } of digested.groups(bucketing, [-3n, -2n, 7n])) seen.push(group);
    } catch (error) {
      // Ranges need a key that is a whole number.
      if (!(error instanceof Error) || !error.message.includes("whole number")) throw error;
    }
  }
  await digested.total();
  await digested.total({ min: -3n, max: 200n });
  await digested.within({ first: ["1", "100"], last: ["5", "200"] }).next();
}

async function writing(database: SqlServerDatabase, table: Table): Promise<void> {
  const { write } = database;
  const columns = storedColumns(table).map((column) => column.name);
  const keys = [key(table, 1), key(table, 2)];
  const many = Array.from({ length: 501 }, (_, at) => key(table, at + 1));
  await database.keepWritersOut([table]);
  await write.triggers([table], false);
  await write.triggers([table], true);
  for (const selection of [
    { kind: "all" },
    { kind: "keys", keys },
    { kind: "set", columns: columns.slice(0, 2) },
  ] as const)
    await write.send(table, selection, columns).toArray();
  await write.load(table, columns, Readable.from([rowOf(table, 1)]), () => undefined);
  const stage = await write.makeStage(table);
  await write.addToStage(table, stage, [rowOf(table, 1)]);
  await write.stageMaximum(stage, columns[0] ?? "");
  await write.insert(table, stage, keys, []);
  await write.insert(table, stage, many, columns.slice(-1));
  await write.update(table, stage, columns.slice(-2), keys);
  await write.link(table, stage, columns.slice(-1), "all");
  await write.link(table, stage, columns.slice(-1), keys);
  await write.clear(table, columns.slice(-1), keys);
  await write.remove(table, keys);
  await write.remove(table, many);
  await write.dropStages();
}

async function keeping(database: SqlServerDatabase, table: Table): Promise<void> {
  const { store } = database;
  await store.ensure();
  await store.base();
  await store.recordHead("one", "other");
  const { table: base } = await store.recordTable(table);
  await compared(store.digested(table, base));
  await store.changes(table, base);
  await store.gaps(table.name);
  await store.recordGaps(table, base);
  await store.shared(table, base, [key(table, 1)]);
  await store.settle(table, base, [
    { table: table.name, key: key(table, 1), digest: "-5" },
    { table: table.name, key: key(table, 2), digest: undefined },
  ]);
  const end = { key: key(table, 1), digest: "5" };
  await store.pair([
    { table: table.name, primary: end, standby: end, relation: "moved", straggler: "primary" },
  ]);
  await store.pairs();
  await store.hasPairs();
  await store.unpair(table.name, "standby", [key(table, 1)]);
  await store.unpair(table.name, "standby", [key(table, 1)], "alone");
  await store.writeRun("one", [
    {
      table: table.name,
      key: key(table, 1),
      digest: "5",
      origin: { key: key(table, 2), digest: "6", relation: "moved", straggler: undefined },
    },
  ]);
  await store.runsAfter("0");
  await store.rowsOfRun("7");
  await store.followed("one");
  await store.recordFollowed("one", "7");
  await store.seeds();
  await store.recordSeed("dbo.orders", { highest: 5n, seed: 10n });
  await store.treatment();
  await store.recordTreatment("{}");
  await store.policy().catch(() => undefined);
  await store.recordPolicy({ rowsPerHour: 1, tailHours: 1, syncAgeHours: 1, safety: 1 });
}
