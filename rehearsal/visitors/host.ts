import path from "node:path";
import { z } from "zod";
import { startControl } from "../control/server";
import type { Running } from "../processes/main";
import { Crowd } from "./crowd";
import { Internet } from "./internet";
import { Ledger } from "./ledger";
import { phases, visitorSettingsSchema, type VisitorsReady } from "./settings";
import { Tally } from "./tally";

const phaseSchema = z.object({ phase: z.enum(phases), rate: z.number().min(0).max(1_000).optional() });

/**
 * Makes the visitors ready; they come once they are told to.
 *
 * @param given VisitorSettings, untrusted
 */
export async function startVisitors(given: unknown): Promise<Running<VisitorsReady>> {
  const settings = visitorSettingsSchema.parse(given);
  const file = path.join(settings.folder, "visitors.jsonl");
  const ledger = new Ledger(file);
  const internet = new Internet(settings);
  const tally = new Tally(ledger);
  const crowd = new Crowd(settings, { internet, ledger, tally });
  const control = await startControl({
    phase: async (body) => {
      const { phase, rate } = phaseSchema.parse(body);
      // The article brings people through resolvers that have not been asked for this name today.
      if (phase === "surge") await internet.renewSloppy(settings.publicHost);
      crowd.enter(phase, rate);
      crowd.open();
    },
    pause: () => crowd.pause(),
    resume: () => crowd.open(),
    renew: () => internet.renewSloppy(settings.publicHost),
    drain: () => crowd.drain(),
    status: () => crowd.status(),
  });
  return {
    ready: { control: control.address, ledger: file, sloppyResolvers: internet.sloppyResolvers },
    async stop() {
      crowd.pause();
      await control.stop();
      // Whoever waits for an answer gets none any more, and notes that.
      const left = crowd.abandon();
      await internet.stop();
      await left;
      tally.stop();
      ledger.close();
    },
  };
}
