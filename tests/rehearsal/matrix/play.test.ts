import { pairs, sharingAStandby } from "../../../rehearsal/matrix/configurations";
import { holdAgainstTypes } from "../../../rehearsal/matrix/export";
import { play } from "../../../rehearsal/matrix/play";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { openStage } from "../../../rehearsal/stage";

// The whole life of all stacks on the real engine: up, no difference, flip, flip back, down to nothing.
test.each(sharingAStandby(pairs).map((group) => [group.map(({ name }) => name).join(", "), group] as const))(
  "%s: goes up, stays, flips, flips back and comes down",
  async (_names, group) => {
    const shown = await withCleanup(async (scope) => {
      const clock = { startedAt: Date.now(), speed: 60 };
      const stage = await openStage(scope, { clock, keep: false, say: () => undefined });
      return play(stage, group, { signal: scope.signal });
    });
    expect(shown.map(({ configuration }) => configuration.name)).toEqual(group.map(({ name }) => name));
    for (const { exported, resources } of shown) {
      expect(resources).toBeGreaterThan(100);
      expect(JSON.stringify(exported)).not.toContain("a secret of this rehearsal's own");
      for (const state of Object.values(exported)) expect(holdAgainstTypes(state).faults).toEqual([]);
    }
  },
  600_000,
);
