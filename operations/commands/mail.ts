import { z } from "zod";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { deploymentSettings, readConfig, standbyConfigSchema } from "../deployment";
import { usage } from "../fault";
import { planRamp, type Ramp } from "../mail/ramp";
import { showRamp } from "../mail/show-ramp";

const isoDate = z.iso.date("it is a date, as YYYY-MM-DD");
const options = z.object({ day: isoDate.optional(), from: isoDate.optional() });

export const addMail: AddCommand = (program, run) => {
  const mail = program.command("mail").description("What has to be done about mail before the day.");
  mail
    .command("ramp")
    .description(
      "Plans how many mails to send a day until the event, so that the day's volume is no news by then.",
    )
    .option("--day <date>", "the day of the event (default: dayOfEvent of the standby stack)")
    .option("--from <date>", "the first day on which mails may be sent (default: today)")
    .addHelpText("after", "\nExamples:\n  $ standby mail ramp\n  $ standby mail ramp --day 2027-05-14 --json")
    .action(
      run(async (io, given) => {
        const { day, from } = parseOptions(options, given);
        const settings = deploymentSettings();
        // The config alone: weeks before the day there need be no stack yet.
        const config = await readConfig(settings, settings.standby, standbyConfigSchema);
        if (config.mailsPerHour === undefined)
          throw usage(
            `mailsPerHour is not set. Fix: pulumi config set mailsPerHour 600 --stack ${settings.standby.name}`,
          );
        const dayOfEvent = day ?? config.dayOfEvent;
        if (dayOfEvent === undefined)
          throw usage(
            "dayOfEvent is not set; allowed: a date, as YYYY-MM-DD. " +
              `Fix: pulumi config set dayOfEvent 2027-05-14 --stack ${settings.standby.name}, or give --day`,
          );
        const ramp = rampOf(config.mailsPerHour, dayOfEvent, from ?? new Date().toISOString().slice(0, 10));
        for (const warning of ramp.warnings) io.warn(`standby: ${warning}`);
        io.result(ramp, () => showRamp(ramp));
        return undefined;
      }),
    );
};

function rampOf(mailsPerHour: number, dayOfEvent: string, today: string): Ramp {
  try {
    return planRamp({ mailsPerHour, dayOfEvent, today });
  } catch (error) {
    if (error instanceof RangeError) throw usage(error.message);
    throw error;
  }
}
