import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { configurations } from "../../../rehearsal/matrix/configurations";
import { play } from "../../../rehearsal/matrix/play";
import { openStage } from "../../../rehearsal/stage";

// The whole life of both stacks on the real engine: up alone, up, no difference, flip, flip back, down to nothing.
test.each(configurations)(
  "$name: both stacks go up, flip, flip back and come down",
  async (configuration) => {
    const shown = await withCleanup(async (scope) => {
      const clock = { startedAt: Date.now(), speed: 60 };
      const stage = await openStage(scope, { clock, keep: false, say: () => undefined });
      return play(stage, configuration, scope.signal);
    });
    expect(shown.created).toBeGreaterThan(100);
    expect(JSON.stringify(shown.exported)).not.toContain("a secret of this rehearsal's own");
  },
  300_000,
);
