import { performance } from "node:perf_hooks";
import { log } from "../check/notes";
import { abortable, guarded, type Interrupts } from "../cutover/interrupts";
import { writeConfigValue } from "../cutover/stack-file";
import { readProd, readStandby, type DeploymentSettings, type Site } from "../deployment";
import { Fault, interrupted, outside } from "../fault";
import type { Io } from "../io";
import { leadRoute } from "./route";
import { patience, untilSeen, type Patience } from "./seen";

/** Result of closing or opening the shop: part of the command line's contract. */
export interface Switched {
  readonly open: boolean;
  /** Seconds from the request to Azure until visitors at the edge got what was asked for. */
  readonly secondsUntilSeen: number;
  /** Whether the route had to be changed; false: it led there already. */
  readonly changed: boolean;
  /** Where visitors are led, as the prod stack says; null where it cannot be asked. */
  readonly activeSite: Site | null;
}

/**
 * Closes or opens the shop: leads its route to the pause page or back, writes `shopOpen` into the standby stack's file,
 * so that the next `pulumi up` leaves it so, and waits until it is seen at the edge. Safe to run again after any
 * failure.
 *
 * @throws Fault (1) not allowed or not there; (3) Azure or the edge; (130) on Ctrl-C.
 */
export async function switchShop(
  settings: DeploymentSettings,
  open: boolean,
  io: Io,
  { every, within, inARow }: Patience = patience,
): Promise<Switched> {
  const [{ outputs }, where] = await Promise.all([readStandby(settings), whereVisitorsAre(settings)]);
  tellWhere(where, open, io);
  return guarded(async (interrupts) => {
    const started = performance.now();
    const changed = await switched(settings, outputs.shopSwitch, open, io, interrupts);
    // Who reads this may stop waiting at once, and is told then how it stands.
    io.say(
      `the route ${changed ? "leads" : "led already"} to ${open ? "the shop" : "the pause page"}; ` +
        "the edge follows within minutes (3 to 20 on Azure)",
    );
    const seen = await abortable(interrupts, stands(open), (signal) =>
      untilSeen(outputs.standbyHost, outputs.publicHost, open, {
        every,
        within,
        inARow,
        signal,
        onAnswer: (last) =>
          io.progress(
            `visitors get ${last} after ${Math.round((performance.now() - started) / 1_000)} s`,
            false,
          ),
      }),
    );
    if (seen.at === undefined)
      throw outside(`after ${Math.round(within / 1_000)} s visitors still get ${seen.last}; ${stands(open)}`);
    const secondsUntilSeen = Math.round((seen.at - started) / 10) / 100;
    io.progress(`visitors get ${seen.last} after ${secondsUntilSeen} s`, true);
    return { open, secondsUntilSeen, changed, activeSite: where?.activeSite ?? null };
  });
}

/** @returns whether the route had to be changed. */
async function switched(
  settings: DeploymentSettings,
  route: Parameters<typeof leadRoute>[0],
  open: boolean,
  io: Io,
  interrupts: Interrupts,
): Promise<boolean> {
  const waiting = "waiting for Azure's answer, so that it is known whether the shop is open";
  return interrupts.during(
    () => io.warn(`interrupted: ${waiting}`),
    async () => {
      const changed = await leadRoute(route, open);
      keep(settings, open, io);
      log(settings, { event: open ? "shop-opened" : "shop-closed", changed }, new Date());
      if (interrupts.count > 0) throw interrupted(`interrupted; ${stands(open)}`);
      return changed;
    },
  );
}

const stands = (open: boolean): string =>
  `the shop is ${open ? "opened" : "closed"} at Azure all the same; run \`standby ${open ? "resume" : "pause"}\` again ` +
  "to see when the edge has followed";

/** Which site visitors are led to, and the stack of the primary where it is one of this project. */
interface Where {
  readonly activeSite: Site;
  readonly primaryStack?: string | undefined;
}

/** Undefined where the prod stack cannot be read: the shop must be closed without it. */
async function whereVisitorsAre(settings: DeploymentSettings): Promise<Where | undefined> {
  try {
    return (await readProd(settings)).config;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function tellWhere(where: Where | undefined, open: boolean, io: Io): void {
  if (where === undefined)
    io.warn("the prod stack cannot be read, so it is not known whether visitors are led here");
  if (where?.activeSite === "primary")
    io.warn(
      `visitors are led to the primary: this ${open ? "opens" : "closes"} the standby only. ` +
        (where.primaryStack === undefined
          ? "A primary outside of this project can be closed and opened only by its own switch"
          : `The primary is ${open ? "opened" : "closed"} by \`pulumi config set shopOpen ${open} --stack ${where.primaryStack}\` ` +
            `and \`pulumi up --stack ${where.primaryStack}\``),
    );
}

function keep(settings: DeploymentSettings, open: boolean, io: Io): void {
  const file = writeConfigValue(settings, settings.standby, "shopOpen", String(open));
  if (file === undefined)
    io.warn(
      `there is no stack file here: run \`pulumi config set shopOpen ${open} --stack ${settings.standby.name}\` ` +
        `before the next \`pulumi up\`, or it ${open ? "closes" : "opens"} the shop again`,
    );
  else io.say(`shopOpen is ${open} in ${file}; commit it`);
}
