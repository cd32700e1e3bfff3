import path from "node:path";
import { keptPlace, makeOnce } from "./cache";
import { isExecutable, lastWords, runCommand } from "./command";
import { askVersion } from "./on-path";
import { engineVersion } from "./versions";
import { reason, withProgress, type WayContext, type WayResult } from "./ways";

const installer = path.join(__dirname, "install-release.cjs");

/** A release that was installed here before. */
export async function findKeptRelease(context: WayContext): Promise<WayResult> {
  const { cli } = keptPlace(context.cache, "release", engineVersion);
  return (await isExecutable(cli)) ? askVersion(cli, context) : { cli: undefined, why: "there is none" };
}

/** The second way: the official release, by the Automation API's installer, kept in the user's cache folder. */
export async function installRelease(context: WayContext): Promise<WayResult> {
  const place = keptPlace(context.cache, "release", engineVersion);
  try {
    await makeOnce(place, (folder) => install(folder, context), {
      signal: context.signal,
      onWait: () => context.say(`waiting for another process that installs the Pulumi CLI ${engineVersion}`),
    });
    return await askVersion(place.cli, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return { cli: undefined, why: reason(error) };
  }
}

async function install(folder: string, context: WayContext): Promise<void> {
  const { install: within, reach } = context.limits;
  const { code, stderr, timedOut } = await withProgress(
    context,
    (seconds) => `installing the Pulumi CLI ${engineVersion}: ${String(seconds)} s`,
    () =>
      runCommand(process.execPath, {
        args: [installer, engineVersion, folder, String(reach)],
        env: context.env,
        within,
        signal: context.signal,
        onLine: (line) => {
          if (line === "reached")
            context.say(`installing the Pulumi CLI ${engineVersion} from get.pulumi.com`);
        },
      }),
  );
  if (timedOut) throw new Error(`the download was not done within ${String(within / 1000)} s`);
  if (code !== 0) throw new Error(lastWords(stderr, 1));
}
