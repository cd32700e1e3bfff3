import { createHash } from "node:crypto";
import path from "node:path";
import type { WebAppSettings } from "../contracts";

/** The rehearsal's own hold on a process: what a declared setting may add to but never take away. */
const network = /^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|REHEARSAL_\w+)$/;

/** Ties each Node.js process of an app to the one that started it. */
const tie = `--require ${JSON.stringify(path.join(__dirname, "tied.cjs"))}`;

/**
 * A process's whole environment: what the caller gives every process of the rehearsal, the declared settings, and
 * App Service's own variables.
 */
export function instanceEnvironment(
  settings: WebAppSettings,
  index: number,
  given: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => network.test(name)));
  const options = [tie, given["NODE_OPTIONS"], settings.environment["NODE_OPTIONS"]].filter(
    (part) => part !== undefined,
  );
  return {
    ...given,
    ...settings.environment,
    ...kept,
    // The Node.js that the rehearsal itself runs on: the declared runtime's own is not here.
    PATH: [path.dirname(process.execPath), given["PATH"]].filter((part) => part !== undefined).join(":"),
    NODE_OPTIONS: options.join(" "),
    // An app that would listen on every address of its machine does so on this one's own.
    HOST: "127.0.0.1",
    WEBSITE_SITE_NAME: settings.name,
    WEBSITE_HOSTNAME: settings.hostNames[0] ?? `${settings.name}.azurewebsites.net`,
    WEBSITE_INSTANCE_ID: createHash("sha256")
      .update(`${settings.name}/${String(index)}`)
      .digest("hex"),
  };
}
