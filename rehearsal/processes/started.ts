import type { ChildProcess } from "node:child_process";

/**
 * Settles once a child that was just spawned is a process.
 *
 * @throws Error saying why it is none
 */
export async function started(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) return;
  await new Promise<void>((_, reject) => {
    child.once("error", reject);
    // For want of open files Node.js gives up without any event, and without the child's streams.
    setImmediate(() => reject(new Error("too many open files; allow this user more (ulimit -n 1024)")));
  });
}
