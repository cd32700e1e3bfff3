import { refusal } from "../../fault";
import { decide } from "../decide";
import { written, type Decision } from "../decision";
import type { Progress, SyncedTable, SyncRequest } from "../engine";
import { Mapping } from "../mapping";
import { rowId } from "../model";
import type { Base } from "../port";
import type { Pair, Settled } from "../settled";
import { differencesFromBase, touchedOf } from "./against-base";
import { Applier } from "./apply";
import { baseTable, follow, settle } from "./base";
import { Images } from "./images";
import { Lookout, type SharedRows, type Touched } from "./look";
import { showConflicts } from "./show";
import type { Sides } from "./sides";
import type { SyncRun } from "./sync-run";
import { leftByCutRun } from "./untransacted";

/** Brings over what the source changed since the base, provided the target changed nothing. */
export class NextSync implements SyncRun {
  private touched: readonly Touched[] = [];
  private lookout: Lookout | undefined;
  private decision: Decision | undefined;
  private alike: readonly Pair[] = [];
  private readonly counts = new Map<string, { rows: number; seconds: number }>();

  constructor(
    private readonly sides: Sides,
    private readonly base: Base,
    private readonly request: SyncRequest,
    private readonly progress: Progress,
  ) {}

  async check(): Promise<void> {
    const { source, target, sourceId, targetId, order } = this.sides;
    for (const [ledger, id] of [
      [source, sourceId],
      [target, targetId],
    ] as const)
      await follow(ledger, id, target, order.tables, this.base);
    await this.refuseChanged();
    const pairs = await target.store.pairs();
    this.alike = pairs.filter(({ apart }) => apart === "standby");
    const mapping = new Mapping(pairs.flatMap(mirrored), "primary");
    const found = await touchedOf(this.sides, target, this.base, "all", mapping, this.progress);
    this.touched = found.touched;
    for (const [table, counted] of found.tables) this.counts.set(table, counted);
    this.refuseManyDeletes(found.baseRows);
    const images = new Images(source, target, order.tables, mapping);
    const shared: SharedRows = async (table, keys) =>
      target.store.shared(table, await baseTable(target, table, this.base), keys);
    const { outsiders } = this.sides.treatment;
    this.lookout = new Lookout(images, target, order, shared, !this.request.dryRun, outsiders);
    const sight = await this.lookout.look(this.touched);
    this.decision = decide(sight.candidates, { insertsOnly: false, absent: sight.absent });
    const [conflict] = await showConflicts(this.sides, this.decision.conflicts.slice(0, 1));
    const constraint = this.decision.conflicts[0]?.constraint;
    if (conflict !== undefined)
      throw refusal(
        `${conflict.table} ${conflict.key.join(", ")}: cannot be brought over (${conflict.kind}` +
          `${constraint === undefined ? "" : `, ${constraint}`}); nothing was written`,
      );
  }

  private async refuseChanged(): Promise<void> {
    const { source, target, order } = this.sides;
    const cut = await leftByCutRun(source, target, order.tables, this.base);
    const tables = order.tables.filter((table) => !cut.has(table.name));
    const changed = await differencesFromBase(target, tables, this.base);
    if (changed.length === 0) return;
    const left = (await target.store.pairs()).some(
      ({ relation, straggler, apart }) =>
        apart === "standby" || (relation === "alone" && straggler === "standby"),
    );
    throw refusal(
      `${target.label} has changes of its own since the base of ${this.base.at}; a sync would overwrite them:\n` +
        changed.map((line) => `  ${line}`).join("\n") +
        "\nIf the standby has taken over, stop syncing and use reconcile. If it has not, something writes there (its own " +
        "application, a job): stop that and undo its changes, or leave such tables and columns out (tables.exclude and " +
        "ignoreColumns in standby.tables.yaml)" +
        (left
          ? ". Rows that a reconcile left here (--take target) are among them: bring each home with reconcile --from standby " +
            "--to primary --take source TABLE:KEY, or take it out of the standby by hand"
          : ""),
    );
  }

  private refuseManyDeletes(baseRows: number): void {
    const deletes = this.touched.filter((row) => row.source === undefined).length;
    const cap = this.request.maxDeletes ?? Math.max(1000, Math.floor(baseRows / 10));
    if (deletes > cap)
      throw refusal(
        `${deletes} rows are gone from ${this.sides.source.label}, more than the ${cap} a sync may delete; ` +
          `if that is meant, run again with --max-deletes ${deletes}`,
      );
  }

  foresee(): Promise<readonly SyncedTable[]> {
    return Promise.resolve(this.summary());
  }

  async write(): Promise<readonly SyncedTable[]> {
    const { source, target, order, targetSchema } = this.sides;
    const { decision, lookout } = this;
    if (decision === undefined || lookout === undefined) throw new Error("write comes after check");
    await target.write.triggers(order.tables, false);
    const outcome = await new Applier(source, target, order, targetSchema.generators, (table, keys) =>
      lookout.translated(table, keys),
    ).apply(decision);
    if (!outcome.done)
      throw refusal(`${target.label} did not take the rows: ${outcome.reason}; nothing was written`);
    await target.write.triggers(order.tables, true);
    await settle(target, order.tables, this.base, [...this.mended(decision), ...decision.settled], "primary");
    return this.summary();
  }

  /** What was left on the standby and has become as the primary has it. */
  private mended({ settled }: Decision): readonly Settled[] {
    const others = new Set(settled.map((row) => rowId(row.table, row.origin?.key ?? row.key)));
    return this.alike
      .map(({ table, primary }) => ({ table, ...primary }))
      .filter((row) => !others.has(rowId(row.table, row.key)));
  }

  private summary(): readonly SyncedTable[] {
    const decision = this.decision;
    if (decision === undefined) throw new Error("the summary comes after check");
    const count = (rows: readonly { table: string }[], table: string): number =>
      rows.filter((row) => row.table === table).length;
    return this.sides.order.tables.map((table): SyncedTable => {
      const { rows = 0, seconds: took = 0 } = this.counts.get(table.name) ?? {};
      const inserted = count(written(decision, "insert"), table.name);
      const updated = count(written(decision, "update"), table.name);
      const deleted = count(written(decision, "delete"), table.name);
      return {
        table: table.name,
        inserted,
        updated,
        deleted,
        unchanged: rows - inserted - updated,
        seconds: took,
      };
    });
  }
}

/**
 * A pair as a mirror takes it, which has no decisions: what was left on the primary is new or changed there, and what was
 * left on the standby has become as the primary has it, or the sync was refused.
 */
function mirrored({ apart, ...pair }: Pair): readonly Pair[] {
  if (pair.relation === "alone") return [];
  const { primary, standby } = pair;
  if (apart === "primary") return [{ ...pair, primary: { ...primary, digest: standby.digest } }];
  return [apart === "standby" ? { ...pair, standby: { ...standby, digest: primary.digest } } : pair];
}
