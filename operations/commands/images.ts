import { z } from "zod";
import type { AddCommand } from "../command";
import { deploymentSettings, readStandby } from "../deployment";
import { localImages } from "../images/files";
import { imageContainer, pushImages } from "../images/push";

const args = z.tuple([z.string().min(1)]);

export const addImages: AddCommand = (program, run) => {
  const images = program
    .command("images")
    .description("The images that the edge serves.")
    .addHelpText("after", "\nExample:\n  $ standby images push ./public/images");
  images
    .command("push")
    .argument("<folder>", "the folder that holds the shop's images")
    .description("Uploads what changed to the image storage; deletes nothing.")
    .addHelpText("after", "\nExample:\n  $ standby images push ./public/images")
    .action(
      run(async (io, _options, received) => {
        const [folder] = args.parse(received);
        // A mistyped folder shows before anything is asked of the clouds.
        const files = await localImages(folder);
        const { outputs } = await readStandby(deploymentSettings());
        const pushed = await pushImages(files, await imageContainer(outputs.imageStorage), io);
        io.result(
          pushed,
          () => `${pushed.uploaded} uploaded (${pushed.bytes} bytes), ${pushed.unchanged} unchanged`,
        );
        return undefined;
      }),
    );
};
