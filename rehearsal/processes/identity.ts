import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

/**
 * One process for good: its number, and when it began, since numbers are handed out again. `started` is field 22 of
 * `/proc/<pid>/stat` (clock ticks since boot, proc(5)) on Linux and `ps -o lstart` elsewhere; it is only ever compared.
 */
export const processIdentity = z.object({ pid: z.int().positive(), started: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof processIdentity>;

interface Status {
  readonly parent: number;
  readonly started: string;
  /** Ended, and only waiting for its parent to ask how. */
  readonly zombie: boolean;
}

const linux = process.platform === "linux";

function readStatus(pid: number): Status | undefined {
  return linux ? readProc(pid) : statusFromPs(String(pid)).get(pid);
}

function readProc(pid: number): Status | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The command's name (field 2) may hold spaces and brackets: fields are counted from behind it.
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const started = rest[17];
  if (state === undefined || parent === undefined || started === undefined) return undefined;
  return { parent: Number(parent), started, zombie: state === "Z" || state === "X" };
}

function statusFromPs(...pids: readonly string[]): Map<number, Status> {
  const which = pids.length === 0 ? ["-A"] : ["-p", pids.join(",")];
  let listed: string;
  try {
    listed = execFileSync("ps", [...which, "-o", "pid=,ppid=,stat=,lstart="], { encoding: "utf8" });
  } catch {
    return new Map();
  }
  return new Map(
    listed
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([pid, parent, state, ...started]): [number, Status][] =>
        pid === undefined || pid === "" || state === undefined
          ? []
          : [
              [
                Number(pid),
                { parent: Number(parent), started: started.join(" "), zombie: state.startsWith("Z") },
              ],
            ],
      ),
  );
}

/** The process with this number as it lives now; undefined where there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const status = readStatus(pid);
  return status === undefined || status.zombie ? undefined : { pid, started: status.started };
}

/** This very process. */
export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid);
  if (own === undefined)
    throw new Error("cannot read this process's own start time (/proc/<pid>/stat, or the ps command)");
  return own;
}

/** Whether this very process still lives: not merely one that has got its number since. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Every living process below this one, nearest first. Empty where it is gone. */
export function descendants(of: ProcessIdentity): ProcessIdentity[] {
  if (!isAlive(of)) return [];
  const table = linux
    ? new Map(
        readdirSync("/proc").flatMap((name): [number, Status][] => {
          const status = /^\d+$/.test(name) ? readProc(Number(name)) : undefined;
          return status === undefined ? [] : [[Number(name), status]];
        }),
      )
    : statusFromPs();
  const found: ProcessIdentity[] = [];
  for (let parents = new Set([of.pid]); parents.size > 0;) {
    const next = [...table].filter(([, status]) => parents.has(status.parent) && !status.zombie);
    found.push(...next.map(([pid, { started }]) => ({ pid, started })));
    parents = new Set(next.map(([pid]) => pid));
  }
  return found;
}
