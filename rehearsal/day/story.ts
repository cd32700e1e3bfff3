import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import { refusal } from "../../operations/fault";
import type { StoryClock } from "../clock";
import type { Run } from "../engine/events";
import type { Stack } from "../engine/stack";
import { writeImages } from "../shop/images";
import type { Visitors } from "../visitors/remote";
import { databasesOf, outboxesEmpty } from "./databases";
import { imageHost, mailLimits } from "../shop-of-the-story";
import {
  checkDocument,
  identitiesDocument,
  imagesDocument,
  reconcileDocument,
  syncDocument,
  type CheckDocument,
  type ReconcileDocument,
} from "./documents";
import { afterTail, moments, tail } from "./plan";
import type { Timeline } from "./timeline";
import type { World } from "./world";

const policyPack = path.join(__dirname, "..", "..", "policy");

/** What the day brought, for the judge and the report. */
export interface Played {
  readonly ledger: string;
  /** When the flip began, in milliseconds since the epoch. */
  readonly flippedAt: number;
  readonly recordsChanged: number;
  readonly flipSeconds: number;
  readonly identities: readonly Readonly<Record<string, unknown>>[];
  readonly check: CheckDocument;
  /** What the last reconcile left open. */
  readonly reconcile: ReconcileDocument;
  readonly reconciled: { readonly inserted: number; readonly updated: number; readonly deleted: number };
}

/** Plays the story with the world's real parts. Throws where a step does not do what it promises. */
export class Day {
  constructor(
    private readonly world: World,
    private readonly timeline: Timeline,
    /** Set to the moment the story begins. */
    private readonly clock: { current: StoryClock; begin: () => void },
  ) {}

  async play(): Promise<Played> {
    const { visitors, ready } = await this.provision();
    await this.fillStandby();
    await this.reviewByPolicy();
    const { identities, check } = await this.surge(visitors);
    const flip = await this.flip(visitors);
    const reconciled = await this.tail(visitors, flip.flippedAt);
    await this.showWayBack();
    return { ledger: ready.ledger, identities, check, ...flip, ...reconciled };
  }

  /** Weeks before: both stacks, each for itself, while the shop has ordinary days. */
  private async provision() {
    const { prod, standby, cloud, signal } = this.world;
    const first = await prod.up({ signal });
    this.timeline.add("prod is up", `alone, before any standby exists: ${counted(first)}`);
    const doors = await this.world.openDoors();
    await doors.visitors.enter("calm");
    this.timeline.add("the shop is open", "ordinary days on the cheap host");
    const began = Date.now();
    const up = await standby.up({ signal });
    await cloud.control.call("settled", {});
    this.timeline.add("standby is up", `${counted(up)}, in ${secondsSince(began)} s`);
    await prod.setConfig({ standbyStack: standby.fullName });
    const linked = await prod.up({ signal });
    if (changed(linked) > 0) throw refusal(`naming the standby changed prod: ${counted(linked)}`);
    this.timeline.add("prod knows the standby", "the reference is checked, nothing changed");
    return doors;
  }

  private async fillStandby(): Promise<void> {
    const { operator, primary, run, cloud } = this.world;
    // What a support request does on Azure: the limits are the subscription's, no resource has them.
    await cloud.control.call("setMailLimits", {
      perMinute: mailLimits.perMinute,
      perHour: mailLimits.perHour,
    });
    this.timeline.add(
      "the mail limits are raised",
      `${String(mailLimits.perMinute)} a minute, ticket ${mailLimits.ticket}`,
    );
    const folder = await run.folder("images");
    writeImages(folder);
    const { document: images } = await operator.standby(["images", "push", folder], imagesDocument);
    await primary.setImageBaseUrl(`https://${imageHost}`);
    this.timeline.add(
      "images are at the edge",
      `${String(images.uploaded)} uploaded; every page now points there`,
    );
    await this.sync("first sync");
  }

  private async sync(event: string): Promise<void> {
    const { document } = await this.world.operator.standby(
      ["sync", "--from", "primary", "--to", "standby"],
      syncDocument,
    );
    const moved = document.tables.reduce(
      (sum, table) => sum + table.inserted + table.updated + table.deleted,
      0,
    );
    this.timeline.add(
      event,
      `${String(moved)} rows moved in ${String(document.tables.length)} tables, ` +
        `${String(document.identities.length)} identities set, base of ${String(document.base.rows)} rows`,
    );
  }

  private async reviewByPolicy(): Promise<void> {
    const { prod, standby, signal } = this.world;
    const review = async (stack: Stack): Promise<void> => {
      const preview = await stack.preview({ policyPack, signal });
      const refused = preview.violations.filter(({ level }) => level === "mandatory");
      if (refused.length > 0)
        throw refusal(
          `policy refuses ${stack.name}: ${refused.map(({ policy, message }) => `${policy}: ${message}`).join("; ")}`,
        );
      this.timeline.add(`policy holds for ${stack.name}`, `no violation; ${counted(preview)} in its preview`);
    };
    await Promise.all([review(prod), review(standby)]);
  }

  private async surge(visitors: Visitors) {
    const { operator } = this.world;
    this.clock.begin();
    await visitors.enter("surge");
    this.timeline.add("the article is out", "the cheap host has too few workers for this");
    await this.until(moments.alarm);
    const seen = await visitors.status();
    this.timeline.add(
      "the watch calls",
      `${String(seen.failed)} of ${String(seen.requests)} requests have failed; images from the edge: ` +
        `${String(seen.imagesFromEdge)}, failed: ${String(seen.imagesFailed)}`,
    );
    await this.sync("last sync");
    const { document: planned } = await operator.standby(
      ["identities", "--from", "primary", "--to", "standby", "--apply"],
      identitiesDocument,
    );
    this.timeline.add("identities planned again", `${String(planned.identities.length)} of them, read back`);
    const { document: check } = await operator.standby(["check"], checkDocument, [0, 1]);
    const failing = check.checks.filter(({ status }) => status === "fail");
    this.timeline.add(
      check.ready ? "check: ready" : "check: not ready",
      failing.length === 0
        ? `${String(check.checks.length)} checks`
        : failing.map(({ id, found, fix }) => `${id}: ${found} (${fix})`).join("; "),
    );
    if (!check.ready) throw refusal("the standby is not ready to take over");
    return { identities: planned.identities, check };
  }

  /** One config value, one record. */
  private async flip(visitors: Visitors) {
    const { prod, signal } = this.world;
    // The worst case: the providers that ignore the TTL have asked a moment before the change.
    await visitors.renewSloppyResolvers();
    const flippedAt = Date.now();
    await prod.setConfig({ activeSite: "standby" });
    const run = await prod.up({ signal });
    const recordsChanged = onlyUpdate(run);
    const flipSeconds = (Date.now() - flippedAt) / 1000;
    await visitors.enter("tail");
    this.timeline.add(
      "cutover",
      `activeSite: standby; ${String(recordsChanged)} record updated in place, ${flipSeconds.toFixed(1)} s from config to done`,
    );
    return { flippedAt, recordsChanged, flipSeconds };
  }

  private async tail(visitors: Visitors, flippedAt: number) {
    const { operator, cloud } = this.world;
    await this.until(moments.firstReconcile);
    const command = ["reconcile", "--from", "primary", "--to", "standby"];
    const { document: dry } = await operator.standby([...command, "--dry-run"], reconcileDocument, [0, 1]);
    this.timeline.add("reconcile, dry run", described(dry));
    const { document: first } = await operator.standby(command, reconcileDocument, [0, 1]);
    this.timeline.add("reconcile", `${described(first)}; visitors on both sites all the while`);
    const over = this.clock.current.elapsed(flippedAt) + tail + afterTail;
    await this.until(over);
    const mail = await cloud.control.call("mailCounts", {});
    this.timeline.add(
      "the tail is over",
      `mail: ${String(mail.accepted)} accepted, ${String(mail.deferred)} deferred and tried again`,
    );
    // Whoever came by the old answer leaves, and every mail is out: what the old site has is now all it will have.
    await visitors.drain();
    await outboxesEmpty(await databasesOf(this.world), this.world.signal);
    const { document: last } = await operator.standby(command, reconcileDocument, [0, 1]);
    this.timeline.add("reconcile, the rest", described(last));
    const { document: again } = await operator.standby([...command, "--dry-run"], reconcileDocument, [0, 1]);
    if (again.inserted + again.updated + again.deleted > 0)
      throw refusal(`a second reconcile would still change rows: ${described(again)}`);
    this.timeline.add("nothing is left to bring", "a second run finds no work");
    const sum = (key: "inserted" | "updated" | "deleted"): number => first[key] + last[key];
    return {
      reconcile: last,
      reconciled: { inserted: sum("inserted"), updated: sum("updated"), deleted: sum("deleted") },
    };
  }

  /** The way back is open: what it would bring, and that it is one record again. Nothing is changed. */
  private async showWayBack(): Promise<void> {
    const { operator, prod, signal } = this.world;
    const { document } = await operator.standby(
      ["reconcile", "--from", "standby", "--to", "primary", "--dry-run"],
      reconcileDocument,
      [0, 1],
    );
    await prod.setConfig({ activeSite: "primary" });
    const preview = await prod.preview({ signal });
    await prod.setConfig({ activeSite: "standby" });
    this.timeline.add(
      "the way back is open",
      `${described(document)}; ${String(onlyUpdate(preview))} record would change`,
    );
  }

  private async until(storySeconds: number): Promise<void> {
    const wait = this.clock.current.toMilliseconds(storySeconds - this.clock.current.elapsed());
    if (wait > 0) await sleep(wait, undefined, { signal: this.world.signal });
  }
}

/** @throws Fault unless exactly one resource changes, in place. Returns 1. */
function onlyUpdate(run: Run): number {
  const updates = run.changes["update"] ?? 0;
  if (updates !== 1 || changed(run) !== 1)
    throw refusal(`the flip must update one record, and would: ${counted(run)}`);
  return updates;
}

const changed = ({ changes }: Run): number =>
  Object.entries(changes).reduce((sum, [op, count]) => (op === "same" ? sum : sum + count), 0);

const counted = ({ changes }: Run): string =>
  Object.entries(changes)
    .map(([op, count]) => `${String(count)} ${op}`)
    .join(", ");

const described = (done: ReconcileDocument): string =>
  `${String(done.inserted)} inserted, ${String(done.updated)} updated, ${String(done.deleted)} deleted, ` +
  `${String(done.conflicts.length)} conflicts, in ${done.seconds.toFixed(1)} s`;

const secondsSince = (began: number): string => ((Date.now() - began) / 1000).toFixed(1);
