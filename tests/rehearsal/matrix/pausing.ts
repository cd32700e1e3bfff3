import { z } from "zod";
import type { Operator } from "../../../rehearsal/day/operator";
import type { Run } from "../../../rehearsal/engine/events";
import type { Stack } from "../../../rehearsal/engine/stack";
import type { Stage } from "../../../rehearsal/stage";

const switched = z.object({
  open: z.boolean(),
  secondsUntilSeen: z.number(),
  changed: z.boolean(),
  activeSite: z.literal("primary"),
});

/** How long the rehearsal's edge takes to follow. */
const edgeMilliseconds = 2_500;

/** What a run did, as `operation type name: properties`. */
const steps = ({ steps }: Run): readonly string[] =>
  steps
    .filter(({ op }) => op !== "same" && op !== "refresh")
    .map(({ op, type, name, changed }) => `${op} ${type} ${name}: ${changed.join(", ")}`);

/**
 * The shop is closed and opened by one property of one route, by command and by Pulumi alike; at the end it is as open
 * as it was.
 */
export async function closeAndOpen({ cloud }: Stage, standby: Stack, operator: Operator): Promise<void> {
  const switchTo = async (command: "pause" | "resume") =>
    (await operator.standby([command], switched)).document;
  expect(await switchTo("pause")).toMatchObject({ open: false, changed: true });
  // The state still says open, the stack's file says closed: an update puts what is there.
  expect(steps(await standby.up())).toEqual([
    "update azure-native:cdn:Route edge-shop-route: originGroup.id",
  ]);
  // It is closed already: the command changes nothing, and sees the page.
  expect(await switchTo("pause")).toMatchObject({ open: false, changed: false });

  // Slow to spread, slow to carry out, and throttled at first.
  await cloud.control.call("setPace", { edgeMilliseconds, slowMilliseconds: 300, throttleNext: 2 });
  const opened = await switchTo("resume");
  expect(opened).toMatchObject({ open: true, changed: true });
  expect(opened.secondsUntilSeen).toBeGreaterThan(edgeMilliseconds / 1_000);
  await cloud.control.call("setPace", {});
  // Told what is there, Pulumi finds nothing to change.
  expect(steps(await standby.up({ refresh: true }))).toEqual([]);
}
