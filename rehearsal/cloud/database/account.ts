import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The user that a PostgreSQL server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

const accountNames = ["postgres", "nobody"] as const;

/**
 * PostgreSQL refuses to run as root, and `initdb` wants a user that has an entry in /etc/passwd. So a rehearsal
 * started by root runs its servers as `postgres`, or as `nobody` where that user does not exist; anyone else runs
 * them as themselves (undefined).
 *
 * @throws Error when run by root on a machine that has neither user.
 */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of accountNames) {
    const [, , uid, gid] = entries.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and this machine has no user ${accountNames.join(" or ")} to run it as; ` +
      "make one of them or start the rehearsal as a normal user",
  );
}

/** Whether an account can reach what lies in a folder: every folder on the way must let it through. */
export function reaches(account: ServerAccount | undefined, folder: string): boolean {
  if (account === undefined) return true;
  let at = path.resolve(folder);
  for (;;) {
    const { mode, uid, gid } = statSync(at);
    const through = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & through) === 0) return false;
    const parent = path.dirname(at);
    if (parent === at) return true;
    at = parent;
  }
}
