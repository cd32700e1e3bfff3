// `npm run bench:data [-- --quick]`: sync and reconcile beside peers and floors, in one run; writes bench/RESULTS.md.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { measureMariadb } from "./mariadb";
import { measure, median, timed, type Measured } from "./measure";
import { startServer } from "./server";
import { write, type Demand, type Section } from "./report";
import {
  columns,
  forget,
  hashScan,
  late,
  nothing,
  rows,
  schema,
  size,
  tables,
  touch,
  window,
  type Size,
} from "./shop";

/** `--quick`: the first section alone, to try the command itself. */
const quick = process.argv.includes("--quick");
const rounds = quick ? 3 : 5;
const say = (line: string): void => console.error(line);

interface Stage {
  readonly urls: { readonly SOURCE: string; readonly TARGET: string };
  readonly source: Client;
  readonly target: Client;
  /** Rows that both sides share. */
  readonly at: Size;
  readonly peaks: string;
  peer(table: (typeof tables)[number]): Promise<Measured>;
}

const standby = ({ urls, peaks }: Stage, command: string, ...options: readonly string[]): Promise<Measured> =>
  measure(
    process.execPath,
    ["bin/standby.js", command, "--from", "env:SOURCE", "--to", "env:TARGET", "--json", ...options],
    urls,
    peaks,
  );

/** COPY from one side to the other: into the tables, with their keys and references, or into ones without any. */
async function copyRows({ source, target, at }: Stage, into: "the tables" | "bare ones"): Promise<void> {
  for (const table of tables) {
    const name = into === "the tables" ? table : "copied";
    if (into === "bare ones")
      await target.query(`CREATE TEMPORARY TABLE copied AS SELECT * FROM ${table} WITH NO DATA`);
    const sent = source.query(copyTo(`COPY (SELECT * FROM ${table} WHERE id > ${at[table]}) TO STDOUT`));
    await pipeline(sent, target.query(copyFrom(`COPY ${name} FROM STDIN`)));
    if (into === "bare ones") await target.query("DROP TABLE copied");
  }
}

const together = (all: readonly Measured[]): Measured => ({
  seconds: all.reduce((sum, one) => sum + one.seconds, 0),
  megabytes: 0,
  output: "",
});

async function inRounds(
  stage: Stage,
  count: number,
  others: "peers" | "inserts only" | "none",
): Promise<Record<string, Measured[]>> {
  const found: Record<string, Measured[]> = {};
  const take = async (what: string, one: () => Promise<Measured>): Promise<void> => {
    const measured = await one();
    say(`${what}: ${measured.seconds.toFixed(2)} s`);
    (found[what] ??= []).push(measured);
  };
  const clean = async (): Promise<void> => {
    await stage.target.query(forget(stage.at));
    await stage.target.query("VACUUM ANALYZE");
  };
  for (let round = 1; round <= count; round++) {
    await take("hash scan of one side", () => timed(() => stage.source.query(hashScan)));
    await take("reading the id windows", () => timed(() => stage.source.query(window(stage.at))));
    await take("COPY of the late rows", () => timed(() => copyRows(stage, "bare ones")));
    await take("COPY into the tables", () => timed(() => copyRows(stage, "the tables")));
    await clean();
    const bare = (sql: string): Promise<Measured> =>
      measure(process.execPath, ["bench/data/bare.cjs", sql], stage.urls);
    await take("hash scan by a program of its own", () => bare(hashScan));
    await take("windows read by a program of its own", () => bare(window(stage.at)));
    await take("start of Node.js alone", () => measure(process.execPath, ["-e", "0"]));
    await take("start of the program", () =>
      measure(process.execPath, ["bin/standby.js", "reconcile", "--help"]),
    );
    await take("reconcile", () => standby(stage, "reconcile"));
    if (others === "none") continue;
    await clean();
    await take("reconcile --inserts-only", () => standby(stage, "reconcile", "--inserts-only"));
    await clean();
    if (others !== "peers") continue;
    await stage.source.query(touch(1));
    await take("reconcile, an old row changed in each table", () => standby(stage, "reconcile"));
    await stage.source.query(touch(-1));
    await standby(stage, "reconcile");
    await clean();
    await take("pg_comparator", async () => {
      const all: Measured[] = [];
      for (const table of tables) all.push(await stage.peer(table));
      return together(all);
    });
    await clean();
  }
  return found;
}

const ratio = (one: readonly Measured[] = [], other: readonly Measured[] = []): number =>
  median(one.map(({ seconds }, at) => seconds / (other[at]?.seconds ?? NaN)));
const bound = (what: string, found: number, most: number, unit = "times"): Demand => ({
  what,
  wanted: `at most ${most} ${unit}`,
  found: `${found.toFixed(2)} ${unit}`,
  met: found <= most,
});
const least = (what: string, found: number, wanted: number): Demand => ({
  what,
  wanted: `at least ${wanted} times`,
  found: `${found.toFixed(2)} times`,
  met: found >= wanted,
});
const section = (title: string, found: Record<string, Measured[]>): Section => ({
  title,
  lines: Object.entries(found).map(([what, measured]) => ({ what, rounds: measured })),
});
const peakOf = (...all: readonly Record<string, Measured[]>[]): number =>
  Math.max(
    ...all.flatMap((one) => Object.values(one).flatMap((each) => each.map(({ megabytes }) => megabytes))),
  );

async function main(): Promise<boolean> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-bench-"));
  const server = await startServer();
  try {
    const url = (name: string): string => `postgres://shop@127.0.0.1:${server.port}/${name}?sslmode=disable`;
    const open = async (name: string, times: number, more: Size): Promise<Stage> => {
      const [from, to] = [`${name}_source`, `${name}_target`];
      const clients: Client[] = [];
      for (const database of [from, to]) {
        await server.createDatabase(database);
        const client = new Client({ connectionString: url(database) });
        // Should the run end before its time, so do these.
        client.on("error", () => undefined);
        await client.connect();
        await client.query(schema);
        clients.push(client);
      }
      const [source, target] = clients;
      if (source === undefined || target === undefined) throw new Error("a database is missing");
      const at = size(times);
      await source.query(rows(nothing, at));
      const peer = (table: (typeof tables)[number]): Promise<Measured> => {
        const link = (database: string): string =>
          `pgsql://shop@127.0.0.1:${server.port}/${database}/public.${table}?id:${columns[table].join()}`;
        const how = ["--synchronize", "--do-it"];
        return measure("pg_comparator", [...how, "--max-ratio=1", link(from), link(to)]);
      };
      const peaks = path.join(folder, "peaks");
      const stage = { urls: { SOURCE: url(from), TARGET: url(to) }, source, target, at, peaks, peer };
      const synced = await standby(stage, "sync", "--offset", "2000000");
      say(`${name}: first sync ${synced.seconds.toFixed(2)} s, ${synced.megabytes.toFixed(0)} MB`);
      await source.query(rows(at, more));
      for (const client of clients) await client.query("VACUUM ANALYZE");
      return stage;
    };
    const close = async ({ source, target }: Stage): Promise<void> => {
      await source.end();
      await target.end();
    };

    const one = await open("one", 1, late);
    const { rows: version } = await one.source.query<{ server_version: string }>("SHOW server_version");
    const small = await inRounds(one, rounds, "peers");
    await close(one);
    const sections = [
      section("50,000 users, 200,000 orders, 400,000 items; 300, 1,393 and 2,786 late", small),
    ];
    const demands = [
      bound(
        "full reconcile against one side's hash scan",
        ratio(small["reconcile"], small["hash scan of one side"]),
        2,
      ),
      least("full reconcile against pg_comparator", ratio(small["pg_comparator"], small["reconcile"]), 3),
      bound(
        "`--inserts-only` against reading the windows",
        ratio(small["reconcile --inserts-only"], small["reading the id windows"]),
        5,
      ),
      bound(
        "full reconcile against a program that does nothing but the hash scan",
        ratio(small["reconcile"], small["hash scan by a program of its own"]),
        2,
      ),
      bound(
        "`--inserts-only` against a program that does nothing but read the windows",
        ratio(small["reconcile --inserts-only"], small["windows read by a program of its own"]),
        5,
      ),
    ];
    const all: Record<string, Measured[]>[] = [small];
    const other = await measureMariadb(rounds, path.join(folder, "peaks"), say);
    sections.push(section("The same on MariaDB", other.found));
    sections.push(section("100,000 late rows on MariaDB", other.many));
    all.push(other.found, other.many);
    if (!quick) {
      const ten = await open("ten", 10, late);
      const large = await inRounds(ten, 3, "inserts only");
      await close(ten);
      all.push(large);
      sections.push(section("Ten times the rows, the same late ones", large));
      const times = (what: string): number =>
        median((large[what] ?? []).map((each) => each.seconds)) /
        median((small[what] ?? []).map((each) => each.seconds));
      demands.push(
        bound("full reconcile of ten times the rows", times("reconcile"), 10),
        bound(
          "full reconcile of ten times the rows against their hash scan",
          ratio(large["reconcile"], large["hash scan of one side"]),
          2,
        ),
        bound("`--inserts-only` of ten times the rows", times("reconcile --inserts-only"), 1.5),
      );
      const million = await open("million", 1, { users: 100_000, orders: 300_000, items: 600_000 });
      const many = await inRounds(million, 1, "none");
      await close(million);
      all.push(many);
      sections.push(section("1,000,000 late rows", many));
      demands.push(
        bound(
          "1,000,000 late rows against COPY into the tables they belong to",
          ratio(many["reconcile"], many["COPY into the tables"]),
          2,
        ),
        bound(
          "1,000,000 late rows against COPY into tables without keys",
          ratio(many["reconcile"], many["COPY of the late rows"]),
          2,
        ),
      );
    }
    demands.push(bound("peak memory", peakOf(...all), 256, "MB"));
    await write(sections, demands, [
      `PostgreSQL ${version[0]?.server_version ?? "?"} on loopback, fsync off`,
      `MariaDB ${other.version} on loopback, 64 MB of buffers`,
    ]);
    for (const demand of demands)
      say(`${demand.met ? "met" : "NOT MET"}: ${demand.what}: ${demand.found} (${demand.wanted})`);
    return demands.every((demand) => demand.met);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (met) => {
    process.exitCode = met ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 3;
  },
);
