import { z } from "zod";
import { Operator } from "../../rehearsal/day/operator";
import type { Run } from "../../rehearsal/engine/events";
import { withCleanup, type Scope } from "../../rehearsal/processes/cleanup";
import * as shop from "../../rehearsal/shop-of-the-story";
import { openStage } from "../../rehearsal/stage";

const switched = z.object({
  open: z.boolean(),
  secondsUntilSeen: z.number(),
  changed: z.boolean(),
  activeSite: z.null(),
});

/** How long the rehearsal's edge takes to follow. */
const edgeMilliseconds = 2_500;

/** The standby up, alone: it must be possible to close the shop whatever has become of the other stack. */
async function standingAlone(scope: Scope) {
  const { workspace, cloud } = await openStage(scope, {
    clock: { startedAt: Date.now(), speed: 60 },
    keep: false,
    say: () => undefined,
  });
  const standby = await workspace.stack("standby");
  await standby.setConfig(
    shop.standbyConfig({
      smtpApplication: cloud.smtpApplication,
      operatorObjectId: cloud.operatorObjectId,
      sessionSecret: "a secret of this rehearsal's own, 32 or more",
    }),
  );
  await standby.up();
  await cloud.control.call("settled", {});
  const operator = new Operator(workspace.env, workspace.folder, scope.signal);
  return { standby, cloud, operator };
}

const changes = ({ changes }: Run): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(changes).filter(([op]) => op !== "same"));

/** What a run did, as `operation type name: properties`. */
const steps = ({ steps }: Run): readonly string[] =>
  steps.map(({ op, type, name, changed }) => `${op} ${type} ${name}: ${changed.join(", ")}`);

// The real engine, the real commands, the real page behind the edge.
test("the shop is closed and opened by one property of one route, by Pulumi and by command alike", async () => {
  await withCleanup(async (scope) => {
    const { standby, cloud, operator } = await standingAlone(scope);
    const oneRoute = ["update azure-native:cdn:Route edge-shop-route: originGroup.id"];

    await standby.setConfig({ shopOpen: false });
    expect(steps(await standby.up())).toEqual(oneRoute);
    // It is closed already: the command changes nothing, and sees the page.
    const seen = await operator.standby(["pause"], switched);
    expect(seen.document).toMatchObject({ open: false, changed: false, activeSite: null });

    // Slow to spread, slow to carry out, and throttled at first.
    await cloud.control.call("setPace", { edgeMilliseconds, slowMilliseconds: 300, throttleNext: 2 });
    const opened = await operator.standby(["resume"], switched);
    expect(opened.document).toMatchObject({ open: true, changed: true });
    expect(opened.document.secondsUntilSeen).toBeGreaterThan(edgeMilliseconds / 1_000);
    await cloud.control.call("setPace", {});
    // The state still says closed, the stack's file says open: an update puts what is there.
    expect(steps(await standby.up())).toEqual(oneRoute);
    expect(changes(await standby.up())).toEqual({});

    const closed = await operator.standby(["pause"], switched);
    expect(closed.document).toMatchObject({ open: false, changed: true });
    // Told what is there, Pulumi finds nothing to change.
    expect(changes(await standby.up({ refresh: true }))).toEqual({});
    expect((await operator.standby(["resume"], switched)).document).toMatchObject({
      open: true,
      changed: true,
    });
  });
}, 900_000);
