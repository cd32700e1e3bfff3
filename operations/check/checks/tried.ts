import { fail, pass, unknown, reason, warn, type Check, type CheckContext, type Look } from "../check";
import { readTried, writeTried, type Tried } from "../notes";
import { actionGroup, linkedDomains, type ActionGroup } from "../probes/azure";
import { personOf, sendMessage } from "../probes/send-message";
import { notifyGroup } from "../probes/notify-group";

/** Days after which a trial says little: secrets, roles and people change. */
const oldAfterDays = 30;
const day = 86_400_000;
const signIn = "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
const tryIt = () => "run `standby check --deep`: it sends one message and one test notification";

/** A real message has left the standby: what alone proves sender, role, domain and limits at once. */
export const mailSent: Check = {
  id: "mail-sent",
  operatorOnly: true,
  before: ["standby"],
  seconds: 60,
  wanted: ({ deployment: { standby } }) =>
    `${standby.outputs.mail.communicationService} may send from ${standby.outputs.mail.domain}, and a real message left it within ${oldAfterDays} days`,
  fix: tryIt,
  look: (context) => {
    const { standby } = context.deployment;
    return tried(context, "mail", {
      live: async () =>
        judgeLinks(await linkedDomains(standby.outputs, context.signal), standby.outputs.mail.domain),
      act: () => sendMessage(standby, context.signal),
    });
  },
};

/** A test notification has reached the people whom an alert calls. */
export const alertTried: Check = {
  id: "alert-test",
  operatorOnly: true,
  before: ["standby"],
  seconds: 120,
  wanted: ({ deployment: { standby } }) =>
    `alerts reach ${personOf(standby)}, and a test notification went out within ${oldAfterDays} days`,
  fix: tryIt,
  look: (context) => {
    const { standby } = context.deployment;
    const group = () => actionGroup(standby.outputs, context.signal);
    return tried(context, "alert", {
      live: async () => judgeGroup(await group(), personOf(standby)),
      act: async () => notifyGroup(standby.outputs, await group(), context.signal),
    });
  },
};

interface Trial {
  /** What can be seen without trying. */
  readonly live: () => Promise<Look>;
  /** Tries it for good; says what it did. */
  readonly act: () => Promise<string>;
}

async function tried(context: CheckContext, what: Tried, { live, act }: Trial): Promise<Look> {
  const { settings } = context.deployment;
  if (context.deep === true) {
    try {
      const found = await act();
      writeTried(settings, what, found, context.now);
      return pass(found);
    } catch (error) {
      return fail(firstLine(reason(error)), "mend what it names, then run `standby check --deep` again");
    }
  }
  const seen = await live().catch((error: unknown) =>
    unknown(`Azure could not be asked: ${firstLine(reason(error))}`, signIn),
  );
  return seen.status === "pass" ? judgeAge(seen, readTried(settings, what), context.now) : seen;
}

/** A note alone is never a pass: it only adds its age to what was seen. */
export function judgeAge(
  seen: Look,
  note: { readonly at: string; readonly found: string } | undefined,
  now: Date,
): Look {
  if (note === undefined) return warn(`${seen.found}; it was never tried`);
  const days = Math.floor((now.getTime() - Date.parse(note.at)) / day);
  const found = `${seen.found}; last tried ${note.at.slice(0, 10)}, ${String(days)} days ago: ${note.found}`;
  return days > oldAfterDays ? warn(found) : pass(found);
}

export function judgeLinks(linked: readonly string[], domain: string): Look {
  if (linked.some((id) => id.toLowerCase().endsWith(`/domains/${domain}`.toLowerCase())))
    return pass(`${domain} is linked`);
  return fail(
    `${domain} is not linked to the service: nothing can be sent`,
    "run `pulumi up` on the standby's stack",
  );
}

export function judgeGroup(group: ActionGroup, email: string): Look {
  if (!group.enabled) return fail("the action group is disabled: no alert reaches anybody");
  const receiver = group.emailReceivers.find(
    ({ emailAddress }) => emailAddress.toLowerCase() === email.toLowerCase(),
  );
  if (receiver === undefined)
    return fail(
      `the action group does not know ${email}`,
      "run `pulumi up --refresh` on the standby's stack",
    );
  // Whoever unsubscribes in an alert's mail is Disabled from then on.
  return receiver.status === "Disabled"
    ? fail(
        `${email} has unsubscribed from the action group`,
        `have ${email} subscribe again in Azure's portal, at the action group`,
      )
    : pass(`the action group reaches ${email}`);
}

const firstLine = (text: string): string => text.split("\n")[0]?.trim() ?? text;
