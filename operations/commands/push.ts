import { z } from "zod";
import { localFiles, type Collection } from "../blobs/files";
import { blobContainer, pushFiles } from "../blobs/push";
import type { AddCommand } from "../command";
import { deploymentSettings, readStandby, type StandbyOutputs } from "../deployment";

const args = z.tuple([z.string().min(1)]);

/** A command whose `push FOLDER` brings a collection of files into a container of the standby's. */
export function pushCommand(about: {
  readonly name: string;
  readonly description: string;
  readonly collection: Collection;
  readonly example: string;
  readonly container: (outputs: StandbyOutputs) => { readonly account: string; readonly container: string };
}): AddCommand {
  const example = `\nExample:\n  $ standby ${about.name} push ${about.example}`;
  return (program, run) => {
    const command = program.command(about.name).description(about.description).addHelpText("after", example);
    command
      .command("push")
      .argument("<folder>", `the folder that holds ${about.collection.whole}`)
      .description("Uploads what changed; deletes nothing.")
      .addHelpText("after", example)
      .action(
        run(async (io, _options, received) => {
          const [folder] = args.parse(received);
          // A mistyped folder shows before anything is asked of the clouds.
          const files = await localFiles(folder, about.collection);
          const { outputs } = await readStandby(deploymentSettings());
          const pushed = await pushFiles(
            files,
            await blobContainer(about.container(outputs)),
            about.collection,
            io,
          );
          io.result(
            pushed,
            () => `${pushed.uploaded} uploaded (${pushed.bytes} bytes), ${pushed.unchanged} unchanged`,
          );
          return undefined;
        }),
      );
  };
}
