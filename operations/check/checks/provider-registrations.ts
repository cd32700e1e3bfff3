import { providersOf } from "../../../settings/providers";
import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";
import { registrations, signInFix } from "../probes/subscription";

/** The subscription may use what the standby is made of: without, the next resource to be made fails. */
export const providerRegistrations: Check = {
  id: "provider-registrations",
  before: ["standby"],
  // Asked of the subscription itself, which the standby's own identities may not read.
  operatorOnly: true,
  seconds: 20,
  wanted: ({ deployment }) =>
    `the subscription is registered with ${providersOf(deployment.standby.config.databaseEngine).join(", ")}`,
  fix: () => "run `az provider register --namespace NAMESPACE --wait` for each that is not",
  look: async ({ deployment: { standby }, signal }) => {
    const namespaces = providersOf(standby.config.databaseEngine);
    try {
      return judgeRegistrations(await registrations(standby.outputs, namespaces, signal));
    } catch (error) {
      return unknown(`Azure could not be asked: ${firstLine(reason(error))}`, signInFix);
    }
  },
};

export function judgeRegistrations(states: ReadonlyMap<string, string>): Look {
  const open = [...states].filter(([, state]) => state !== "Registered");
  if (open.length === 0) return pass(`registered with all ${states.size}`);
  const found = open.map(([namespace, state]) => `${namespace} is ${state}`).join(", ");
  const waiting = open.every(([, state]) => state === "Registering");
  const commands = open.map(([namespace]) => `\`az provider register --namespace ${namespace} --wait\``);
  return (waiting ? warn : fail)(found, `run ${commands.join(", then ")}`);
}

const firstLine = (text: string): string => text.split("\n")[0]?.trim() ?? text;
