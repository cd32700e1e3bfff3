import { z } from "zod";
import { openWorld, type World } from "../../../rehearsal/day/world";
import { withCleanup } from "../../../rehearsal/processes/cleanup";
import { writeImages } from "../../../rehearsal/shop/images";

const cutoverDocument = z.object({
  site: z.string(),
  recordsChanged: z.number(),
  forced: z.boolean(),
  breakGlass: z.boolean(),
});

/** Both stacks up, the images pushed, a first sync: as weeks before the day. */
async function makeReady({ prod, standby, cloud, operator, run }: World): Promise<void> {
  await prod.up();
  await standby.up();
  await cloud.control.call("settled", {});
  await prod.setConfig({ standbyStack: standby.fullName });
  await prod.up();
  const folder = await run.folder("images");
  writeImages(folder);
  await operator.standby(["images", "push", folder], z.unknown());
  await operator.standby(["sync", "--from", "primary", "--to", "standby"], z.unknown());
}

// The commands that an operator runs on the night, on the real engine: nothing in them knows of a rehearsal.
test("cutover, and break-glass back, change one record each and leave nothing for a refresh to find", async () => {
  await withCleanup(async (scope) => {
    const clock = { startedAt: Date.now(), speed: 60 };
    const world = await openWorld(scope, { seed: 1, clock, keep: false, say: () => undefined });
    await makeReady(world);
    const { operator, prod } = world;

    const over = await operator.standby(["cutover", "standby", "--yes"], cutoverDocument);
    expect(over.document).toEqual({ site: "standby", recordsChanged: 1, forced: false, breakGlass: false });
    expect((await prod.up({ refresh: true })).changes).toEqual({ same: 4 });

    const back = await operator.standby(
      ["cutover", "primary", "--yes", "--break-glass", "--force", "the state is out of reach"],
      cutoverDocument,
    );
    expect(back.document).toMatchObject({ site: "primary", recordsChanged: 1, breakGlass: true });
    expect((await prod.up({ refresh: true })).changes).toEqual({ same: 4 });
  });
}, 300_000);
